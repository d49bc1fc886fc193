using FactCheck.Functions.Http;

namespace FactCheck.Functions.Access;

/// <summary>What goes on the access log: sign-ins, refusals, uploads.</summary>
public sealed class AccessNotes(AccessLog log, Settings settings)
{
    /// <summary>A code was traded.</summary>
    public Task SignedInAsync(HttpRequest request, string call, TokenRecord record, CancellationToken cancellation) =>
        log.NoteAsync(
            new(AccessKind.SignedIn, call, 200, AddressOf(request), record.Name, record.PersonId),
            cancellation
        );

    /// <summary>A file was handed in.</summary>
    public Task UploadedAsync(HttpRequest request, string call, string name, CancellationToken cancellation) =>
        log.NoteAsync(EntryOf(request, AccessKind.Uploaded, call, 202) with { Subject = name }, cancellation);

    /// <summary>An answer; only those are noted that let nobody in.</summary>
    public Task AnsweredAsync(HttpRequest request, string call, object? answer, CancellationToken cancellation)
    {
        while (answer is INestedHttpResult nested)
            answer = nested.Result;
        return answer switch
        {
            // The page asks who is there before anybody is.
            NotSignedIn { IsOfStranger: true } when call == nameof(Sessions.GetMe) => Task.CompletedTask,
            NotSignedIn => RefusedAsync(StatusCodes.Status401Unauthorized),
            NotAllowed => RefusedAsync(StatusCodes.Status403Forbidden),
            TooMany => RefusedAsync(StatusCodes.Status429TooManyRequests),
            _ => Task.CompletedTask,
        };

        Task RefusedAsync(int status) =>
            log.NoteAsync(EntryOf(request, AccessKind.Refused, call, status), cancellation);
    }

    private AccessEntry EntryOf(HttpRequest request, AccessKind what, string call, int status)
    {
        var who = request.FindCaller()?.Who;
        return new(what, call, status, AddressOf(request), who?.Name, who?.Id);
    }

    private string AddressOf(HttpRequest request) => CallerAddress.NetworkOf(request, settings.Public.Proxies);
}
