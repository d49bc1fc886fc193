namespace FactCheck.Host.Durable.WorkItems;

/// <summary>An answer too large for one message, in ordered parts; one that comes twice counts once.</summary>
internal sealed class Parts
{
    /// <summary>The most that is gathered of one answer, in bytes.</summary>
    public const long Most = 64 * 1024 * 1024;

    private OrchestratorResponse? _gathered;
    private int _next;
    private long _bytes;

#pragma warning disable CS0612 // deprecated, and what workers send
    public static bool IsPart(OrchestratorResponse answer) => answer.IsPartial || answer.ChunkIndex is not null;

    /// <summary>Takes a part; the whole once the last is there.</summary>
    /// <exception cref="RefusedException">One before it is missing.</exception>
    /// <exception cref="EpisodeFailedException">Together they are too large.</exception>
    public OrchestratorResponse? Add(OrchestratorResponse part)
    {
        var index = part.ChunkIndex ?? _next;
        if (index < _next)
            return null;
        if (index > _next)
            throw new RefusedException(
                Refusal.NotNow,
                $"Part {index} of the answer came, and part {_next} is missing: answer again from part 0, or abandon the work item."
            );
        _next++;
        _bytes += part.CalculateSize();
        if (_bytes > Most)
        {
            throw new EpisodeFailedException(
                new TaskFailureDetails
                {
                    ErrorType = "AnswerTooLarge",
                    ErrorMessage =
                        $"One episode asked for more than {Most:N0} bytes of actions. Ask for less at once, or store what is "
                        + "large and pass its id.",
                    IsNonRetriable = true,
                }
            );
        }
        if (_gathered is null)
            _gathered = part;
        else
            _gathered.Actions.Add(part.Actions);
        return part.IsPartial ? null : _gathered;
    }
#pragma warning restore CS0612
}
