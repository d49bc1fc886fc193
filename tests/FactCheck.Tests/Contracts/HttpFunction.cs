using System.Reflection;
using FactCheck.Functions;
using FactCheck.Functions.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;

namespace FactCheck.Tests.Contracts;

/// <summary>A function that HTTP reaches, by one of its verbs.</summary>
/// <param name="Route">With a slash before it; the one that matches nothing but "/" is that.</param>
internal sealed record HttpFunction(MethodInfo Method, string Name, string Verb, string Route, Role Role)
{
    public string Tag => Find<TagsAttribute>()!.Tags[0];

    public bool HasCatchAll => Route.Contains("{*", StringComparison.Ordinal);

    /// <summary>The kinds of answer that its signature names.</summary>
    public IEnumerable<Type> Answers
    {
        get
        {
            var type = Method.ReturnType;
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
                type = type.GetGenericArguments()[0];
            return type.Namespace == typeof(Ok).Namespace && type.Name.StartsWith("Results`", StringComparison.Ordinal)
                ? type.GetGenericArguments()
                : [type];
        }
    }

    public T? Find<T>()
        where T : Attribute => Method.GetCustomAttribute<T>() ?? Method.DeclaringType!.GetCustomAttribute<T>();

    public static IReadOnlyList<HttpFunction> All()
    {
        const BindingFlags Any =
            BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        var access = AccessMap.Of(typeof(Services).Assembly);
        return
        [
            .. from method in typeof(Services).Assembly.GetTypes().SelectMany(t => t.GetMethods(Any))
            let function = method.GetCustomAttribute<FunctionAttribute>()
            let trigger = method
                .GetParameters()
                .Select(p => p.GetCustomAttribute<HttpTriggerAttribute>())
                .FirstOrDefault(t => t is not null)
            where function is not null && trigger is not null
            from verb in trigger.Methods!
            where verb != "head" // what "get" says, without its body
            let route = trigger.Route!.Replace("{ignored:maxlength(0)?}", "", StringComparison.Ordinal)
            select new HttpFunction(method, function.Name, verb, $"/{route}", access.Of(function.Name)),
        ];
    }
}
