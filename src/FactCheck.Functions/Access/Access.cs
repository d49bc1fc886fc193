using System.Reflection;

namespace FactCheck.Functions;

/// <summary>What a person may do. Editor includes reviewer, reviewer includes submitter; operator stands alone.</summary>
public enum Role
{
    /// <summary>Anybody, signed in or not.</summary>
    Public,

    /// <summary>Uploads articles and sees how far they are.</summary>
    Submitter,

    /// <summary>Decides tasks.</summary>
    Reviewer,

    /// <summary>Publishes, corrects, re-verifies, reads the audit trail.</summary>
    Editor,

    /// <summary>Runs the host; sees no case.</summary>
    Operator,

    /// <summary>Only the host itself: triggers, orchestrations, activities.</summary>
    Host,
}

/// <summary>The least role that may call a function. On a class it holds for every function in it.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class AccessAttribute(Role role) : Attribute
{
    /// <summary>The least role.</summary>
    public Role Role { get; } = role;
}

/// <summary>Who calls.</summary>
/// <param name="Name">As the desk knows them; on every decision and audit entry.</param>
/// <param name="Role">What they may do.</param>
/// <param name="ExpiresAt">When their token or session ends.</param>
public sealed record Person(string Name, Role Role, DateTimeOffset ExpiresAt)
{
    /// <summary>True when the role includes <paramref name="least"/>.</summary>
    public bool May(Role least) => least switch
    {
        Role.Public => true,
        Role.Submitter or Role.Reviewer or Role.Editor => Role is Role.Submitter or Role.Reviewer or Role.Editor && Role >= least,
        Role.Operator => Role == Role.Operator,
        _ => false,
    };
}

/// <summary>The least role of every function, read once at start.</summary>
public sealed class AccessMap
{
    private readonly Dictionary<string, Role> _roles;

    private AccessMap(Dictionary<string, Role> roles) => _roles = roles;

    /// <summary>Reads the functions of an assembly.</summary>
    /// <exception cref="InvalidOperationException">A function says nothing about access: the host must not start.</exception>
    public static AccessMap Of(Assembly assembly)
    {
        var functions = assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Function: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(f => f.Function is not null)
            .Select(f => (f.Function!.Name, Access: f.Method.GetCustomAttribute<AccessAttribute>() ?? f.Method.DeclaringType?.GetCustomAttribute<AccessAttribute>()))
            .ToList();
        var open = functions.Where(f => f.Access is null).Select(f => f.Name).ToList();
        return open.Count == 0
            ? new(functions.ToDictionary(f => f.Name, f => f.Access!.Role, StringComparer.OrdinalIgnoreCase))
            : throw new InvalidOperationException($"These functions have no [Access(…)]: {string.Join(", ", open)}.");
    }

    /// <summary>The same, and the least role of a function that the host brings along.</summary>
    public AccessMap With(string function, Role role) => new(new(_roles, StringComparer.OrdinalIgnoreCase) { [function] = role });

    /// <summary>The least role of a function. One that is not known is the host's own.</summary>
    public Role Of(string function) => _roles.GetValueOrDefault(function, Role.Host);
}
