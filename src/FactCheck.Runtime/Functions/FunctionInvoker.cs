using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FactCheck.Runtime;

/// <summary>Runs functions: scope, middleware, parameters, method, result.</summary>
internal sealed class FunctionInvoker
{
    private readonly IServiceScopeFactory _scopes;
    private readonly ILogger _logger;
    private readonly DataConverter _converter;
    private readonly FunctionExecutionDelegate _pipeline;

    public FunctionInvoker(
        IServiceScopeFactory scopes, ILogger<FunctionInvoker> logger, DataConverter converter, IEnumerable<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        _scopes = scopes;
        _logger = logger;
        _converter = converter;
        _pipeline = middleware.Reverse().Aggregate<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>, FunctionExecutionDelegate>(
            context => RunFunctionAsync((InvocationContext)context), (next, outer) => outer(next));
    }

    /// <summary>Runs a function in a scope of its own and returns its result.</summary>
    public async Task<object?> InvokeAsync(
        FunctionDescriptor function, object trigger, IReadOnlyDictionary<string, object?> data, CancellationToken cancellation)
    {
        await using var scope = _scopes.CreateAsyncScope();
        return await InvokeAsync(new InvocationContext(function, trigger, scope.ServiceProvider, data, cancellation));
    }

    /// <summary>Runs a function in the scope that the context has.</summary>
    public async Task<object?> InvokeAsync(InvocationContext context)
    {
        using var span = Spans.Function(context.Function, context.InvocationId);
        try
        {
            await _pipeline(context);
        }
        catch (Exception exception)
        {
            span.Failed(exception.GetType().FullName!);
            throw;
        }
        return context.Features.Get<ResultSlot>()?.Value;
    }

    /// <summary>Runs an activity and returns its result as JSON.</summary>
    public async Task<string?> InvokeActivityAsync(FunctionDescriptor function, ActivityCall call, CancellationToken cancellation)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            ["instanceId"] = call.InstanceId,
            ["idempotencyKey"] = call.IdempotencyKey,
        };
        var result = await InvokeAsync(function, call, data, cancellation);
        return Payload.Serialize(_converter, result, $"the output of activity '{call.Name}'");
    }

    /// <summary>Runs an orchestrator. Its scope lives as long as it is in memory.</summary>
    public async Task<object?> InvokeOrchestratorAsync(FunctionDescriptor function, Execution execution)
    {
        var scope = _scopes.CreateAsyncScope();
        execution.OnDropped = () => DisposeLater(scope);
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = execution.InstanceId };
        return await InvokeAsync(new InvocationContext(function, execution, scope.ServiceProvider, data, CancellationToken.None));
    }

    private static async Task RunFunctionAsync(InvocationContext context)
    {
        var execution = context.Trigger as Execution;
        execution?.MarkBodyStarted();
        try
        {
            var function = context.Function;
            if (function.Lambda is { } lambda)
            {
                context.GetInvocationResult().Value = await lambda(context.Trigger, context);
                return;
            }
            var arguments = new object?[function.Sources.Count];
            for (var i = 0; i < arguments.Length; i++)
                arguments[i] = await function.Sources[i](context);
            // A method that is async runs under its own class; one made per invocation, from the invocation's services.
            var target = function.Method.IsStatic ? null : ActivatorUtilities.CreateInstance(context.InstanceServices, function.Method.DeclaringType!);
            try
            {
                context.GetInvocationResult().Value = await ResultOf(Call(function.Method, target, arguments));
            }
            finally
            {
                foreach (var stream in arguments.OfType<Stream>())
                    await stream.DisposeAsync();
                await DisposeAsync(target);
            }
        }
        finally
        {
            execution?.MarkBodyEnded();
        }
    }

    private static object? Call(MethodInfo method, object? target, object?[] arguments)
    {
        try
        {
            return method.Invoke(target, arguments);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Capture(inner).Throw();
            throw;
        }
    }

    /// <summary>The value behind a Task, ValueTask or plain result.</summary>
    private static async Task<object?> ResultOf(object? returned)
    {
        if (returned is ValueTask done)
        {
            await done;
            return null;
        }
        if (returned is not Task && returned?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            returned = type.GetMethod(nameof(ValueTask<int>.AsTask))!.Invoke(returned, null);
        if (returned is not Task task)
            return returned;
        await task;
        return TaskResults.Of(task);
    }

    private static async ValueTask DisposeAsync(object? target)
    {
        if (target is IAsyncDisposable later)
            await later.DisposeAsync();
        else if (target is IDisposable now)
            now.Dispose();
    }

    private void DisposeLater(AsyncServiceScope scope) => _ = Task.Run(async () =>
    {
        try
        {
            await scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            _logger.LogError(exception, "A service of an orchestrator could not be disposed");
        }
    });
}

/// <summary>Results of tasks whose type is only known when they run.</summary>
internal static class TaskResults
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<Type, PropertyInfo?> Properties = new();

    /// <summary>The result of a completed task; null for one without.</summary>
    public static object? Of(Task task) => Properties.GetOrAdd(task.GetType(), Find)?.GetValue(task);

    private static PropertyInfo? Find(Type type)
    {
        // An async method's task is a private class derived from Task<T>; for one without result T is VoidTaskResult.
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.IsGenericType && current.GetGenericTypeDefinition() == typeof(Task<>))
                return string.Equals(current.GenericTypeArguments[0].Name, "VoidTaskResult", StringComparison.Ordinal) ? null : current.GetProperty(nameof(Task<object>.Result));
        }
        return null;
    }
}
