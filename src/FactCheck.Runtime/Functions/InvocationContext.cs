using System.Collections;
using System.Collections.Immutable;

namespace FactCheck.Runtime;

/// <summary>One invocation. <paramref name="trigger"/> is what started it: an HttpContext, an ActivityCall, an Execution, a TimerInfo, a blob.</summary>
internal sealed class InvocationContext(
    FunctionDescriptor function, object trigger, IServiceProvider services, IReadOnlyDictionary<string, object?> data, CancellationToken cancellation) : FunctionContext
{
    private readonly Dictionary<object, object> _items = [];
    private readonly InvocationFeatures _features = new();
    private IServiceProvider _services = services;
    private IDictionary<object, object>? _replaced;

    public object Trigger { get; } = trigger;

    public FunctionDescriptor Function { get; } = function;

    public override string FunctionId => Function.Id;

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override FunctionDefinition FunctionDefinition => Function;

    public override BindingContext BindingContext { get; } = new Data(data);

    public override IServiceProvider InstanceServices { get => _services; set => _services = value; }

    public override IDictionary<object, object> Items { get => _replaced ?? _items; set => _replaced = value; }

    public override IInvocationFeatures Features => _features;

    public override CancellationToken CancellationToken { get; } = cancellation;

    public static IReadOnlyDictionary<string, object?> NoData => ImmutableDictionary<string, object?>.Empty;

    private sealed class Data(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class InvocationFeatures : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public void Set<T>(T? instance)
        {
            if (instance is null)
                _features.Remove(typeof(T));
            else
                _features[typeof(T)] = instance;
        }

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
