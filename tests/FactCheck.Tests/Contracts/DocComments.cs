using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FactCheck.Tests.Contracts;

/// <summary>What the code's doc comments say, from the documentation files beside the assemblies.</summary>
internal static class DocComments
{
    private static readonly Regex Spaces = new(@"\s+", RegexOptions.NonBacktracking);
    private static readonly Regex Reference = new(@"\s*\(\[[^\]]*\]\)|[\[\]]", RegexOptions.NonBacktracking);
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Files = [];

    public static string? Summary(Type type) => Text(Of(type)?.Element("summary"));

    public static string? Summary(MethodInfo method) => Text(Of(method)?.Element("summary"));

    public static string? Returns(MethodInfo method) => Text(Of(method)?.Element("returns"));

    public static string? Parameter(MethodInfo method, string name) => Text(Parameter(Of(method), name));

    /// <summary>An example as it is written, in JSON.</summary>
    public static string? Example(Type type) => Of(type)?.Element("example")?.Value;

    /// <summary>Of a property with a comment of its own, or of a record's parameter.</summary>
    public static string? Summary(PropertyInfo property) =>
        Text(Find(property.DeclaringType!, $"P:{NameOf(property.DeclaringType!)}.{property.Name}")?.Element("summary"))
        ?? Text(Parameter(Of(property.DeclaringType!), property.Name));

    public static string? Summary(FieldInfo field) =>
        Text(Find(field.DeclaringType!, $"F:{NameOf(field.DeclaringType!)}.{field.Name}")?.Element("summary"));

    private static XElement? Of(Type type) => Find(type, $"T:{NameOf(type)}");

    private static XElement? Of(MethodInfo method)
    {
        var name = $"M:{NameOf(method.DeclaringType!)}.{method.Name}";
        return MembersOf(method.DeclaringType!.Assembly)
            .FirstOrDefault(m => m.Key == name || m.Key.StartsWith($"{name}(", StringComparison.Ordinal))
            .Value;
    }

    private static XElement? Parameter(XElement? member, string name) =>
        member?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == name);

    private static XElement? Find(Type type, string name) => MembersOf(type.Assembly).GetValueOrDefault(name);

    private static Dictionary<string, XElement> MembersOf(Assembly assembly)
    {
        lock (Files)
        {
            if (!Files.TryGetValue(assembly, out var members))
                Files[assembly] = members = XDocument
                    .Load(Path.ChangeExtension(assembly.Location, ".xml"))
                    .Descendants("member")
                    .ToDictionary(m => (string)m.Attribute("name")!, StringComparer.Ordinal);
            return members;
        }
    }

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    // What is null in the code is missing in JSON. A reference in brackets is for those who have the code.
    private static string? Text(XElement? comment)
    {
        if (comment is null)
            return null;
        var text = string.Concat(comment.Nodes().Select(Text)).Replace("null", "missing", StringComparison.Ordinal);
        text = text.Replace("Null", "Missing", StringComparison.Ordinal);
        return Spaces.Replace(Reference.Replace(text, ""), " ").Trim();
    }

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement e when (string?)e.Attribute("cref") is { } to => ConstantOf(to) ?? $"[{LastOf(to)}]",
            XElement e when (string?)e.Attribute("name") is { } name => name,
            XElement e => e.Value,
            _ => "",
        };

    private static string LastOf(string reference) => reference.Split('(')[0].Split('.')[^1];

    // Who calls the API reads a number, not the name of a constant.
    private static string? ConstantOf(string reference)
    {
        var (field, type) = (LastOf(reference), reference[2..reference.LastIndexOf('.')]);
        return reference.StartsWith("F:", StringComparison.Ordinal)
            ? Files
                .Keys.Select(a => a.GetType(type)?.GetField(field))
                .FirstOrDefault(f => f is { IsLiteral: true, DeclaringType.IsEnum: false })
                ?.GetRawConstantValue()
                ?.ToString()
            : null;
    }
}
