using System.Collections.Frozen;

namespace FactCheck.Domain;

/// <summary>What people read for the features of a score. The names stay in the weights file and the API.</summary>
public static class FeatureLabels
{
    /// <summary>Every label by the name of its feature.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["accusation"] = "Accuses somebody",
            ["acronym"] = "Names a body by its initials",
            ["all"] = "Says all, none or never",
            ["best claim in the quote"] = "Strongest claim in the quote",
            ["causal"] = "Names a cause",
            ["comparison"] = "Compares",
            ["currency"] = "A sum of money",
            ["date"] = "Names a day or month",
            ["evidence"] = "Points to evidence",
            ["exact words"] = "Quoted word for word",
            ["first-person"] = "The speaker’s own “I”",
            ["first-person-opinion"] = "“I think”, “we hope”",
            ["first-person-plural"] = "“We”",
            ["fragment"] = "Only a few words",
            ["future"] = "About the future",
            ["future-and-first-person"] = "A promise about the future",
            ["hedge"] = "Hedged: may, perhaps",
            ["imperative"] = "Tells somebody to do something",
            ["law"] = "About law or policy",
            ["long"] = "A long sentence",
            ["many-numbers"] = "Several numbers",
            ["measure"] = "A measure or unit",
            ["money"] = "About money",
            ["name"] = "Names somebody or something",
            ["named speaker"] = "Says who said it",
            ["negation"] = "Denies something",
            ["no speaker found"] = "Nobody is named as its speaker",
            ["number"] = "A number",
            ["number-and-comparison"] = "A number that is compared",
            ["number-and-past"] = "A number in something that happened",
            ["opinion"] = "Words of opinion",
            ["other-language"] = "Read by marks and figures only",
            ["passive"] = "Says what was done, not by whom",
            ["past-event"] = "Something that happened",
            ["percent"] = "A percentage",
            ["perfect"] = "Something that has been done",
            ["position"] = "Where somebody stands",
            ["present-state"] = "How something is",
            ["question"] = "A question",
            ["quotation"] = "Has quotation marks",
            ["quote inside a quote"] = "Quoted inside another quote",
            ["quote without a claim"] = "No claim found in the quote",
            ["saying"] = "Says that somebody spoke",
            ["second-person"] = "Speaks to “you”",
            ["short"] = "A short sentence",
            ["social"] = "Thanks, greetings, courtesy",
            ["speaker-record"] = "What the speaker did",
            ["superlative"] = "The most, the first, a record",
            ["their-record"] = "What somebody else did",
            ["third-person"] = "About him, her or them",
            ["unfinished"] = "An unfinished sentence",
            ["very-long"] = "A very long sentence",
            ["words"] = "Typical words",
            ["year"] = "A year",
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The label of a feature; for one without label its own name, with a capital.</summary>
    public static string Of(string feature) =>
        All.TryGetValue(feature, out var label) ? label
        : feature.Length == 0 ? ""
        : char.ToUpperInvariant(feature[0]) + feature[1..];
}
