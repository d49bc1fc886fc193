using FactCheck.Cli.Client;
using FactCheck.Storage;
using FactCheck.Storage.Local;

namespace FactCheck.Cli.Operate;

/// <summary><c>backup</c> and <c>restore</c>: copies of a data folder.</summary>
internal static class CopyCommands
{
    public static Verb Backup()
    {
        var to = new Argument<string>("TO") { Description = "A new folder, best on another disk." };
        var withKeys = Options.Flag(
            "--with-keys",
            "Copy the keys too. Whoever has such a copy can issue tokens and seal what they like: keep it as the keys."
        );
        return new Verb(
            "backup",
            "Copy a desk while it runs, and verify the copy: databases, audit log, articles, texts, reports, evidence, and a "
                + "manifest with the SHA-256 of each file. Keys are left out unless --with-keys is given: keep a copy of "
                + "the folder keys elsewhere, or a desk that is put back can't be gone on with as it was.",
            "factcheck backup /mnt/backup/2026-11-30 --data /srv/factcheck",
            "factcheck backup /mnt/safe/desk --with-keys --data /srv/factcheck"
        )
            .With(to, withKeys, DataFolder.Data)
            .Does(
                (parse, output, cancellation) =>
                    BackupAsync(
                        output,
                        DataFolder.Of(parse),
                        Path.GetFullPath(parse.GetRequiredValue(to)),
                        parse.GetValue(withKeys),
                        cancellation
                    )
            );
    }

    public static Verb Restore()
    {
        var from = new Argument<string>("FROM") { Description = "A copy that 'factcheck backup' made." };
        var keys = Options.Text("--keys", "FOLDER", "The keys, where the copy has none.");
        var log = Options.Text(
            "--log",
            "FOLDER",
            "The audit log of the desk that was lost: what it knows and the copy does not is named."
        );
        return new Verb(
            "restore",
            "Put a copy where no desk is. Verifies the copy, refuses a folder that is not empty, names what is missing, "
                + "and leaves a signed entry in the audit log, after which the older cases are right.",
            "factcheck restore /mnt/backup/2026-11-30 --keys /mnt/safe/keys --data /srv/factcheck",
            "factcheck restore /mnt/backup/2026-11-30 --keys damaged/keys --log damaged/audit --data /srv/factcheck"
        )
            .With(from, keys, log, DataFolder.Data)
            .Does(
                (parse, output, cancellation) =>
                    RestoreAsync(
                        output,
                        Path.GetFullPath(parse.GetRequiredValue(from)),
                        DataFolder.Of(parse),
                        parse.GetValue(keys),
                        parse.GetValue(log),
                        cancellation
                    )
            );
    }

    private static async Task<int> BackupAsync(
        Output output,
        string data,
        string to,
        bool withKeys,
        CancellationToken cancellation
    )
    {
        LocalFiles.KeepPrivate();
        if (!File.Exists(Path.Combine(data, DeskCheck.Rows)))
            DataFolder.Open(data, make: false).Dispose(); // says why not
        var made = await TriedAsync(() =>
            DeskCopy.MakeAsync(data, DataFolder.AuditOf(data), to, withKeys, TimeProvider.System, cancellation)
        );
        if (output.IsJson)
        {
            output.Document(Json(to, made));
            return ExitCode.Done;
        }

        output.Line($"Copied and verified: {made.Files.Count} files, {Size(made)}, in {to}.");
        output.Line(
            withKeys
                ? "The keys are in it: whoever has this copy can write in the desk's name. Keep it as you keep the keys."
                : $"The keys are not in it: keep a copy of {Path.Combine(data, "keys")} elsewhere."
        );
        if (made.BlobsIn is { } account)
            output.Line($"Articles, texts, reports and evidence are in {account}, and not in it.");
        return ExitCode.Done;
    }

    private static async Task<int> RestoreAsync(
        Output output,
        string from,
        string data,
        string? keys,
        string? log,
        CancellationToken cancellation
    )
    {
        LocalFiles.KeepPrivate();
        if (new[] { from, keys, log }.FirstOrDefault(f => f is not null && !Directory.Exists(f)) is { } none)
            throw new CommandException(ExitCode.NotFound, $"There is no folder '{none}'.");
        var audit = DataFolder.AuditOf(data);
        var copy = await TriedAsync(() => DeskCopy.PutBackAsync(from, data, audit, keys, log, cancellation));
        var hasKey = audit.HasKey;
        var missing = hasKey ? await NoteAsync(copy, data, audit, cancellation) : [];
        if (output.IsJson)
        {
            var json = Json(data, copy);
            json["noted"] = hasKey;
            json["missing"] = new JsonArray([
                .. missing.Select(m => (JsonNode)$"{m.Name}: {m.Problem}".Trim(' ', ':')),
            ]);
            output.Document(json);
            return ExitCode.Done;
        }

        output.Line(
            $"Put back: the desk as of {TextTable.Time(copy.MadeAt)} UTC, {copy.Files.Count} files, {Size(copy)}."
        );
        foreach (var finding in missing)
            output.Line($"Missing: {(finding.Name is "" ? finding.Article : finding.Name)}: {finding.Problem}");
        if (!hasKey)
            output.Line(
                $"It can't be started yet: {DeskAudit.KeyName} is missing. Put the keys into {KeyFile.FolderOf(data)}, then "
                    + $"run: factcheck audit accept --data {data} (with --new-key where they are lost)."
            );
        else if (missing.Count == 0)
            output.Line(
                "Nothing is missing that the audit log knows of. The log says that it was put back, and by whom."
            );
        else
            output.Line("The log says so, and by whom it was put back.");
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<AuditFinding>> NoteAsync(
        CopyManifest copy,
        string data,
        DeskAudit audit,
        CancellationToken cancellation
    )
    {
        await using var tables = DataFolder.Open(data, make: false);
        return await DeskRepair.NoteRestoreAsync(
            tables,
            audit,
            copy,
            Environment.UserName,
            TimeProvider.System,
            cancellation
        );
    }

    private static async Task<CopyManifest> TriedAsync(Func<Task<CopyManifest>> act)
    {
        try
        {
            return await act();
        }
        catch (InvalidOperationException inTheWay)
        {
            throw new CommandException(ExitCode.Conflict, inTheWay.Message, inTheWay);
        }
    }

    private static string Size(CopyManifest copy) => $"{copy.Files.Sum(f => f.Bytes) / 1e6:0.0} MB";

    private static JsonObject Json(string place, CopyManifest copy) =>
        new()
        {
            ["folder"] = place,
            ["madeAt"] = copy.MadeAt,
            ["files"] = copy.Files.Count,
            ["bytes"] = copy.Files.Sum(f => f.Bytes),
            ["keys"] = copy.HasKeys,
            ["blobsIn"] = copy.BlobsIn,
        };
}
