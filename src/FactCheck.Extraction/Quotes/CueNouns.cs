namespace FactCheck.Extraction.Quotes;

[Flags]
internal enum NounUse
{
    /// <summary>What was thought.</summary>
    Belief = 1,

    /// <summary>What was said or written.</summary>
    Speech = 1 << 1,

    /// <summary>What somebody means to do.</summary>
    Aim = 1 << 2,

    /// <summary>Takes what it is about after a preposition.</summary>
    Topic = 1 << 3,
}

internal sealed record CueNoun(NounUse Use, string[] Topics);

/// <summary>What an adjective of belief takes.</summary>
[Flags]
internal enum AdjectiveUse
{
    /// <summary>A clause.</summary>
    That = 1,

    /// <summary>An infinitive.</summary>
    To = 1 << 1,

    /// <summary>What it is about, after a preposition.</summary>
    Topic = 1 << 2,

    /// <summary>A clause, with "it" as its subject.</summary>
    Fact = 1 << 3,
}

/// <summary>An adjective of belief or will.</summary>
internal sealed record CueAdjective(AdjectiveUse Use, string[] Topics);
