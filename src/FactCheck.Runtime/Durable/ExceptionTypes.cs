using System.Collections.Concurrent;

namespace FactCheck.Runtime;

/// <summary>Finds exception types by full name, so that a stored failure can be asked what it derives from.</summary>
internal static class ExceptionTypes
{
    private static readonly ConcurrentDictionary<string, Type?> Found = new(StringComparer.Ordinal);

    public static Type? Find(string fullName) => Found.GetOrAdd(fullName, static name =>
        AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(name, throwOnError: false))
            .FirstOrDefault(type => type is not null && typeof(Exception).IsAssignableFrom(type)));
}
