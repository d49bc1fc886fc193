using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FactCheck.Tests.Runtime;

/// <summary>Prints public signatures in the form of the listings: <c>Type :: member</c>, nullability included.</summary>
internal sealed partial class SurfacePrinter(Assembly assembly, IReadOnlyDictionary<string, string> names)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
    };

    private readonly NullabilityInfoContext _nullability = new();

    public IEnumerable<string> Print(Type type) => Members(type).Select(member => $"{Name(type)} :: {NestedParameter().Replace(member, "${before}${name}")}");

    private IEnumerable<string> Members(Type type)
    {
        yield return Header(type) + Attributes(type);
        if (type.IsEnum)
        {
            foreach (var name in Enum.GetNames(type))
                yield return $"enum-value {name} = {Convert.ToInt64(Enum.Parse(type, name))}";
            yield break;
        }
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            yield return $"delegate {Type(_nullability.Create(invoke.ReturnParameter))} Invoke({Parameters(invoke)})";
            yield break;
        }
        foreach (var constructor in type.GetConstructors(Declared).Where(constructor => IsOpen(constructor) && !constructor.IsStatic))
            yield return $"{Access(constructor)} ctor({Parameters(constructor)}){Attributes(constructor)}";
        foreach (var property in type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsOpen)))
            yield return Property(property);
        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
            yield return Field(field);
        foreach (var method in type.GetMethods(Declared).Where(method => IsOpen(method) && IsWritten(method)))
            yield return Method(method);
    }

    private string Header(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null;
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (isRecord ? "record" : "class"),
        };
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) && parent != typeof(MulticastDelegate))
            bases.Add(Plain(parent));
        bases.AddRange(type.GetInterfaces().Where(face => face.IsVisible).Select(Plain).Order(StringComparer.Ordinal));
        return bases.Count == 0 ? kind : $"{kind} : {string.Join(", ", bases)}";
    }

    private string Property(PropertyInfo property)
    {
        var accessor = property.GetAccessors(nonPublic: true).First(IsOpen);
        var accessors = new List<string>();
        if (property.GetMethod is { } get && IsOpen(get))
            accessors.Add("get;");
        if (property.SetMethod is { } set && IsOpen(set))
            accessors.Add(set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;");
        return $"{Access(accessor)}{Modifiers(accessor)} property {Type(_nullability.Create(property))} {property.Name} {{ {string.Join(' ', accessors)} }}{Attributes(property)}";
    }

    private string Field(FieldInfo field)
    {
        var modifiers = field.IsLiteral ? "const" : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly" : "");
        var value = field.IsLiteral ? $" = {Constant(field.GetRawConstantValue())}" : "";
        return $"public {modifiers.Trim()} field {Type(_nullability.Create(field))} {field.Name}{value}";
    }

    private string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        return $"{Access(method)}{Modifiers(method)} method {Type(_nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)}){Constraints(method)}{Attributes(method)}";
    }

    private string Constraints(MethodInfo method) => string.Concat(method.IsGenericMethodDefinition
        ? method.GetGenericArguments().Select(argument =>
        {
            var parts = new List<string>();
            if (argument.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
                parts.Add("class");
            parts.AddRange(argument.GetGenericParameterConstraints().Select(Plain));
            return parts.Count == 0 ? "" : $" where {argument.Name} : {string.Join(", ", parts)}";
        })
        : []);

    private string Parameters(MethodBase method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select((parameter, index) =>
            (index == 0 && isExtension ? "this " : "")
            + (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
            + (parameter.IsOut ? "out " : "")
            + $"{Type(_nullability.Create(parameter))} {parameter.Name}"
            + (parameter.HasDefaultValue ? $" = {Default(parameter)}" : "")));
    }

    private static string Default(ParameterInfo parameter) =>
        parameter.RawDefaultValue is null && parameter.ParameterType.IsValueType ? "default" : Constant(parameter.RawDefaultValue);

    private static string Constant(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string text => $"\"{text}\"",
        _ => Convert.ToString(value)!,
    };

    private string Type(NullabilityInfo info)
    {
        var type = info.Type;
        if (type.IsByRef)
            type = type.GetElementType()!;
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Plain(value) + "?";
        var mark = !type.IsValueType && info.ReadState == NullabilityState.Nullable || info.ReadState == NullabilityState.Unknown && info.WriteState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
            return $"{Type(info.ElementType!)}[]{mark}";
        if (!type.IsGenericType)
            return Plain(type) + mark;
        // A by-ref parameter's arguments are not told apart; none here has any.
        var arguments = info.GenericTypeArguments.Length > 0 ? info.GenericTypeArguments.Select(Type) : type.GetGenericArguments().Select(Plain);
        return $"{BareName(type)}<{string.Join(", ", arguments)}>{mark}";
    }

    private string Plain(Type type) => type switch
    {
        { IsGenericParameter: true } => type.Name,
        { IsArray: true } => Plain(type.GetElementType()!) + "[]",
        { IsGenericType: true } => $"{BareName(type)}<{string.Join(", ", type.GetGenericArguments().Select(Plain))}>",
        _ => Keywords.GetValueOrDefault(type) ?? Name(type),
    };

    private string BareName(Type type)
    {
        var name = Name(type.GetGenericTypeDefinition());
        return name[..name.IndexOf('<', StringComparison.Ordinal)];
    }

    /// <summary>The full name; Microsoft's for types of the runtime.</summary>
    private string Name(Type type)
    {
        var arity = type.Name.IndexOf('`', StringComparison.Ordinal);
        var simple = arity < 0 ? type.Name : $"{type.Name[..arity]}<{string.Join(", ", type.GetGenericArguments().Select(argument => argument.Name))}>";
        return type.Assembly == assembly && names.TryGetValue(simple, out var mapped) ? mapped : $"{type.Namespace}.{simple}";
    }

    private static bool IsOpen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsWritten(MethodInfo method) =>
        !string.Equals(method.Name, "<Clone>$", StringComparison.Ordinal) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static string Modifiers(MethodInfo method)
    {
        if (method.IsStatic)
            return " static";
        if (method.DeclaringType!.IsInterface)
            return "";
        var overrides = method.GetBaseDefinition().DeclaringType != method.DeclaringType;
        return method switch
        {
            { IsAbstract: true } => " abstract",
            { IsVirtual: true, IsFinal: true } => overrides ? " sealed override" : "",
            { IsVirtual: true } => overrides ? " override" : " virtual",
            _ => "",
        };
    }

    private static string Attributes(MemberInfo member) => string.Concat(member.GetCustomAttributesData().Select(attribute => attribute.AttributeType switch
    {
        var type when type == typeof(AttributeUsageAttribute) => $" [AttributeUsage({string.Join(", ", attribute.ConstructorArguments.Select(Usage).Concat(attribute.NamedArguments.Select(Named)))})]",
        var type when type == typeof(ObsoleteAttribute) => " [Obsolete]",
        var type when type == typeof(EditorBrowsableAttribute) => " [EditorBrowsable]",
        _ => "",
    }));

    private static string Usage(CustomAttributeTypedArgument argument) => ((AttributeTargets)(int)argument.Value!).ToString();

    private static string Named(CustomAttributeNamedArgument argument) => $"{argument.MemberName}={Constant(argument.TypedValue.Value)}";

    /// <summary>As copy-surface.py: whether a type parameter inside angle brackets is T or T? depends on where the compiler noted it.</summary>
    [GeneratedRegex(@"(?<before>[<,] ?)(?<name>T[A-Z]?\w*)\?(?=[,>])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NestedParameter();
}
