using System.ComponentModel;

namespace FactCheck.Domain;

/// <summary>Whether evidence is a first-hand source.</summary>
public enum EvidenceKind
{
    Primary,
    Secondary,
}

/// <summary>Whether evidence may be shown outside the desk.</summary>
public enum EvidenceVisibility
{
    Public,
    Internal,
}

/// <summary>What evidence does to the statement.</summary>
public enum Stance
{
    Supports,
    Refutes,
    Context,
}

/// <summary>The archived copy of what an evidence link showed.</summary>
/// <param name="Sha256">Of the copy's text, lower-case hex: what later looks are compared with.</param>
/// <param name="Blob">Name in the container <c>evidence</c>.</param>
/// <param name="TakenAt">When it was fetched.</param>
public sealed record EvidenceSnapshot(string Sha256, string Blob, DateTimeOffset TakenAt);

/// <summary>Something that a verdict rests on: a public link, or what a person read or heard.</summary>
public sealed record Evidence
{
    /// <summary>Where it can be read; http or https.</summary>
    public Uri? Url { get; init; }

    /// <summary>What it is called.</summary>
    public string? Title { get; init; }

    /// <summary>Who published it.</summary>
    public string? Publisher { get; init; }

    /// <summary>When it was published.</summary>
    public DateOnly? Published { get; init; }

    /// <summary>When the reviewer read it.</summary>
    public DateOnly? Accessed { get; init; }

    /// <summary>The words that matter; required without a link.</summary>
    public string? Excerpt { get; init; }

    /// <summary>First-hand or not.</summary>
    public EvidenceKind Kind { get; init; } = EvidenceKind.Secondary;

    /// <summary>Internal evidence is never published.</summary>
    public EvidenceVisibility Visibility { get; init; } = EvidenceVisibility.Public;

    /// <summary>What it does to the statement.</summary>
    public Stance Stance { get; init; } = Stance.Context;

    /// <summary>The archived copy; null while none could be taken. Made by the host: ignored in requests.</summary>
    [ReadOnly(true)]
    public EvidenceSnapshot? Snapshot { get; init; }

    /// <summary>Why no copy could be taken; null when one was, or none was tried. Ignored in requests.</summary>
    [ReadOnly(true)]
    public string? SnapshotProblem { get; init; }
}

/// <summary>How a version of a verdict differs from the one before.</summary>
public enum VerdictChange
{
    First,
    Update,
    Clarification,
    Correction,
    Retraction,
}

/// <summary>What the evidence says of a statement. Versioned, never edited.</summary>
public sealed record Verdict
{
    /// <summary>1 for the first publication.</summary>
    public required int Version { get; init; }

    /// <summary>How it differs from the version before.</summary>
    public required VerdictChange Change { get; init; }

    /// <summary>Id of the rating (<see cref="RatingScale"/>).</summary>
    public required string Rating { get; init; }

    /// <summary>A correction names the rating it takes back.</summary>
    public string? PreviousRating { get; init; }

    /// <summary>Why the evidence leads to the rating.</summary>
    public string? Explanation { get; init; }

    /// <summary>What it rests on.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The task whose decision it is.</summary>
    public required string TaskId { get; init; }

    /// <summary>When it was published.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When it must be looked at again.</summary>
    public required DateTimeOffset ReviewBy { get; init; }
}
