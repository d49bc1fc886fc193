namespace FactCheck.Cli.Terminal;

internal static class Options
{
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>A text; the help shows <paramref name="value"/> in its place.</summary>
    public static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    /// <summary>From 1 on.</summary>
    public static Option<int> Number(
        string name,
        string description,
        int otherwise,
        int most = int.MaxValue,
        string value = "N"
    )
    {
        var option = new Option<int>(name)
        {
            Description = description,
            DefaultValueFactory = _ => otherwise,
            HelpName = value,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var given && (given < 1 || given > most))
                result.AddError($"{name} is 1 {(most == int.MaxValue ? "or more" : $"to {most}")}.");
        });
        return option;
    }

    /// <summary>Null for a value that is good.</summary>
    public static Option<T> Refusing<T>(this Option<T> option, Func<T?, string?> refusal)
    {
        option.Validators.Add(result =>
        {
            if (refusal(result.GetValueOrDefault<T>()) is { } why)
                result.AddError(why);
        });
        return option;
    }
}
