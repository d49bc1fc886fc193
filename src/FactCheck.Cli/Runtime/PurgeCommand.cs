using System.Globalization;
using FactCheck.Cli.Client;

namespace FactCheck.Cli.Runtime;

/// <summary><c>runtime purge</c>: forgets instances that have ended.</summary>
internal static class PurgeCommand
{
    private static readonly DateTimeOffset Ever = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Verb Create()
    {
        var ids = new Argument<string[]>("ID")
        {
            Description = "Instances that have ended; none with --older-than.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var age = Age.Option(
            "--older-than",
            "All that have ended and were scheduled longer ago than this, such as 30d."
        );
        var states = new Option<InstanceState[]>("--state")
        {
            Description = "With --older-than: only Completed, Failed or Terminated ones.",
            AllowMultipleArgumentsPerToken = true,
        };
        var verb = new Verb(
            "purge",
            "Forget instances that have ended, with their histories: articles, decisions and the audit trail "
                + "are kept elsewhere and stay. The host does so by itself after a month. To keep a copy, 'runtime "
                + "export' first.",
            "factcheck runtime purge check-rp3tapq4bf6pcdmmx7h5fu6rjb-1",
            "factcheck runtime purge --older-than 7d --state Completed"
        ).With(ids, age, states);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(ids) is { Length: > 0 } == result.GetValue(age) is not null)
                result.AddError("Name instances, or say --older-than.");
        });
        return verb.WithHost()
            .Does(
                async (parse, output, cancellation) =>
                {
                    using var desk = HostOptions.Connect(parse);
                    if (parse.GetValue(age) is not { } least)
                        return await PurgeAsync(desk, output, parse.GetValue(ids)!, cancellation);
                    var (before, only) = (DateTimeOffset.UtcNow - least, parse.GetValue(states) ?? []);
                    return await PurgeOldAsync(desk, output, before, only, cancellation);
                }
            );
    }

    private static async Task<int> PurgeAsync(
        DeskClient desk,
        Output output,
        IReadOnlyList<string> ids,
        CancellationToken cancellation
    )
    {
        var worst = ExitCode.Done;
        foreach (var id in ids)
        {
            var purged = await DeleteAsync(desk, HostInstances.PathOf(id), cancellation);
            if (purged > 0)
            {
                SteerCommands.Told(output, id, "purged");
                continue;
            }

            worst = purged is null ? ExitCode.NotFound : ExitCode.Conflict;
            output.Fail(
                purged is null
                    ? Instances.NotThere(id).Message
                    : $"'{id}' has not ended, so it is not purged. To end it: factcheck runtime terminate {id}",
                worst
            );
        }

        return worst;
    }

    private static async Task<int> PurgeOldAsync(
        DeskClient desk,
        Output output,
        DateTimeOffset before,
        IReadOnlyList<InstanceState> states,
        CancellationToken cancellation
    )
    {
        var filter =
            $"createdTimeFrom={Text(Ever)}&createdTimeTo={Text(before)}"
            + (states.Count > 0 ? $"&runtimeStatus={string.Join(',', states)}" : "");
        var purged = await DeleteAsync(desk, $"{HostInstances.Root}?{filter}", cancellation) ?? 0;
        if (output.IsJson)
            output.JsonLine(new JsonObject { ["purged"] = purged });
        else
            output.Line($"{purged} purged.");
        return ExitCode.Done;
    }

    private static async Task<int?> DeleteAsync(DeskClient desk, string path, CancellationToken cancellation)
    {
        try
        {
            return (int)(await desk.DeleteAsync(path, cancellation)).Json["instancesDeleted"]!;
        }
        catch (HostException none) when (none.Status == 404)
        {
            return null;
        }
    }

    private static string Text(DateTimeOffset time) =>
        Uri.EscapeDataString(time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
}
