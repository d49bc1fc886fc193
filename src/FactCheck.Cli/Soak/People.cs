using System.Collections.Concurrent;
using System.Diagnostics;
using FactCheck.Cli.Client;
using FactCheck.Cli.Operate;
using FactCheck.Storage;
using FactCheck.Storage.Local;

namespace FactCheck.Cli.Soak;

internal enum Post
{
    Submitter,
    Reviewer,
    OtherReviewer,
    Editor,
    Operator,
}

/// <summary>The people at the desk. Who gets no answer, or 502 or 503, asks again, for minutes.</summary>
internal sealed class People(SoakHost host, SqliteTables tables, Ledger ledger) : IDisposable
{
    /// <summary>No answer for longer is wrong: a sweep, which wakes the lost, comes within two minutes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Tokens _tokens = new(tables, TimeProvider.System, SigningKey.ReadOrMake(host.Data));
    private readonly ConcurrentDictionary<Post, DeskClient> _signedIn = new();
    private readonly ConcurrentBag<DeskClient> _clients = [];

    /// <summary>Signs in with a one-time code; with another when nobody knows whether it was taken.</summary>
    public async Task SignInAsync(Post post, CancellationToken cancellation)
    {
        var role = post == Post.OtherReviewer ? Role.Reviewer : Enum.Parse<Role>(post.ToString());
        using var anybody = Connect(token: null);
        var token = await PatientlyAsync(
            async () =>
            {
                var code = await _tokens.CreateCodeAsync(
                    $"soak-{post}",
                    role,
                    SignInLink.Length,
                    cancellation: cancellation
                );
                var issued = await anybody.PostAsync(
                    "api/token",
                    () => DeskClient.Json(new SignIn(code), HttpJson.Default.SignIn),
                    canRepeat: false,
                    cancellation
                );
                return issued.As<IssuedToken>().Token;
            },
            cancellation
        );
        var client = Connect(token);
        _clients.Add(client);
        _signedIn[post] = client;
    }

    /// <summary>Asks until there is an answer.</summary>
    /// <exception cref="HostException">The host refused, or gave none for minutes.</exception>
    public Task<T> AskAsync<T>(Post post, Func<DeskClient, Task<T>> ask, CancellationToken cancellation) =>
        PatientlyAsync(() => ask(_signedIn[post]), cancellation);

    /// <summary>Looks at an article until it is as it should be.</summary>
    /// <exception cref="HostException">It was not, for minutes.</exception>
    public async Task<ArticleDetail> UntilAsync(
        string id,
        Func<ArticleDetail, bool> isSo,
        CancellationToken cancellation
    )
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var found = (
                await AskAsync(
                    Post.Editor,
                    editor => editor.FindAsync($"api/articles/{id}", cancellation),
                    cancellation
                )
            )?.As<ArticleDetail>();
            if (found is not null && isSo(found))
                return found;
            if (Stopwatch.GetElapsedTime(start) > Patience)
                throw new HostException(
                    ExitCode.EndedBadly,
                    found is null
                        ? $"It did not arrive within {Patience.TotalMinutes:0} minutes."
                        : $"Nothing moved for {Patience.TotalMinutes:0} minutes; it is {found.Article.Stage}, "
                            + $"version {found.Article.PublishedVersion}."
                );
            await Task.Delay(Pause, cancellation);
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }

    private DeskClient Connect(string? token) =>
        new(host.Address, token, new Counting(ledger.Refusals), (_, cancellation) => Task.Delay(Pause, cancellation));

    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (HostException away)
                when (away.Status is 0 or 429 or 502 or 503 && Stopwatch.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private sealed class Counting : DelegatingHandler
    {
        private readonly Refusals _refusals;

        public Counting(Refusals refusals)
            : base(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    UseProxy = false,
                }
            ) => _refusals = refusals;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                _refusals.Count((int)answer.StatusCode);
                return answer;
            }
            catch (HttpRequestException)
            {
                _refusals.CountCut();
                throw;
            }
        }
    }
}
