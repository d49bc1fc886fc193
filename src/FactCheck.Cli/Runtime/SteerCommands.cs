using System.Text.Json;
using FactCheck.Cli.Client;

namespace FactCheck.Cli.Runtime;

/// <summary>The <c>runtime</c> verbs that change one thing on a host that runs.</summary>
internal static class SteerCommands
{
    public static Verb Raise()
    {
        var (id, name) = (
            RuntimeCommands.Id(),
            new Argument<string>("EVENT") { Description = "The event's name, as the orchestrator's code waits for it." }
        );
        var payload = new Argument<string?>("PAYLOAD")
        {
            Description = "JSON; null when there is none.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        payload.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !IsJson(text))
                result.AddError($"PAYLOAD is JSON: a text needs its quotes, such as '\"yes\"'; it is {text}.");
        });
        return new Verb(
            "raise",
            "Raise an external event for an instance that waits for it, or will.",
            "factcheck runtime raise review-rp3tapq4bf6pcdmmx7h5fu6rjb.q2xl6mwkqmgdtcvh-1.1 decision-2",
            "factcheck runtime raise order-7 approval true"
        )
            .With(id, name, payload)
            .WithHost()
            .Does(
                (parse, output, cancellation) =>
                    SteerAsync(
                        parse,
                        output,
                        parse.GetRequiredValue(id),
                        $"raiseEvent/{Uri.EscapeDataString(parse.GetRequiredValue(name))}",
                        $"raised {parse.GetRequiredValue(name)} for",
                        cancellation,
                        parse.GetValue(payload) ?? "null"
                    )
            );
    }

    public static Verb Terminate() =>
        OfState(
            "terminate",
            "End an instance where it is. An activity that runs ends by itself; nothing it wrote is taken back.",
            "terminated",
            "factcheck runtime terminate check-rp3tapq4bf6pcdmmx7h5fu6rjb-1 --reason \"the wrong file\""
        );

    public static Verb Suspend() =>
        OfState(
            "suspend",
            "Halt an instance: what comes in is kept until it is resumed.",
            "suspended",
            "factcheck runtime suspend review-rp3tapq4bf6pcdmmx7h5fu6rjb.q2xl6mwkqmgdtcvh-1.1"
        );

    public static Verb Resume() =>
        OfState(
            "resume",
            "Let a suspended instance go on; what came for it meanwhile is taken.",
            "resumed",
            "factcheck runtime resume review-rp3tapq4bf6pcdmmx7h5fu6rjb.q2xl6mwkqmgdtcvh-1.1"
        );

    public static Verb Rewind() =>
        OfState(
            "rewind",
            "Let a failed instance go on from before its failure: what failed is run again, what succeeded is not.",
            "rewound",
            "factcheck runtime rewind check-rp3tapq4bf6pcdmmx7h5fu6rjb-1 --reason \"the disk has room again\""
        );

    public static Verb RetryBlob()
    {
        var blob = new Argument<string>("BLOB")
        {
            Description = "Container and name, as 'runtime poison' prints them.",
        };
        blob.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>()?.IndexOf('/', StringComparison.Ordinal) is null or < 1)
                result.AddError("BLOB is a container and a name, such as articles/city-budget.md.");
        });
        return new Verb(
            "retry",
            "Let a blob that was given up be tried again, as if it were new.",
            "factcheck runtime retry articles/city-budget.md"
        )
            .With(blob)
            .WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    var (container, name) = parse.GetRequiredValue(blob).Split('/', 2) is [var first, var rest]
                        ? (first, rest)
                        : ("", "");
                    using var desk = HostOptions.Connect(parse);
                    await desk.PostAsync(
                        $"{HostInstances.Poison}/retry?container={Uri.EscapeDataString(container)}&name={Uri.EscapeDataString(name)}",
                        Nothing,
                        canRepeat: false,
                        cancellation
                    );
                    return Told(output, $"{container}/{name}", "is tried again:");
                }
            );
    }

    public static int Told(Output output, string id, string done)
    {
        if (output.IsJson)
            output.JsonLine(new JsonObject { ["id"] = id, ["done"] = done.TrimEnd(':') });
        else
            output.Line($"{done} {id}");
        return ExitCode.Done;
    }

    private static Verb OfState(string what, string description, string done, string example)
    {
        var id = RuntimeCommands.Id();
        var reason = Options.Text("--reason", "TEXT", "Why; is kept with it.");
        var verb = new Verb(what, description, example).With(id);
        if (what is "terminate" or "rewind")
            verb.Options.Add(reason);
        return verb.WithHost()
            .Does(
                (parse, output, cancellation) =>
                    SteerAsync(
                        parse,
                        output,
                        parse.GetRequiredValue(id),
                        what
                            + (
                                verb.Options.Contains(reason) && parse.GetValue(reason) is { } why
                                    ? $"?reason={Uri.EscapeDataString(why)}"
                                    : ""
                            ),
                        done,
                        cancellation
                    )
            );
    }

    private static async Task<int> SteerAsync(
        ParseResult parse,
        Output output,
        string id,
        string path,
        string done,
        CancellationToken cancellation,
        string? payload = null
    )
    {
        using var desk = HostOptions.Connect(parse);
        try
        {
            await desk.PostAsync(
                $"{HostInstances.PathOf(id)}/{path}",
                payload is null ? Nothing : () => Json(payload),
                canRepeat: false,
                cancellation
            );
        }
        catch (HostException gone) when (gone.Status == 404)
        {
            throw Instances.NotThere(id);
        }
        catch (HostException over) when (over.Status == 410)
        {
            throw new CommandException(
                ExitCode.Conflict,
                $"'{id}' has ended: nothing can be done to it any more. To see how: factcheck runtime show {id}",
                over
            );
        }

        return Told(output, id, done);
    }

    private static HttpContent Nothing() => new ByteArrayContent([]);

    private static HttpContent Json(string payload) =>
        new StringContent(payload, System.Text.Encoding.UTF8, "application/json");

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
