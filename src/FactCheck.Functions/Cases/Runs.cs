namespace FactCheck.Functions.Cases;

/// <summary>One version of an article.</summary>
public sealed record ArticleRun(string ArticleKey, int Seq);

/// <summary>A publication that an editor, or the desk's policy, asked for.</summary>
public sealed record PublicationRun(string ArticleKey, int Version);

/// <summary>The clock of a task.</summary>
/// <param name="WaitsAgain">False when it is started: the attempt that the row names is then its first.</param>
public sealed record ReviewClock(string TaskId, bool WaitsAgain = false);
