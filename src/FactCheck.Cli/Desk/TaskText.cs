namespace FactCheck.Cli.Desk;

internal static class TaskText
{
    private const string Indent = "  ";

    public static string[] Row(TaskSummary task) =>
        [
            $"{task.Priority}{(task.Escalated ? "!" : "")}",
            TextTable.Time(task.Deadline)[..10],
            task.State.ToString(),
            task.Lease?.Holder.Name ?? task.Assignee ?? "–",
            task.Id,
            $"{task.Kind.ToString().ToLowerInvariant()}{(task.Speaker is { } who ? $", {who}" : "")}: {task.Text}",
        ];

    public static void Write(Output output, TaskDetail detail)
    {
        WriteTask(output, detail.Task);
        WriteStatement(output, detail);
        Section(output, $"Why it was chosen: {string.Join("; ", detail.Why)}");
        foreach (var reason in detail.Statement.Reasons)
            output.Line($"{Indent}{TextTable.Explained(reason)}");
        WriteKnown(output, detail.Statement);
        WriteDrift(output, detail.Drift);
        WriteHistory(output, detail);
        Section(output, "Ratings");
        foreach (var rating in detail.Ratings)
            output.Line(
                $"{Indent}{rating.Id, -16} {rating.Definition}{(rating.NeedsEvidence ? " (needs evidence)" : "")}"
            );
        output.Line();
        output.Line($"ETag {detail.Task.ETag}");
    }

    private static void WriteTask(Output output, TaskSummary task)
    {
        var (escalated, due) = (task.Escalated ? " · escalated" : "", TextTable.Time(task.Deadline));
        output.Heading($"{task.Kind} · {task.State} · priority {task.Priority}{escalated} · due {due} UTC");
        output.Line(task.Id);
        if (task.Assignee is { } assignee)
            output.Line($"assigned to {assignee}");
        if (task.Lease is { } lease)
            output.Line($"{lease.Holder} works on it until {TextTable.Time(lease.Until)} UTC");
    }

    private static void WriteStatement(Output output, TaskDetail detail)
    {
        var (statement, meta) = (detail.Statement, detail.Meta);
        Section(
            output,
            Join(
                " · ",
                detail.Task.ArticleTitle,
                meta.Outlet,
                meta.Byline,
                meta.Published?.ToString("yyyy-MM-dd"),
                meta.SourceUrl?.ToString()
            )
        );
        Text(
            output,
            statement.Span is { } span
                ? InContext(detail.Text, span)
                : "(The statement is gone from the article's newest text.)"
        );
        var isClaim = statement.Kind == StatementKind.Claim;
        if (isClaim)
            Field(output, "Claim", statement.Text);
        Field(
            output,
            isClaim ? "Claimant" : "Speaker",
            statement.Speaker is { } who
                    ? $"{who} ({statement.SpeakerReason}, confidence {statement.SpeakerConfidence:0.00})"
                : isClaim ? "the article"
                : "nobody named"
        );
        Field(output, "Kind", statement.ClaimKind?.ToString() ?? statement.QuoteKind?.ToString());
        Field(output, "Found by", statement.FoundBy);
        Field(output, "Replaces", statement.Replaces);
        Field(output, "Added by", statement.AddedBy);
    }

    /// <summary>The paragraphs round a statement, which stands between &gt;&gt; and &lt;&lt;.</summary>
    public static string InContext(string text, TextSpan span)
    {
        const string Break = "\n\n";
        var start = span.Start == 0 ? -1 : text.LastIndexOf(Break, span.Start - 1, StringComparison.Ordinal);
        var end = text.IndexOf(Break, Math.Min(span.End, text.Length), StringComparison.Ordinal);
        var (from, to) = (start < 0 ? 0 : start + Break.Length, end < 0 ? text.Length : end);
        return $"{text[from..span.Start]}>>{span.In(text)}<<{text[span.End..to]}";
    }

    private static void WriteKnown(Output output, StatementView statement)
    {
        if (statement.Insights is { } insights)
        {
            Section(output, "What text analytics says");
            Field(output, "Names", string.Join(", ", insights.Entities.Select(e => $"{e.Text} ({e.Kind})")));
            Field(output, "Key phrases", string.Join(", ", insights.KeyPhrases));
            Field(output, "Mood", insights.Sentiment is { } mood ? $"{mood:+0.00;-0.00;0.00} of -1 to 1" : null);
        }

        if (statement.Matches.Count > 0)
            Section(output, "Earlier verdicts");
        foreach (var match in statement.Matches)
        {
            var how = match.Same ? "the same words" : $"similarity {match.Similarity:0.00}";
            Text(output, $"{match.Rating} · {how} · {match.Text} ({match.StatementId})");
        }

        if (statement.Verdict is { } verdict)
            Section(output, $"Published: {verdict.Rating}, version {verdict.Version}. {verdict.Explanation}");
    }

    private static void WriteDrift(Output output, IReadOnlyList<Drift> drifts)
    {
        if (drifts.Count > 0)
            Section(output, "What a later look found");
        foreach (var drift in drifts)
        {
            Text(output, $"{drift.What} {drift.Url}: {drift.Message}");
            foreach (var sentence in drift.Removed)
                Text(output, $"- {sentence}");
            foreach (var sentence in drift.Added)
                Text(output, $"+ {sentence}");
        }
    }

    private static void WriteHistory(Output output, TaskDetail detail)
    {
        if (detail.History.Count > 0)
            Section(output, "History");
        foreach (var decision in detail.History)
        {
            Text(
                output,
                Join(
                    " · ",
                    TextTable.Time(decision.At),
                    decision.By.Name,
                    decision.Action.ToString(),
                    decision.Rating,
                    decision.Reason?.ToString(),
                    decision.Explanation,
                    decision.Note
                )
            );
            foreach (var evidence in decision.Evidence)
                Text(
                    output,
                    Join(
                        " · ",
                        "evidence",
                        evidence.Url?.ToString(),
                        evidence.Title,
                        evidence.Stance.ToString(),
                        evidence.Excerpt
                    )
                );
        }

        if (detail.Proposal is { } proposal && detail.Task.State == TaskState.InReview)
            Text(
                output,
                $"{proposal.By} proposes {Join(" · ", proposal.Action.ToString(), proposal.Rating)}: confirm or return it."
            );
    }

    private static void Section(Output output, string title)
    {
        output.Line();
        var lines = TextTable.Wrap(title, output.Width).ToList();
        output.Heading(lines[0]);
        foreach (var line in lines.Skip(1))
            output.Line($"{Indent}{line}");
    }

    private static void Text(Output output, string text)
    {
        foreach (var line in TextTable.Wrap(text, output.Width, Indent))
            output.Line(line);
    }

    private static void Field(Output output, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
            Text(output, $"{name}: {value}");
    }

    private static string Join(string between, params string?[] parts) =>
        string.Join(between, parts.Where(p => !string.IsNullOrWhiteSpace(p)));
}
