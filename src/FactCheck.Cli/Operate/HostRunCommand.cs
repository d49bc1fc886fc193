using System.CommandLine.Parsing;
using FactCheck.Host;
using FactCheck.Host.Hosting;
using FactCheck.Storage.Local;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary><c>host run</c>: the embedded host for any isolated Functions app, or plain Durable Task workers.</summary>
internal static class HostRunCommand
{
    private const string DefaultData = "./.functions";

    private static readonly Argument<string?> App = new Argument<string?>("APPFOLDER")
    {
        Description = "The app's output folder: host.json, worker.config.json, the worker's dll.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> DurableOnly = Options.Flag(
        "--durable-only",
        "Start no app: be the durable backend of the Durable Task workers that connect to --urls by gRPC."
    );

    private static readonly Option<string> Data = new Option<string>("--data")
    {
        Description = "Holds the host's state, and a folder for each blob container.",
        DefaultValueFactory = _ => DefaultData,
        HelpName = "FOLDER",
    };

    private static readonly Option<bool> WaitForDebugger = Options.Flag(
        "--wait-for-debugger",
        "Start the worker suspended until a debugger is attached; the log names its process."
    );

    private static readonly Option<int?> WorkerPort = new Option<int?>("--worker-port")
    {
        Description =
            "Start no worker: wait at this loopback port for one that is started by hand, with the arguments "
            + "that the log names.",
        HelpName = "PORT",
    }.Refusing(given => given is < 1 or > ushort.MaxValue ? $"--worker-port is 1 to {ushort.MaxValue}." : null);

    public static Command Create() =>
        new(
            "host",
            "Run any Azure Functions app (.NET isolated worker), or plain Durable Task workers, on the embedded host."
        )
        {
            Run(),
        };

    private static Verb Run()
    {
        var verb = new Verb(
            "run",
            "Run an app, or a backend for Durable Task workers, until Ctrl-C. The management routes below "
                + "/runtime/webhooks take the key that is made in the data folder: as header x-functions-key, as "
                + "query 'code', or as the --token of 'factcheck runtime'.",
            "factcheck host run bin/Debug/net10.0",
            "factcheck host run out/app --data /srv/app --urls http://127.0.0.1:8080",
            "factcheck host run bin/Debug/net10.0 --wait-for-debugger",
            "factcheck host run --durable-only --urls http://127.0.0.1:4001"
        ).With(App, DurableOnly, Data, PlaceOptions.Urls, WaitForDebugger, WorkerPort, PlaceOptions.Verbose);
        verb.Validators.Add(Check);
        return verb.RunsUntilStopped().Does(RunAsync);
    }

    private static void Check(CommandResult result)
    {
        if (result.GetValue(DurableOnly) == result.GetValue(App) is not null)
            result.AddError(
                "Give either the folder of an app, or --durable-only for workers that connect by themselves."
            );
        if (
            result.GetValue(DurableOnly)
            && (result.GetValue(WaitForDebugger) || result.GetValue(WorkerPort) is not null)
        )
            result.AddError(
                "--durable-only starts no worker: --wait-for-debugger and --worker-port are for those of an app."
            );
        if (result.GetValue(WaitForDebugger) && result.GetValue(WorkerPort) is not null)
            result.AddError(
                "--wait-for-debugger is for the worker that the host starts, --worker-port for one that it "
                    + "does not start: give one of them."
            );
    }

    private static Task<int> RunAsync(ParseResult parse, Output output, CancellationToken cancellation)
    {
        var options = new FunctionHostOptions
        {
            AppDirectory = parse.GetValue(App) is { } folder ? AppFolder(folder) : string.Empty,
            DataDirectory = Path.GetFullPath(parse.GetRequiredValue(Data)),
            Urls = parse.GetValue(PlaceOptions.Urls) ?? PlaceOptions.DefaultUrls,
            WaitForDebugger = parse.GetValue(WaitForDebugger),
            ExternalWorkerPort = parse.GetValue(WorkerPort),
        };
        LocalFiles.CreateFolder(options.DataDirectory);
        var key = HostKey.ReadOrMake(options.DataDirectory);
        options.Management = context => Task.FromResult(key.Opens(context.Request));
        var log = new HostLog(output, LogLevel.Information, parse.GetValue(PlaceOptions.Verbose));
        return parse.GetValue(DurableOnly)
            ? DeskHost.RunAsync(DurableHost.Create, options, output, log, ServeDurableAsync, cancellation)
            : DeskHost.RunAsync(FunctionHost.Create, options, output, log, ServeAppAsync, cancellation);

        Task<int> ServeDurableAsync(DurableHost host) => ServeAsync(host, options, key, output, cancellation);

        Task<int> ServeAppAsync(FunctionHost host) => ServeAsync(host, options, key, output, cancellation);
    }

    private static string AppFolder(string folder)
    {
        var path = Path.GetFullPath(folder);
        return Directory.Exists(path)
            ? path
            : throw new CommandException(ExitCode.NotFound, $"There is no folder '{path}'.");
    }

    private static async Task<int> ServeAsync(
        DurableHost host,
        FunctionHostOptions options,
        HostKey key,
        Output output,
        CancellationToken cancellation
    )
    {
        if (output.IsJson)
        {
            output.JsonLine(
                new JsonObject { ["address"] = host.Addresses[0].ToString(), ["data"] = options.DataDirectory }
            );
        }
        else
        {
            output.Line(
                $"Durable Task workers and clients connect to {string.Join(", ", host.Addresses)} by gRPC, without TLS."
            );
            TellPlace(options, key, output);
        }

        await DeskHost.UntilStoppedAsync(host, cancellation);
        return ExitCode.Done;
    }

    private static async Task<int> ServeAsync(
        FunctionHost host,
        FunctionHostOptions options,
        HostKey key,
        Output output,
        CancellationToken cancellation
    )
    {
        if (output.IsJson)
        {
            output.JsonLine(
                new JsonObject
                {
                    ["address"] = host.Addresses[0].ToString(),
                    ["data"] = options.DataDirectory,
                    ["functions"] = new JsonArray([.. host.FunctionNames.Select(name => (JsonNode)name)]),
                    ["worker"] = host.WorkerProcessId,
                }
            );
        }
        else
        {
            output.Line(
                $"{options.AppDirectory} answers at {string.Join(", ", host.Addresses)} "
                    + $"({host.FunctionNames.Count} functions{(host.WorkerProcessId is { } id ? $", worker process {id}" : "")})."
            );
            TellPlace(options, key, output);
        }

        await DeskHost.UntilStoppedAsync(host, cancellation);
        return ExitCode.Done;
    }

    private static void TellPlace(FunctionHostOptions options, HostKey key, Output output) =>
        output.Line(
            $"Its state is in {options.DataDirectory}; the key to the management routes is in {key.File}. Ctrl-C stops."
        );
}
