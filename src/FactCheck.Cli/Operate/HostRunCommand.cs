using System.CommandLine;
using System.Text.Json.Nodes;
using FactCheck.Host;
using FactCheck.Storage;
using Microsoft.Extensions.Logging;

namespace FactCheck.Cli.Operate;

/// <summary><c>host run</c>: the embedded host for any .NET isolated Functions app.</summary>
internal static class HostRunCommand
{
    private const string DefaultData = "./.functions";

    public static Command Create() => new("host", "Run any Azure Functions app (.NET isolated worker) on the embedded host.") { Run() };

    private static Verb Run()
    {
        var app = new Argument<string>("APPFOLDER") { Description = "The app's output folder: host.json, worker.config.json, the worker's dll." };
        var data = new Option<string>("--data") { Description = "Holds the host's state, and a folder for each blob container.", DefaultValueFactory = _ => DefaultData, HelpName = "FOLDER" };
        var debugger = new Option<bool>("--wait-for-debugger") { Description = "Start the worker suspended until a debugger is attached; the log names its process." };
        var port = new Option<int?>("--worker-port") { Description = "Start no worker: wait at this loopback port for one that is started by hand, with the arguments that the log names.", HelpName = "PORT" };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > ushort.MaxValue) result.AddError($"--worker-port is 1 to {ushort.MaxValue}.");
        });
        var verb = new Verb(
            "run",
            "Run an app until Ctrl-C. The management routes below /runtime/webhooks take the key that is made in the data folder: as header x-functions-key, as query 'code', or as the --token of 'factcheck runtime'.",
            "factcheck host run bin/Debug/net10.0",
            "factcheck host run out/app --data /srv/app --urls http://127.0.0.1:8080",
            "factcheck host run bin/Debug/net10.0 --wait-for-debugger")
        {
            app, data, PlaceOptions.Urls, debugger, port, PlaceOptions.Verbose,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(debugger) && result.GetValue(port) is not null) result.AddError("--wait-for-debugger is for the worker that the host starts, --worker-port for one that it does not start: give one of them.");
        });
        return verb.RunsUntilStopped().Does((parse, output, cancellation) =>
        {
            var folder = Path.GetFullPath(parse.GetRequiredValue(app));
            if (!Directory.Exists(folder)) throw new CommandException(ExitCode.NotFound, $"There is no folder '{folder}'.");
            var options = new FunctionHostOptions
            {
                AppDirectory = folder,
                DataDirectory = Path.GetFullPath(parse.GetRequiredValue(data)),
                Urls = parse.GetValue(PlaceOptions.Urls) ?? PlaceOptions.DefaultUrls,
                WaitForDebugger = parse.GetValue(debugger),
                ExternalWorkerPort = parse.GetValue(port),
            };
            LocalFiles.CreateFolder(options.DataDirectory);
            var key = HostKey.ReadOrMake(options.DataDirectory);
            options.Management = context => Task.FromResult(key.Opens(context.Request));
            var log = new HostLog(output, LogLevel.Information, parse.GetValue(PlaceOptions.Verbose));
            return DeskHost.RunAsync(options, output, log, host => ServeAsync(host, options, key, output, cancellation), cancellation);
        });
    }

    private static async Task<int> ServeAsync(FunctionHost host, FunctionHostOptions options, HostKey key, Output output, CancellationToken cancellation)
    {
        if (output.IsJson)
        {
            output.JsonLine(new JsonObject { ["address"] = host.Addresses[0].ToString(), ["data"] = options.DataDirectory, ["functions"] = new JsonArray([.. host.FunctionNames.Select(name => (JsonNode)name)]), ["worker"] = host.WorkerProcessId });
        }
        else
        {
            output.Line($"{options.AppDirectory} answers at {string.Join(", ", host.Addresses)} ({host.FunctionNames.Count} functions{(host.WorkerProcessId is { } id ? $", worker process {id}" : "")}).");
            output.Line($"Its state is in {options.DataDirectory}; the key to the management routes is in {key.File}. Ctrl-C stops.");
        }

        await DeskHost.UntilStoppedAsync(host, cancellation);
        return ExitCode.Done;
    }
}
