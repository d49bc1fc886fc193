using FactCheck.Host.Storage;

namespace FactCheck.Host.Durable;

/// <summary>Purges ended instances once they are old enough, some at a time.</summary>
internal sealed class Retention : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly Writer _writer;
    private readonly Requests _requests;
    private readonly Batch _batch;
    private readonly TimeSpan _age;
    private readonly ITimer _timer;

    public Retention(Writer writer, Requests requests, Batch batch, TimeSpan age, TimeProvider time)
    {
        (_writer, _requests, _batch, _age) = (writer, requests, batch, age);
        _timer = time.CreateTimer(_ => Post(), null, TimeSpan.Zero, Period);
    }

    public void Dispose() => _timer.Dispose();

    private void Post() => _writer.Post(new HostCommand("retention", Purge));

    private void Purge()
    {
        var old = new InstanceFilter { CompletedTo = _batch.Now - _age };
        var (_, complete, _) = _requests.PurgeSome(old, recursive: false);
        if (!complete)
            _batch.AfterCommit(Post); // the rest after whatever else has come in
    }
}
