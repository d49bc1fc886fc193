using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NCrontab;

namespace FactCheck.Runtime;

/// <summary>All functions of the app, found by reflection and checked.</summary>
internal sealed class FunctionCatalog
{
    private static readonly string[] ReservedRoutes = ["admin", "runtime"];

    private readonly List<FunctionDescriptor> _functions = [];
    private readonly List<string> _errors = [];
    private readonly IServiceProviderIsService _registered;

    public FunctionCatalog(IEnumerable<Type> classes, IConfiguration configuration, IServiceProviderIsService registered)
    {
        _registered = registered;
        foreach (var method in Methods(classes))
            Add(method, configuration);
        foreach (var twice in _functions.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()))
            _errors.Add($"Function '{twice.Key}' is declared more than once: {string.Join(", ", twice.Select(function => function.EntryPoint))}.");
        CheckRoutes();
    }

    public IReadOnlyList<FunctionDescriptor> Functions => _functions;

    /// <summary>All that is wrong; the host doesn't start with any.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>A timer's schedule; <c>%Setting%</c> is looked up.</summary>
    /// <exception cref="FormatException">It can't be read.</exception>
    public static CrontabSchedule Schedule(TimerTriggerAttribute trigger, IConfiguration configuration)
    {
        var text = Resolve(trigger.Schedule, configuration).Trim();
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        var options = new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 };
        return CrontabSchedule.TryParse(text, options)
            ?? throw new FormatException($"'{text}' is not an NCRONTAB expression: seconds minutes hours day month weekday, such as '0 */5 * * * *'");
    }

    /// <summary>Replaces <c>%Name%</c> by the setting of that name.</summary>
    /// <exception cref="FormatException">There is no such setting.</exception>
    public static string Resolve(string text, IConfiguration configuration)
    {
        if (text.Length < 3 || text[0] != '%' || text[^1] != '%')
            return text;
        var name = text[1..^1];
        return configuration[name] is { Length: > 0 } value ? value : throw new FormatException($"there is no setting '{name}', which '{text}' asks for");
    }

    private static IEnumerable<MethodInfo> Methods(IEnumerable<Type> classes) => classes
        .Where(type => type is { IsClass: true, ContainsGenericParameters: false })
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.IsDefined(typeof(FunctionAttribute)))
        .OrderBy(method => $"{method.DeclaringType!.FullName}.{method.Name}", StringComparer.Ordinal);

    private void Add(MethodInfo method, IConfiguration configuration)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        var triggers = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<TriggerBindingAttribute>()).OfType<TriggerBindingAttribute>().ToArray();
        if (triggers is not [var trigger])
        {
            _errors.Add($"Function '{name}' ({method.DeclaringType}.{method.Name}) has {triggers.Length} triggers; it needs one parameter with a trigger attribute.");
            return;
        }
        if (method.DeclaringType!.IsAbstract && !method.IsStatic)
        {
            _errors.Add($"Function '{name}' is in the abstract class {method.DeclaringType}; no instance of it can be made.");
            return;
        }
        var function = new FunctionDescriptor(name, method, trigger);
        function.Sources = new ParameterBinder(function, _errors).Bind();
        CheckTrigger(function, configuration);
        CheckConstructor(function);
        _functions.Add(function);
    }

    private void CheckConstructor(FunctionDescriptor function)
    {
        if (function.Method.IsStatic)
            return;
        var missing = function.Method.DeclaringType!.GetConstructors()
            .Select(constructor => constructor.GetParameters().Where(parameter => !parameter.HasDefaultValue && !_registered.IsService(parameter.ParameterType)).ToArray())
            .MinBy(parameters => parameters.Length);
        if (missing is null)
            _errors.Add($"Function '{function.Name}': {function.Method.DeclaringType} has no public constructor.");
        foreach (var parameter in missing ?? [])
            _errors.Add($"Function '{function.Name}': {function.Method.DeclaringType} needs a {parameter.ParameterType}, which is not among the app's services.");
    }

    private void CheckTrigger(FunctionDescriptor function, IConfiguration configuration)
    {
        try
        {
            switch (function.Trigger)
            {
                case TimerTriggerAttribute timer:
                    Schedule(timer, configuration);
                    break;
                case BlobTriggerAttribute blob:
                    _ = new BlobPattern(blob.BlobPath);
                    break;
                case HttpTriggerAttribute http:
                    CheckHttp(function, http);
                    break;
            }
        }
        catch (FormatException exception)
        {
            _errors.Add($"Function '{function.Name}': {exception.Message}.");
        }
    }

    private void CheckHttp(FunctionDescriptor function, HttpTriggerAttribute http)
    {
        if (http.AuthLevel != AuthorizationLevel.Anonymous)
            _errors.Add($"Function '{function.Name}' asks for AuthorizationLevel.{http.AuthLevel}: there are no function keys here; use Anonymous and decide access in a middleware.");
        var first = (http.Route ?? function.Name).Split('/')[0];
        if (ReservedRoutes.Contains(first, StringComparer.OrdinalIgnoreCase))
            _errors.Add($"Function '{function.Name}': no route begins with '{first}', which belongs to the host.");
    }

    private void CheckRoutes()
    {
        var routes = _functions
            .Where(function => function.Trigger is HttpTriggerAttribute)
            .SelectMany(function => ((HttpTriggerAttribute)function.Trigger).Methods is { Length: > 0 } methods
                ? methods.Select(method => (Key: $"{method.ToUpperInvariant()} {Route(function)}", function.Name))
                : [(Key: $"ANY {Route(function)}", function.Name)]);
        foreach (var twice in routes.GroupBy(route => route.Key, StringComparer.OrdinalIgnoreCase).Where(group => group.Skip(1).Any()))
            _errors.Add($"Functions {string.Join(" and ", twice.Select(route => $"'{route.Name}'"))} both answer {twice.Key}.");
    }

    private static string Route(FunctionDescriptor function) =>
        ((HttpTriggerAttribute)function.Trigger).Route is { Length: > 0 } route ? route : function.Name;
}
