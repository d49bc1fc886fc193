using System.Text.Json;
using FactCheck.Functions;
using FactCheck.Functions.Reading;
using FactCheck.Storage.Local;
using Microsoft.Azure.Functions.Worker.Builder;

// Before anything of the app is loaded: a reader is started while somebody waits, and needs none of it.
return args is [Reader.Argument] ? await Reader.RunAsync() : await RunAsync(args);

// One app for every host; what differs between them is chosen here, by configuration.
static async Task<int> RunAsync(string[] args)
{
    IHost app;
    try
    {
        LocalFiles.KeepPrivate();
        app = Build(args);
        await app.Services.CheckAsync();
    }
    catch (Exception error)
        when (error
                is InvalidOperationException
                    or FormatException
                    or IOException
                    or InvalidDataException
                    or UnauthorizedAccessException
                    or JsonException
        )
    {
        // What whoever runs the desk can mend is told in a sentence, and the host repeats it.
        await Console.Error.WriteLineAsync($"The desk can't start: {error.Message}");
        return 1;
    }

    await app.RunAsync();
    return 0;
}

static IHost Build(string[] args)
{
    var builder = FunctionsApplication.CreateBuilder(args);

    // First, so that the middleware below runs inside it and has the HTTP request.
    builder.ConfigureFunctionsWebApplication();
    builder.AddFactCheck();
    return builder.Build();
}
