using System.CommandLine;
using System.Text.Json.Nodes;
using FactCheck.Cli.Terminal;
using FactCheck.Host;
using FactCheck.Storage;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary>
/// <c>host run</c>: the embedded host for any .NET isolated Functions app, or for plain Durable Task workers.
/// </summary>
internal static class HostRunCommand
{
    private const string DefaultData = "./.functions";

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
        var app = new Argument<string?>("APPFOLDER")
        {
            Description = "The app's output folder: host.json, worker.config.json, the worker's dll.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var durable = new Option<bool>("--durable-only")
        {
            Description =
                "Start no app: be the durable backend of the Durable Task workers that connect to --urls by gRPC.",
        };
        var data = new Option<string>("--data")
        {
            Description = "Holds the host's state, and a folder for each blob container.",
            DefaultValueFactory = _ => DefaultData,
            HelpName = "FOLDER",
        };
        var debugger = new Option<bool>("--wait-for-debugger")
        {
            Description = "Start the worker suspended until a debugger is attached; the log names its process.",
        };
        var port = new Option<int?>("--worker-port")
        {
            Description =
                "Start no worker: wait at this loopback port for one that is started by hand, with the arguments that the log names.",
            HelpName = "PORT",
        };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > ushort.MaxValue)
                result.AddError($"--worker-port is 1 to {ushort.MaxValue}.");
        });
        var verb = new Verb(
            "run",
            "Run an app, or a backend for Durable Task workers, until Ctrl-C. The management routes below /runtime/webhooks take the key that is made in the data folder: as header x-functions-key, as query 'code', or as the --token of 'factcheck runtime'.",
            "factcheck host run bin/Debug/net10.0",
            "factcheck host run out/app --data /srv/app --urls http://127.0.0.1:8080",
            "factcheck host run bin/Debug/net10.0 --wait-for-debugger",
            "factcheck host run --durable-only --urls http://127.0.0.1:4001"
        )
        {
            app,
            durable,
            data,
            PlaceOptions.Urls,
            debugger,
            port,
            PlaceOptions.Verbose,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(durable) == result.GetValue(app) is not null)
                result.AddError(
                    "Give either the folder of an app, or --durable-only for workers that connect by themselves."
                );
            if (result.GetValue(durable) && (result.GetValue(debugger) || result.GetValue(port) is not null))
                result.AddError(
                    "--durable-only starts no worker: --wait-for-debugger and --worker-port are for those of an app."
                );
            if (result.GetValue(debugger) && result.GetValue(port) is not null)
                result.AddError(
                    "--wait-for-debugger is for the worker that the host starts, --worker-port for one that it does not start: give one of them."
                );
        });
        return verb.RunsUntilStopped()
            .Does(
                (parse, output, cancellation) =>
                {
                    var options = new FunctionHostOptions
                    {
                        AppDirectory = parse.GetValue(app) is { } folder ? AppFolder(folder) : string.Empty,
                        DataDirectory = Path.GetFullPath(parse.GetRequiredValue(data)),
                        Urls = parse.GetValue(PlaceOptions.Urls) ?? PlaceOptions.DefaultUrls,
                        WaitForDebugger = parse.GetValue(debugger),
                        ExternalWorkerPort = parse.GetValue(port),
                    };
                    LocalFiles.CreateFolder(options.DataDirectory);
                    var key = HostKey.ReadOrMake(options.DataDirectory);
                    options.Management = context => Task.FromResult(key.Opens(context.Request));
                    var log = new HostLog(output, LogLevel.Information, parse.GetValue(PlaceOptions.Verbose));
                    return parse.GetValue(durable)
                        ? DeskHost.RunAsync(
                            DurableHost.Create,
                            options,
                            output,
                            log,
                            host => ServeAsync(host, options, key, output, cancellation),
                            cancellation
                        )
                        : DeskHost.RunAsync(
                            FunctionHost.Create,
                            options,
                            output,
                            log,
                            host => ServeAsync(host, options, key, output, cancellation),
                            cancellation
                        );
                }
            );
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
                $"{options.AppDirectory} answers at {string.Join(", ", host.Addresses)} ({host.FunctionNames.Count} functions{(host.WorkerProcessId is { } id ? $", worker process {id}" : "")})."
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
