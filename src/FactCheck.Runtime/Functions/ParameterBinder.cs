using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace FactCheck.Runtime;

/// <summary>Decides, at start, how each parameter of a function is filled; what can't be filled is named, with what would work.</summary>
internal sealed class ParameterBinder(FunctionDescriptor function, ICollection<string> errors)
{
    private IReadOnlyCollection<string> _parts = [];

    /// <summary>The sources of all parameters. Empty entries stand where an error was noted.</summary>
    public IReadOnlyList<ParameterSource> Bind()
    {
        _parts = function.Trigger switch
        {
            HttpTriggerAttribute http => RouteParts(http.Route),
            BlobTriggerAttribute blob => BlobPattern.PartsOf(blob.BlobPath),
            _ => [],
        };
        CheckReturn();
        return [.. function.Method.GetParameters().Select(Bind)];
    }

    private ParameterSource Bind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<TriggerBindingAttribute>() is { } trigger)
            return Trigger(parameter, trigger);
        if (function.Trigger is OrchestrationTriggerAttribute)
            return Error(parameter, "an orchestrator takes its TaskOrchestrationContext only: input comes from context.GetInput, services belong in activities");
        if (parameter.IsDefined(typeof(DurableClientAttribute)))
        {
            return type == typeof(DurableTaskClient)
                ? context => new(context.InstanceServices.GetRequiredService<DurableTaskClient>())
                : Error(parameter, "[DurableClient] goes on a DurableTaskClient");
        }
        if (type == typeof(DurableTaskClient))
            return Error(parameter, "a DurableTaskClient needs [DurableClient]");
        if (type == typeof(FunctionContext))
            return context => new(context);
        if (type == typeof(CancellationToken))
            return context => new(context.CancellationToken);
        if (_parts.Contains(parameter.Name!, StringComparer.OrdinalIgnoreCase))
            return Part(parameter);
        return Error(parameter, Expected());
    }

    private ParameterSource Trigger(ParameterInfo parameter, TriggerBindingAttribute trigger)
    {
        var type = parameter.ParameterType;
        return trigger switch
        {
            HttpTriggerAttribute when type == typeof(HttpRequest) => context => new(((HttpContext)context.Trigger).Request),
            HttpTriggerAttribute => Error(parameter, "[HttpTrigger] goes on an HttpRequest"),
            OrchestrationTriggerAttribute when type == typeof(TaskOrchestrationContext) => context => new(context.Trigger),
            OrchestrationTriggerAttribute => Error(parameter, "[OrchestrationTrigger] goes on a TaskOrchestrationContext"),
            TimerTriggerAttribute when type == typeof(TimerInfo) => context => new(context.Trigger),
            TimerTriggerAttribute => Error(parameter, "[TimerTrigger] goes on a TimerInfo"),
            BlobTriggerAttribute when type == typeof(Stream) || type == typeof(byte[]) || type == typeof(string) =>
                context => ((TriggeredBlob)context.Trigger).ReadAsync(type, context.CancellationToken),
            BlobTriggerAttribute => Error(parameter, "[BlobTrigger] goes on a string, a byte[] or a Stream"),
            ActivityTriggerAttribute when type.IsByRef || type.IsInterface || type.IsPointer =>
                Error(parameter, "an activity's input is a type that JSON can be read into"),
            ActivityTriggerAttribute => context => new(
                context.InstanceServices.GetRequiredService<DataConverter>().Deserialize(((ActivityCall)context.Trigger).Input, type)),
            _ => Error(parameter, "this trigger is not known here"),
        };
    }

    private ParameterSource Part(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var converter = TypeDescriptor.GetConverter(type);
        if (type != typeof(string) && !converter.CanConvertFrom(typeof(string)))
            return Error(parameter, "a part of a route or blob name is bound to a string, a number, a Guid, a date or the like");
        var missing = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        return context => new(context.BindingContext.BindingData.GetValueOrDefault(parameter.Name!) switch
        {
            null => missing,
            string text when type != typeof(string) => Convert(parameter, converter, text),
            var value => value,
        });
    }

    private object? Convert(ParameterInfo parameter, TypeConverter converter, string text)
    {
        try
        {
            return converter.ConvertFromString(null, CultureInfo.InvariantCulture, text);
        }
        catch (Exception exception)
        {
            throw new BadHttpRequestException($"'{text}' is not a {parameter.ParameterType.Name}: parameter '{parameter.Name}' of {function.Name}.", exception);
        }
    }

    private ParameterSource Error(ParameterInfo parameter, string whatWorks)
    {
        errors.Add($"Function '{function.Name}', parameter '{parameter.Name}' ({parameter.ParameterType}): {whatWorks}.");
        return _ => new((object?)null);
    }

    private void CheckReturn()
    {
        var type = function.Method.ReturnType;
        var value = type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            ? type.GenericTypeArguments[0]
            : type;
        if (type == typeof(void) && function.Method.IsDefined(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute)))
            errors.Add($"Function '{function.Name}' is async void: the host can't tell when it ends; return Task.");
        else if (function.Trigger is HttpTriggerAttribute && !typeof(IResult).IsAssignableFrom(value))
            errors.Add($"Function '{function.Name}' returns {type}: an HTTP function returns an IResult, or a Task of one.");
        else if (function.Trigger is OrchestrationTriggerAttribute && !typeof(Task).IsAssignableFrom(type))
            errors.Add($"Function '{function.Name}' returns {type}: an orchestrator returns a Task.");
    }

    private string Expected() => function.Trigger switch
    {
        HttpTriggerAttribute { Route: { Length: > 0 } route } =>
            $"nothing fills it; the route '{route}' has {(_parts.Count == 0 ? "no parts" : string.Join(", ", _parts))}. A route value, FunctionContext, CancellationToken or [DurableClient] would work, a service comes by the constructor",
        BlobTriggerAttribute blob =>
            $"nothing fills it; '{blob.BlobPath}' has {(_parts.Count == 0 ? "no parts" : string.Join(", ", _parts))}. A part of the name, FunctionContext, CancellationToken or [DurableClient] would work, a service comes by the constructor",
        _ => "nothing fills it; FunctionContext, CancellationToken or [DurableClient] would work, a service comes by the constructor",
    };

    private List<string> RouteParts(string? route)
    {
        if (string.IsNullOrEmpty(route))
            return [];
        try
        {
            return [.. RoutePatternFactory.Parse(route).Parameters.Select(part => part.Name)];
        }
        catch (RoutePatternException exception)
        {
            errors.Add($"Function '{function.Name}': route '{route}' can't be read: {exception.Message}");
            return [];
        }
    }
}
