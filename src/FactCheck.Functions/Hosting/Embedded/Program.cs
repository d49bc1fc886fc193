using System.CommandLine;
using System.CommandLine.Parsing;
using FactCheck.Domain;
using FactCheck.Functions;
using Microsoft.AspNetCore.Connections;

var data = new Option<string>("--data") { Description = "The folder that holds everything: articles, tasks, decisions, what is published.", DefaultValueFactory = _ => "./.factcheck", Recursive = true };
data.Validators.Add(result =>
{
    if (File.Exists(result.GetValueOrDefault<string>())) result.AddError($"--data names a folder; '{result.GetValueOrDefault<string>()}' is a file.");
});
var urls = new Option<string>("--urls") { Description = "Where the host listens.", DefaultValueFactory = _ => "http://127.0.0.1:7071", Recursive = true };
var storage = new Option<string?>("--storage")
{
    Description = $"Azure Storage for articles, reports and evidence in place of folders: UseDevelopmentStorage=true (Azurite), or https://ACCOUNT.blob.core.windows.net as whoever is logged in. A connection string with a key belongs into the environment, as {DeskStorage.Setting.Replace(":", "__", StringComparison.Ordinal)}: other users of this machine can read a command line.",
    Recursive = true,
};
storage.Validators.Add(result =>
{
    if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string?>())) result.AddError("--storage is empty. Leave it out to keep everything in the data folder.");
});

var files = new Argument<FileInfo[]>("FILE") { Description = "Your own articles (.txt, .md, .html, .docx, .pdf, .srt, .vtt); the samples when none is given.", Arity = ArgumentArity.ZeroOrMore };
files.Validators.Add(MustBeFiles);
var approve = new Option<bool>("--approve") { Description = "Decide every task as demo reviewers, publish as a demo editor, print where the results are, and stop." };
var demo = new Command("demo", "Start the host on sample articles, show what it finds, and serve the review page until Ctrl-C.") { files, approve };
demo.SetAction((parse, cancellation) => Guarded(() => Demo.RunAsync(PlaceOf(parse), parse.GetValue(files) ?? [], parse.GetValue(approve), cancellation)));

var name = new Argument<string>("NAME") { Description = "Who signs in; stands on every decision." };
name.Validators.Add(result =>
{
    if (!Person.IsName(result.GetValueOrDefault<string>())) result.AddError($"NAME has {Person.NameRule}.");
});
var role = new Argument<string>("ROLE") { Description = "Submitter, Reviewer, Editor or Operator." };
role.Validators.Add(result =>
{
    if (RoleOf(result.GetValueOrDefault<string>()) is null) result.AddError("ROLE is Submitter, Reviewer, Editor or Operator.");
});
var signIn = new Command("sign-in", "Print a one-time sign-in link for a person. Works while the host runs and while it does not.") { name, role };
signIn.SetAction((parse, cancellation) => Guarded(() => SignInLink.PrintAsync(PlaceOf(parse), parse.GetValue(name)!, RoleOf(parse.GetValue(role))!.Value, cancellation)));

var root = new RootCommand("FactCheck on the embedded host: serves until Ctrl-C.") { data, urls, storage, demo, signIn };
root.SetAction((parse, cancellation) => Guarded(() => ServeAsync(PlaceOf(parse), cancellation)));
return await root.Parse(args).InvokeAsync();

static void MustBeFiles(ArgumentResult result)
{
    foreach (var path in result.Tokens.Select(token => token.Value))
    {
        if (Directory.Exists(path)) result.AddError($"'{path}' is a folder; name files.");
        else if (!File.Exists(path)) result.AddError($"There is no file '{path}'.");
    }
}

static Role? RoleOf(string? name) => name is null ? null : Roles.Highest([name]);

EmbeddedApp.Place PlaceOf(ParseResult parse)
{
    var addresses = parse.GetValue(urls)!;
    return Array.TrueForAll(addresses.Split(';'), a => a.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || a.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        ? new(Path.GetFullPath(parse.GetValue(data)!), addresses, parse.GetValue(storage))
        : throw new InvalidOperationException($"--urls takes http or https addresses, separated by ';', not '{addresses}'.");
}

static Task<int> ServeAsync(EmbeddedApp.Place place, CancellationToken cancellation) => EmbeddedApp.RunAsync(place, LogLevel.Information, async host =>
{
    Console.WriteLine($"FactCheck serves {place.Base} from {place.Data}. Articles go into {host.Services.GetRequiredService<DeskStorage>().PlaceOf("articles")}.");
    Console.WriteLine("For a sign-in link, in another terminal: the same command with 'sign-in NAME ROLE'. Ctrl-C stops.");
    await host.WaitForShutdownAsync(cancellation);
    return 0;
}, cancellation);

// What a person can mend is told in a sentence; anything else keeps its stack trace.
static async Task<int> Guarded(Func<Task<int>> run)
{
    try
    {
        return await run();
    }
    catch (Exception error) when (error is EmbeddedHostException or InvalidOperationException or ArgumentException or FormatException or IOException or UnauthorizedAccessException or HttpRequestException)
    {
        await Console.Error.WriteLineAsync($"factcheck: {error.Message}{(error.InnerException is AddressInUseException ? " A host may be running already; else --urls http://127.0.0.1:7072." : "")}");
        return 1;
    }
}
