using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace FactCheck.Runtime;

/// <summary>Fills one parameter of a function.</summary>
internal delegate ValueTask<object?> ParameterSource(InvocationContext context);

/// <summary>A function: what the app declared, and how its parameters are filled.</summary>
internal sealed class FunctionDescriptor : FunctionDefinition
{
    public FunctionDescriptor(string name, MethodInfo method, TriggerBindingAttribute trigger)
    {
        Name = name;
        Method = method;
        Trigger = trigger;
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        PathToAssembly = method.DeclaringType.Assembly.Location;
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{EntryPoint}:{name}")).AsSpan(0, 8));
        Parameters = [.. method.GetParameters().Select(parameter => new FunctionParameter(parameter.Name!, parameter.ParameterType, Properties(parameter)))];
        InputBindings = method.GetParameters()
            .Where(parameter => parameter.GetCustomAttribute<BindingAttribute>() is not null)
            .ToImmutableDictionary(
                parameter => parameter.Name!,
                parameter => (BindingMetadata)new Binding(parameter.Name!, TypeName(parameter.GetCustomAttribute<BindingAttribute>()!), BindingDirection.In),
                StringComparer.OrdinalIgnoreCase);
        OutputBindings = trigger is HttpTriggerAttribute
            ? ImmutableDictionary<string, BindingMetadata>.Empty.Add("$return", new Binding("$return", "http", BindingDirection.Out))
            : ImmutableDictionary<string, BindingMetadata>.Empty;
    }

    public MethodInfo Method { get; }

    /// <summary>Runs in place of the method; for functions that a test gives as lambdas.</summary>
    public Func<object, FunctionContext, Task<object?>>? Lambda { get; private init; }

    public TriggerBindingAttribute Trigger { get; }

    /// <summary>How each parameter is filled, in order; set once the bindings have been checked.</summary>
    public IReadOnlyList<ParameterSource> Sources { get; set; } = [];

    public static FunctionDescriptor OfLambda(string name, TriggerBindingAttribute trigger, Func<object, FunctionContext, Task<object?>> run) =>
        new(name, run.Method, trigger) { Lambda = run };

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override string PathToAssembly { get; }

    public override string EntryPoint { get; }

    public override string Id { get; }

    public override string Name { get; }

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }

    private static ImmutableDictionary<string, object> Properties(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<BindingAttribute>() is { } binding
            ? ImmutableDictionary<string, object>.Empty.Add("bindingAttribute", binding)
            : ImmutableDictionary<string, object>.Empty;

    private static string TypeName(BindingAttribute attribute) => attribute switch
    {
        HttpTriggerAttribute => "httpTrigger",
        BlobTriggerAttribute => "blobTrigger",
        TimerTriggerAttribute => "timerTrigger",
        OrchestrationTriggerAttribute => "orchestrationTrigger",
        ActivityTriggerAttribute => "activityTrigger",
        _ => "durableClient",
    };

    private sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => direction;
    }
}
