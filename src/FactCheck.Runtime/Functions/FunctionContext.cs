using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>One invocation of a function.</summary>
public abstract class FunctionContext
{
    /// <summary>The function, stable over restarts.</summary>
    public abstract string FunctionId { get; }

    /// <summary>This invocation; unique.</summary>
    public abstract string InvocationId { get; }

    /// <summary>What is known of the trigger: route values, blob name parts, an activity's <c>instanceId</c> and <c>idempotencyKey</c>.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>Services scoped to this invocation.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>The function itself.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>Whatever middleware and function want to share.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Typed extras of the host and of middleware.</summary>
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Set on shutdown, on function timeout and when an HTTP caller goes away.</summary>
    public virtual CancellationToken CancellationToken { get; }
}

/// <summary>What the trigger says about an invocation.</summary>
public abstract class BindingContext
{
    /// <summary>Names ignore case.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

/// <summary>Typed extras of an invocation.</summary>
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    /// <summary>The feature set as <typeparamref name="T"/>, or its default.</summary>
    T? Get<T>();

    /// <summary>Sets the feature; null takes it away.</summary>
    void Set<T>(T? instance);
}

/// <summary>A function as the host knows it.</summary>
public abstract class FunctionDefinition
{
    /// <summary>Its parameters, in order.</summary>
    public abstract ImmutableArray<FunctionParameter> Parameters { get; }

    /// <summary>The full path of the assembly that holds it.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary><c>Namespace.Class.Method</c>.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>Stable over restarts.</summary>
    public abstract string Id { get; }

    /// <summary>The name given by <see cref="FunctionAttribute"/>.</summary>
    public abstract string Name { get; }

    /// <summary>The trigger and other inputs by parameter name.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    /// <summary>What the function writes besides its result: for an HTTP function <c>$return</c>.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }
}

/// <summary>One binding of a function.</summary>
public abstract class BindingMetadata
{
    /// <summary>The parameter's name.</summary>
    public abstract string Name { get; }

    /// <summary>Azure's name of the binding, such as <c>httpTrigger</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Whether it is read or written.</summary>
    public abstract BindingDirection Direction { get; }
}

/// <summary>Whether a binding is read or written.</summary>
public enum BindingDirection
{
    In = 0,
    Out = 1,
}

/// <summary>One parameter of a function.</summary>
public class FunctionParameter
{
    /// <summary>A parameter without extras.</summary>
    public FunctionParameter(string name, Type type)
        : this(name, type, ImmutableDictionary<string, object>.Empty)
    {
    }

    /// <summary>A parameter with what its attributes say.</summary>
    public FunctionParameter(string name, Type type, IReadOnlyDictionary<string, object> properties)
    {
        Name = name;
        Type = type;
        Properties = properties;
    }

    /// <summary>Its name in the code.</summary>
    public string Name { get; }

    /// <summary>Its type.</summary>
    public Type Type { get; }

    /// <summary>What its attributes say; <c>bindingAttribute</c> holds the binding.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; }
}

/// <summary>What an invocation returned, or will answer.</summary>
public abstract class InvocationResult<T>
{
    /// <summary>A middleware may read it after the function ran, or set it instead of calling the function.</summary>
    public abstract T? Value { get; set; }
}

/// <summary>What an invocation returned, or will answer.</summary>
public abstract class InvocationResult : InvocationResult<object>
{
}

/// <summary>Results of an invocation.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The result, which a middleware may read or set.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => new LiveResult(Slot(context));

    /// <summary>The result as <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">It has another type.</exception>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context) => new LiveResult<T>(Slot(context));

    private static ResultSlot Slot(FunctionContext context)
    {
        var slot = context.Features.Get<ResultSlot>();
        if (slot is null)
            context.Features.Set(slot = new ResultSlot());
        return slot;
    }

    private sealed class LiveResult(ResultSlot slot) : InvocationResult
    {
        public override object? Value { get => slot.Value; set => slot.Value = value; }
    }

    private sealed class LiveResult<T>(ResultSlot slot) : InvocationResult<T>
    {
        public override T? Value
        {
            get => slot.Value switch
            {
                null => default,
                T value => value,
                var other => throw new InvalidOperationException($"The result is a {other.GetType()}, not a {typeof(T)}."),
            };
            set => slot.Value = value;
        }
    }
}

/// <summary>Where an invocation keeps its result.</summary>
internal sealed class ResultSlot
{
    public object? Value { get; set; }
}

/// <summary>Loggers of an invocation.</summary>
public static class FunctionContextLoggerExtensions
{
    /// <summary>A logger of <typeparamref name="T"/>'s category.</summary>
    public static ILogger<T> GetLogger<T>(this FunctionContext context) => context.InstanceServices.GetRequiredService<ILogger<T>>();

    /// <summary>A logger of the given category.</summary>
    public static ILogger GetLogger(this FunctionContext context, string categoryName) =>
        context.InstanceServices.GetRequiredService<ILoggerFactory>().CreateLogger(categoryName);
}

/// <summary>The HTTP side of an invocation.</summary>
public static class FunctionContextExtensions
{
    /// <summary>The request being answered; null when the function isn't HTTP-triggered.</summary>
    public static Microsoft.AspNetCore.Http.HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(HttpContextKey, out var value) ? value as Microsoft.AspNetCore.Http.HttpContext : null;

    /// <summary>The worker's own key, so that code which looks there finds it too.</summary>
    internal const string HttpContextKey = "HttpRequestContext";
}
