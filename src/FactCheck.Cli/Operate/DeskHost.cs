using System.Net.Http.Headers;
using FactCheck.Cli.Client;
using FactCheck.Host;
using FactCheck.Host.Hosting;
using FactCheck.Storage;
using FactCheck.Storage.Local;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary>The desk's app on the embedded host: this process, the worker's, one data folder.</summary>
internal sealed class DeskHost
{
    private const string Schedule = "ReverifySchedule";
    private const string StorageVariable = "FactCheck__Storage";
    private const string PublicVariable = "FactCheck__PublicBaseUrl";
    private static readonly TimeSpan AskingTakes = TimeSpan.FromSeconds(10);

    public delegate T Creator<out T>(
        FunctionHostOptions options,
        Action<ILoggingBuilder>? logging,
        Action<IServiceCollection>? services
    );

    private readonly FunctionHost _host;

    private DeskHost(FunctionHost host, Place place, DeskStorage storage, Tokens tokens) =>
        (_host, Place, Storage, Tokens) = (host, place, storage, tokens);

    public Place Place { get; }

    public DeskStorage Storage { get; }

    public Tokens Tokens { get; }

    /// <summary>Where it answers, as it was bound; with a slash at its end.</summary>
    public Uri Address => HostAddress.FirstOf(_host.Addresses[0].ToString());

    public int Functions => _host.FunctionNames.Count;

    public Task UntilStoppedAsync(CancellationToken cancellation) => UntilStoppedAsync(_host, cancellation);

    /// <summary>Until somebody stops a host, which is no failure.</summary>
    public static async Task UntilStoppedAsync(RunningHost host, CancellationToken cancellation)
    {
        try
        {
            await host.WaitForShutdownAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C, by way of the command line.
        }
    }

    /// <summary>Starts the host, uses it, and stops it, however that ends.</summary>
    /// <exception cref="CommandException">It can't start, or can't go on; the message says why.</exception>
    public static async Task<int> RunAsync(
        Place place,
        Output output,
        HostLog log,
        Func<DeskHost, Task<int>> use,
        CancellationToken cancellation
    )
    {
        var account = place.Storage ?? Environment.GetEnvironmentVariable(StorageVariable);
        LocalFiles.KeepPrivate();
        LocalFiles.CreateFolder(place.Data);
        // A large file takes a while; a second host on the folder is told so by the lock.
        DeskCheck.MustHaveItsRows(place.Data);
        foreach (var unseen in DeskCheck.Look(place.Data, DeskCheck.Limit))
            output.Note($"{unseen} All of it: factcheck audit verify --data {place.Data}");
        await HoldAgainstLogAsync(place, cancellation);
        var storage = await ClaimAsync(place, account, cancellation);
        await using var tables = storage.OpenTables();
        var tokens = DataFolder.TokensOf(tables, SigningKey.ReadOrMake(place.Data));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
        {
            Timeout = AskingTakes,
        };
        DeskHost? desk = null;
        var options = OptionsOf(place, account, storage);
        options.Management = context => IsOperatorAsync(context, tokens, http, () => desk?.Address);
        return await RunAsync(
            FunctionHost.Create,
            options,
            output,
            log,
            host => use(desk = new(host, place, storage, tokens)),
            cancellation
        );
    }

    /// <summary>Starts a host, uses it, and stops it, however that ends.</summary>
    /// <exception cref="CommandException">It can't start, or can't go on; the message says why.</exception>
    public static async Task<int> RunAsync<T>(
        Creator<T> create,
        FunctionHostOptions options,
        Output output,
        HostLog log,
        Func<T, Task<int>> use,
        CancellationToken cancellation
    )
        where T : RunningHost
    {
        try
        {
            await using var host = create(options, log.AddTo, services => services.AddTelemetry());
            try
            {
                await Waiting.ForAsync(
                    host.StartAsync(cancellation),
                    output,
                    options.ExternalWorkerPort is null ? "Starting the worker…" : "Waiting for the worker…"
                );
                return await use(host);
            }
            finally
            {
                await host.StopAsync();
            }
        }
        catch (FunctionHostException cannot)
        {
            throw new CommandException(
                ExitCode.Failed,
                cannot.Message + (IsTaken(cannot) ? " A host may be running there already." : ""),
                cannot
            );
        }
    }

    // The app does so too, when it starts; here it is told without the detour.
    private static async Task<DeskStorage> ClaimAsync(Place place, string? account, CancellationToken cancellation)
    {
        try
        {
            var storage = new DeskStorage(place.Data, account, Environment.GetEnvironmentVariable("AZURE_CLIENT_ID"));
            await using var tables = storage.OpenTables();
            await storage.ClaimAsync(new(tables, TimeProvider.System), cancellation);
            return storage;
        }
        catch (FormatException none)
        {
            throw new CommandException(ExitCode.Usage, none.Message, none);
        }
        catch (InvalidOperationException elsewhere)
        {
            throw new CommandException(ExitCode.Failed, elsewhere.Message, elsewhere);
        }
    }

    // So does the app, which also adds to the log what a crash kept from it. Here before anything is brought up to date.
    private static async Task HoldAgainstLogAsync(Place place, CancellationToken cancellation)
    {
        var (audit, rows) = (DataFolder.AuditOf(place.Data), Path.Combine(place.Data, DeskCheck.Rows));
        if (audit.FindKey() is not { } key || !File.Exists(rows) || new FileInfo(rows).Length == 0)
            return; // nothing was sealed yet
        await using var tables = SqliteTables.OpenToRead(rows);
        var time = TimeProvider.System;
        await using var log = audit.OpenLog(key, time);
        var check = new AuditCheck(tables, new(key, log), time);
        audit.Refuse(await check.RunAsync(mend: false, cancellation));
    }

    private static FunctionHostOptions OptionsOf(Place place, string? account, DeskStorage storage)
    {
        var options = new FunctionHostOptions
        {
            AppDirectory = WorkerFolder.Path,
            DataDirectory = place.Data,
            Urls = place.Urls,
            BlobService = storage.Service,
        };
        options.AppSettings["FactCheck__Data"] = place.Data;
        if (account is { Length: > 0 })
            options.AppSettings[StorageVariable] = account;
        // Behind a proxy on this machine it is called by the desk's public name.
        if (Uri.TryCreate(Environment.GetEnvironmentVariable(PublicVariable), UriKind.Absolute, out var known))
            options.AllowedHosts.Add(known.Host);
        // Settings of the host win over the environment, which shall win over a default.
        if (Environment.GetEnvironmentVariable(Schedule) is null)
            options.AppSettings[Schedule] = "0 0 6 * * *";
        return options;
    }

    /// <summary>The desk's own tokens are looked up here, so that an operator gets in while the worker is down; whoever
    /// signs in otherwise is asked for at the app.</summary>
    private static async Task<bool> IsOperatorAsync(
        HttpContext context,
        Tokens tokens,
        HttpClient http,
        Func<Uri?> address
    )
    {
        if (!AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var given))
            return false;
        if (
            given is { Scheme: "Bearer", Parameter: { } token }
            && await tokens.FindPersonAsync(token, context.RequestAborted) is { } person
        )
            return person.Role == Role.Operator && person.MayCall(context.Request.Method);
        if (address() is not { } host)
            return false;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host, "api/me"))
        {
            Headers = { Authorization = given },
        };
        try
        {
            using var response = await http.SendAsync(request, context.RequestAborted);
            if (!response.IsSuccessStatusCode)
                return false;
            return new HostAnswer(await response.Content.ReadAsByteArrayAsync(context.RequestAborted), ETag: null)
                    .As<Me>()
                    .Role == Role.Operator;
        }
        catch (Exception silent)
            when (silent is HttpRequestException or TaskCanceledException
                && !context.RequestAborted.IsCancellationRequested
            )
        {
            return false; // nobody can say who calls
        }
    }

    private static bool IsTaken(Exception error) =>
        error is AddressInUseException || (error.InnerException is { } inner && IsTaken(inner));
}

internal static class WorkerFolder
{
    private const string Mark = "worker.config.json";

    /// <summary>The app's folder.</summary>
    /// <exception cref="CommandException">It is not there.</exception>
    public static string Path
    {
        get
        {
            var folder = System.IO.Path.Combine(AppContext.BaseDirectory, "worker");
            return File.Exists(System.IO.Path.Combine(folder, Mark))
                ? folder
                : throw new CommandException(
                    ExitCode.Failed,
                    $"The app is not beside this program: {System.IO.Path.Combine(folder, Mark)} is missing. "
                        + "Build or install it again: dotnet build src/FactCheck.Cli"
                );
        }
    }
}
