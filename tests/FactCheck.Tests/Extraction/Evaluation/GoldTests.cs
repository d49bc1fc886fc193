using System.Text.Json;
using FactCheck.Extraction.Evaluation;

namespace FactCheck.Tests.Extraction.Evaluation;

/// <summary>The annotations of <c>seeds/gold</c> say what they mean.</summary>
public class GoldTests
{
    [Fact]
    public void Both_files_hold_the_same_thirty_articles_or_more()
    {
        var claims = Objects("gold/claims.jsonl").Select(a => a.GetProperty("id").GetString()!).ToList();
        Assert.Equal(claims, QuoteLines.Read(SeedData.Lines("gold/quotes.jsonl")).Select(d => d.Id));
        Assert.True(claims.Distinct(StringComparer.Ordinal).Count() >= 30);
    }

    [Fact]
    public void Every_sentence_stands_in_its_article_in_order()
    {
        var texts = QuoteLines
            .Read(SeedData.Lines("gold/quotes.jsonl"))
            .ToDictionary(d => d.Id, d => d.Text, StringComparer.Ordinal);
        foreach (var article in Objects("gold/claims.jsonl"))
        {
            var (id, from) = (article.GetProperty("id").GetString()!, 0);
            foreach (
                var sentence in article
                    .GetProperty("sentences")
                    .EnumerateArray()
                    .Select(s => s.GetProperty("text").GetString()!)
            )
            {
                var at = texts[id].IndexOf(sentence, from, StringComparison.Ordinal);
                Assert.True(at >= 0, $"{id}: {sentence}");
                from = at + sentence.Length;
            }
        }
    }

    [Fact]
    public void Every_article_has_something_to_check_and_something_to_leave() =>
        Assert.All(
            Objects("gold/claims.jsonl"),
            a =>
                Assert.Equal(
                    2,
                    a.GetProperty("sentences")
                        .EnumerateArray()
                        .Select(s => s.GetProperty("label").GetInt32())
                        .Distinct()
                        .Count()
                )
        );

    [Fact]
    public void Spans_of_quotes_are_whole_words()
    {
        foreach (var document in QuoteLines.Read(SeedData.Lines("gold/quotes.jsonl")))
        foreach (var span in document.Quotes.SelectMany(q => q.Content.Concat(q.Speakers).Concat(q.Cues)))
        {
            Assert.True(span.FitsIn(document.Text.Length) && span.Length > 0, document.Id);
            Assert.False(
                span.Start > 0
                    && char.IsLetter(document.Text[span.Start - 1])
                    && char.IsLetter(document.Text[span.Start]),
                $"{document.Id}: {span.In(document.Text)}"
            );
            Assert.False(
                span.End < document.Text.Length
                    && char.IsLetter(document.Text[span.End - 1])
                    && char.IsLetter(document.Text[span.End]),
                $"{document.Id}: {span.In(document.Text)}"
            );
        }
    }

    private static IEnumerable<JsonElement> Objects(string file) =>
        SeedData.Lines(file).Select(l => JsonDocument.Parse(l).RootElement.Clone());
}
