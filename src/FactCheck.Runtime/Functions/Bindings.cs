#pragma warning disable MA0017 // the worker's abstract attributes have public constructors; so have these
namespace FactCheck.Runtime;

/// <summary>The root of all binding attributes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute
{
    /// <summary>For derived attributes.</summary>
    public BindingAttribute() { }
}

/// <summary>Marks the parameter that starts a function.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute
{
    /// <summary>For derived attributes.</summary>
    public TriggerBindingAttribute() { }
}

/// <summary>Marks a parameter that the host fills in beside the trigger.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class InputBindingAttribute : BindingAttribute
{
    /// <summary>For derived attributes.</summary>
    public InputBindingAttribute() { }
}

/// <summary>Makes a method a function. Names are unique in an app, ignoring case.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>The name by which the host, its logs and other functions know it.</summary>
    public string Name { get; } = name;
}

/// <summary>Runs a function on an HTTP request.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Any method, at <see cref="AuthorizationLevel.Function"/>.</summary>
    public HttpTriggerAttribute() { }

    /// <summary>Any method.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    /// <summary>The given methods only.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) => (AuthLevel, Methods) = (authLevel, methods);

    /// <summary>The given methods only, at <see cref="AuthorizationLevel.Function"/>.</summary>
    public HttpTriggerAttribute(params string[] methods) => Methods = methods;

    /// <summary>Who may call. This host knows no function keys: every level but Anonymous is refused at start.</summary>
    public AuthorizationLevel AuthLevel { get; } = AuthorizationLevel.Function;

    /// <summary>The HTTP methods answered; all when null.</summary>
    public string[]? Methods { get; }

    /// <summary>An ASP.NET route template below the route prefix. Null or empty: the function's name, as on Azure.</summary>
    public string? Route { get; set; }
}

/// <summary>Who may call an HTTP function.</summary>
public enum AuthorizationLevel
{
    Anonymous = 0,
    User = 1,
    Function = 2,
    System = 3,
    Admin = 4,
}

/// <summary>Runs a function for each new or changed blob that matches the path.</summary>
public sealed class BlobTriggerAttribute(string blobPath) : TriggerBindingAttribute
{
    /// <summary><c>container/pattern</c>; <c>{parts}</c> of the pattern are bound to parameters of the same name.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>The name of a storage connection. This host watches folders, or the account of <see cref="EmbeddedHostOptions.BlobService"/>, and doesn't use it.</summary>
    public string? Connection { get; set; }

    /// <summary>How Azure notices blobs. This host watches and scans in either case.</summary>
    public BlobTriggerSource Source { get; set; }
}

/// <summary>How Azure notices new blobs.</summary>
public enum BlobTriggerSource
{
    LogsAndContainerScan = 0,
    EventGrid = 1,
}

/// <summary>Runs a function on a schedule.</summary>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>NCRONTAB in UTC with six fields (seconds first; five are accepted), or <c>%Setting%</c>.</summary>
    public string Schedule { get; } = schedule;

    /// <summary>Also run when the host starts.</summary>
    public bool RunOnStartup { get; set; }

    /// <summary>Whether the schedule is remembered over restarts, so that a missed occurrence is run late.</summary>
    public bool UseMonitor { get; set; } = true;
}

/// <summary>Marks the <see cref="TaskOrchestrationContext"/> of an orchestrator function.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The orchestration's name; the function's when null.</summary>
    public string? Orchestration { get; set; }
}

/// <summary>Marks the input of an activity function.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>The activity's name; the function's when null.</summary>
    public string? Activity { get; set; }
}

/// <summary>Fills a parameter with the <see cref="DurableTaskClient"/>.</summary>
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>Azure's task hub; this host has one.</summary>
    public string? TaskHub { get; set; }

    /// <summary>Azure's connection; this host has one.</summary>
    public string? ConnectionName { get; set; }
}
