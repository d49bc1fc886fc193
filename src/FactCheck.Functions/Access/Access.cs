using System.Reflection;

namespace FactCheck.Functions.Access;

/// <summary>The least role that may call a function. On a class it holds for every function in it.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class AccessAttribute(Role role) : Attribute
{
    /// <summary>The least role.</summary>
    public Role Role { get; } = role;
}

/// <summary>The least role of every function, read once at start.</summary>
public sealed class AccessMap
{
    private readonly Dictionary<string, Role> _roles;

    private AccessMap(Dictionary<string, Role> roles) => _roles = roles;

    /// <summary>Reads the functions of an assembly.</summary>
    /// <exception cref="InvalidOperationException">A function says nothing about access: the host must not
    /// start.</exception>
    public static AccessMap Of(Assembly assembly)
    {
        var functions = assembly
            .GetTypes()
            .SelectMany(type =>
                type.GetMethods(
                    BindingFlags.Public
                        | BindingFlags.NonPublic
                        | BindingFlags.Static
                        | BindingFlags.Instance
                        | BindingFlags.DeclaredOnly
                )
            )
            .Select(method => (Method: method, Function: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(f => f.Function is not null)
            .Select(f =>
                (
                    f.Function!.Name,
                    Access: f.Method.GetCustomAttribute<AccessAttribute>()
                        ?? f.Method.DeclaringType?.GetCustomAttribute<AccessAttribute>()
                )
            )
            .ToList();
        var open = functions.Where(f => f.Access is null).Select(f => f.Name).ToList();
        return open.Count == 0
            ? new(functions.ToDictionary(f => f.Name, f => f.Access!.Role, StringComparer.OrdinalIgnoreCase))
            : throw new InvalidOperationException($"These functions have no [Access(…)]: {string.Join(", ", open)}.");
    }

    /// <summary>The least role of a function. One that is not known is the host's own.</summary>
    public Role Of(string function) => _roles.GetValueOrDefault(function, Role.Host);
}
