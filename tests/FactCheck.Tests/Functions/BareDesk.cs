using System.Text.Json;
using FactCheck.Storage;
using FactCheck.Storage.Local;
using FactCheck.Tests.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FactCheck.Tests.Functions;

/// <summary>A desk's stores without a host, for functions that a test calls itself.</summary>
internal sealed class BareDesk : IDisposable
{
    private readonly TempFolder _folder = new();

    public BareDesk()
    {
        Tables = new(_folder["desk.db"]);
        Blobs = new(_folder.Path);
        (Cases, Index) = (new(Tables, Time), new(Tables, Time));
        Queue = new(Tables, Cases);
    }

    public FakeTimeProvider Time { get; } = new(Some.Now);

    public SqliteTables Tables { get; }

    public FolderBlobs Blobs { get; }

    public CaseStore Cases { get; }

    public DeskIndex Index { get; }

    public TaskQueue Queue { get; }

    public void Dispose()
    {
        Tables.Dispose();
        _folder.Dispose();
    }

    /// <summary>A case as it is now, of which nobody hears.</summary>
    public Task MakeAsync(CaseHead head, Func<CaseChange, CaseChange>? with = null) =>
        Cases.CreateAsync((with ?? (change => change))(new(head)), new DeafOrchestrations());

    /// <summary>A request of somebody whom the desk has let in.</summary>
    public static HttpRequest Request(string query = "", string who = "ana", Role role = Role.Editor)
    {
        var context = new DefaultHttpContext();
        context.Items[typeof(Person)] = new Person(who, role, Some.Now.AddHours(1)) { IsParted = false };
        context.Request.QueryString = new(query);
        return context.Request;
    }

    /// <summary>What an answer sends.</summary>
    public static async Task<T> ReadAsync<T>(IResult answer)
    {
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
            Response = { Body = new MemoryStream() },
        };
        await answer.ExecuteAsync(context);
        context.Response.Body.Position = 0;
        return (T)
            (await JsonSerializer.DeserializeAsync(context.Response.Body, HttpJson.Default.GetTypeInfo(typeof(T))!))!;
    }
}
