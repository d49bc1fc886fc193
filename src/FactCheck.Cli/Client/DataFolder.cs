using System.Globalization;
using FactCheck.Host.Durable;
using FactCheck.Storage;
using FactCheck.Storage.Local;

namespace FactCheck.Cli.Client;

/// <summary>The data folder, for verbs that work without a host. Whoever may read it runs the desk.</summary>
internal static class DataFolder
{
    private const string Default = "./.factcheck";
    private const string Setting = "FactCheck__";
    private const string AuditVariable = "FactCheck__Audit__Folder";

    public static readonly Option<string?> Data = Options
        .Text("--data", "FOLDER", $"The data folder; {Default} when none is given.")
        .Refusing(given => File.Exists(given) ? $"--data names a folder; '{given}' is a file." : null);

    public static string Of(ParseResult parse) => Path.GetFullPath(parse.GetValue(Data) ?? Default);

    /// <summary>The desk's people and their tokens, within the limits that a host started from here would have.</summary>
    public static Tokens TokensOf(SqliteTables tables, SigningKey? key = null) =>
        new(tables, TimeProvider.System, key, new(tables, TimeProvider.System, Limits()), Time("Access__SessionIdle"));

    private static PeopleLimits Limits()
    {
        var usual = new PeopleLimits();
        return usual with
        {
            Max = Number("People__Max", usual.Max),
            MaxInvitations = Number("People__MaxInvitations", usual.MaxInvitations),
            InvitationLength = Time("People__InvitationLength") ?? usual.InvitationLength,
        };
    }

    private static TimeSpan? Time(string name) =>
        TimeSpan.TryParse(
            Environment.GetEnvironmentVariable(Setting + name),
            CultureInfo.InvariantCulture,
            out var given
        )
            ? given
            : null;

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(Setting + name), CultureInfo.InvariantCulture, out var given)
            ? given
            : otherwise;

    /// <summary>Opens the desk's tables, while a host runs on them or not.</summary>
    /// <exception cref="CommandException">There are none, and none shall be made.</exception>
    /// <exception cref="DamagedDeskException">There are none, beside what is left of a desk.</exception>
    public static SqliteTables Open(string folder, bool make)
    {
        LocalFiles.KeepPrivate();
        DeskCheck.MustHaveItsRows(folder);
        var file = Path.Combine(folder, DeskCheck.Rows);
        if (!make && !File.Exists(file))
            throw NoFolder(folder);
        return new(file);
    }

    private static CommandException NoFolder(string folder) =>
        new(ExitCode.NotFound, $"'{folder}' is no data folder: it holds no desk.db. Name one with --data.");

    /// <summary>Opens the desk's tables to be read, as they are: nothing is brought up to date.</summary>
    /// <exception cref="CommandException">There are none.</exception>
    /// <exception cref="DamagedDeskException">There are none, beside what is left of a desk.</exception>
    public static SqliteTables OpenToRead(string folder)
    {
        DeskCheck.MustHaveItsRows(folder);
        var file = Path.Combine(folder, DeskCheck.Rows);
        return File.Exists(file) ? SqliteTables.OpenToRead(file) : throw NoFolder(folder);
    }

    /// <summary>The audit log of a data folder, where the environment or the folder says.</summary>
    public static DeskAudit AuditOf(string folder) => new(folder, Environment.GetEnvironmentVariable(AuditVariable));

    /// <summary>Refuses what must not be done beside a host.</summary>
    /// <exception cref="CommandException">One runs on the folder.</exception>
    public static void MustBeAtRest(string folder, string what)
    {
        if (File.Exists(Path.Combine(folder, DeskCheck.Orchestrations)) && OwnerOf(folder) is { } owner)
            throw new CommandException(ExitCode.Conflict, $"'{folder}' is in use by {owner}. Stop it before {what}.");
    }

    private static string? OwnerOf(string folder)
    {
        using var runtime = RuntimeFile.OpenRead(folder);
        return runtime.Owner;
    }
}
