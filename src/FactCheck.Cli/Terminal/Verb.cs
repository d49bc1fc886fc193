namespace FactCheck.Cli.Terminal;

/// <summary>A command with examples, whole command lines; behind two spaces and "# " stands what for. The description's
/// first sentence stands in lists, the rest only in its own help.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples)
    : Command(name, FirstSentence(description))
{
    /// <summary>What there is to say beyond the first sentence; empty when that is all.</summary>
    public string Details { get; } = description[FirstSentence(description).Length..].Trim();

    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Whether it runs until somebody stops it, and then has a host to stop: that may take its time.</summary>
    public bool IsLongRunning { get; private set; }

    public Verb With(params IReadOnlyList<Symbol> parts)
    {
        foreach (var part in parts)
            if (part is Argument argument)
                Arguments.Add(argument);
            else
                Options.Add((Option)part);
        return this;
    }

    public Verb RunsUntilStopped()
    {
        IsLongRunning = true;
        return this;
    }

    /// <summary>What it does, and the exit code that comes of it. What goes wrong is told in a sentence.</summary>
    public Verb Does(Func<ParseResult, Output, CancellationToken, Task<int>> run)
    {
        SetAction(
            (parse, cancellation) =>
            {
                var output = Output.Of(parse);
                return Failure.GuardAsync(output, () => run(parse, output, cancellation));
            }
        );
        return this;
    }

    public Verb Does(Action<ParseResult, Output> run) =>
        Does(
            (parse, output, _) =>
            {
                run(parse, output);
                return Task.FromResult(ExitCode.Done);
            }
        );

    private static string FirstSentence(string description)
    {
        var end = description.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? description : description[..(end + 1)];
    }
}
