using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Quotes;

public class QuotesTests
{
    // Each outermost quote as "Kind | mention → name | content / content".
    private static string Read(string text) =>
        string.Join("\n", QuoteExtractor.Extract(text).Where(q => q.Parent is null).Select(q => Show(text, q)));

    private static string Show(string text, Quote quote)
    {
        var source = quote.Source is { } s
            ? s.Mention.In(text)
                + (
                    s.Name is { } name && !string.Equals(name, s.Mention.In(text), StringComparison.Ordinal)
                        ? $" → {name}"
                        : ""
                )
            : "-";
        return $"{quote.Kind} | {source} | {string.Join(" / ", quote.Content.Select(c => c.In(text)))}";
    }

    [Theory]
    [InlineData("“We will rebuild the bridge,” Ana Kovač said.", "Direct | Ana Kovač | “We will rebuild the bridge,”")]
    [InlineData(
        "\"We will rebuild the bridge,\" said Ana Kovač, the mayor.",
        "Direct | Ana Kovač | \"We will rebuild the bridge,\""
    )]
    [InlineData(
        "''We will rebuild the bridge,'' Ana Kovač said.",
        "Direct | Ana Kovač | ''We will rebuild the bridge,''"
    )]
    [InlineData("«We will rebuild the bridge», said Ana Kovač.", "Direct | Ana Kovač | «We will rebuild the bridge»")]
    [InlineData("„We will rebuild the bridge“, said Ana Kovač.", "Direct | Ana Kovač | „We will rebuild the bridge“")]
    [InlineData(
        "‘We will rebuild the workers’ bridge,’ Ana Kovač said.",
        "Direct | Ana Kovač | ‘We will rebuild the workers’ bridge,’"
    )]
    [InlineData(
        "Ana Kovač told reporters: “We will rebuild the bridge.”",
        "Direct | Ana Kovač | “We will rebuild the bridge.”"
    )]
    public void Every_kind_of_mark_holds_direct_speech(string text, string expected) =>
        Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData(
        "\"The pipe was laid in 1971, said engineer Lena Moss. It leaked.\n\n\"We replaced it,\" Moss said.",
        "Direct | engineer Lena Moss → Lena Moss | \"The pipe was laid in 1971\nDirect | Moss → Lena Moss | \"We replaced it,\""
    )]
    [InlineData(
        "“We lost it, he said on Monday. Nobody asked him.\n\n“We found it,” Jon Muster said.",
        "Direct | he | “We lost it\nDirect | Jon Muster | “We found it,”"
    )]
    [InlineData(
        "\"The debt has doubled, Ana Kovač said. The town has 900 people. \"They will pay,\" she said.",
        "Direct | Ana Kovač | \"The debt has doubled\nDirect | she → Ana Kovač | \"They will pay,\""
    )]
    public void Speech_whose_closing_mark_is_missing_ends_where_its_speaker_is_named(string text, string expected) =>
        Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData(
        "Dag Forsberg spoke. The water stands higher than in 1987,\" he went on. \"We should use it.\"",
        "Direct | he → Dag Forsberg | The water stands higher than in 1987,\" / \"We should use it.\""
    )]
    [InlineData(
        "It was late. We saw Dr. Holt fall,” said Ana Kovač. Nobody helped.",
        "Direct | Ana Kovač | We saw Dr. Holt fall,”"
    )]
    [InlineData(
        "It was late. The water stands higher than ever”, Ana Kovač said.",
        "Direct | Ana Kovač | The water stands higher than ever”"
    )]
    [InlineData("The town keeps a “list. It was late.” The mayor left the hall.", "")]
    [InlineData("It was late.” The mayor left the hall at nine.", "")]
    public void Speech_whose_opening_mark_is_missing_begins_with_its_sentence(string text, string expected) =>
        Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("\"The 6\" pipe burst twice,\" Ana Kovač said.", "Direct | Ana Kovač | \"The 6\" pipe burst twice,\"")]
    [InlineData(
        "\"A 12\"-wide crack and a 3\" one,\" Ana Kovač said, \"ran down the wall.\"",
        "Direct | Ana Kovač | \"A 12\"-wide crack and a 3\" one,\" / \"ran down the wall.\""
    )]
    [InlineData(
        "Ana Kovač said the 6\" pipe was \"a disgrace\".",
        "Mixed | Ana Kovač | the 6\" pipe was \"a disgrace\"."
    )]
    [InlineData(
        "She chose \"phase 2\" and Ana Kovač said it was \"a disgrace\".",
        "Mixed | Ana Kovač | it was \"a disgrace\"."
    )]
    public void Inches_are_no_quotation_marks(string text, string expected) =>
        Assert.EndsWith(expected, Read(text), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "The pipe burst twice, and “nobody warned us,” said Karl Nowak.",
        "Direct | Karl Nowak | “nobody warned us,”"
    )]
    [InlineData("Fares rose, but “we had no choice,” Ana Kovač said.", "Direct | Ana Kovač | “we had no choice,”")]
    [InlineData(
        "The plan, “which nobody wanted,” is dead, Ana Kovač said.",
        "Mixed | Ana Kovač | The plan, “which nobody wanted,” is dead"
    )]
    public void A_clause_in_marks_that_and_joins_to_the_writers_own_is_the_speech(string text, string expected) =>
        Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("PUERTO ALDAY, Marenda — The bridge fell on Sunday, the agency said.", "The bridge fell on Sunday")]
    [InlineData("ORSEL — The bridge fell on Sunday, the agency said.", "The bridge fell on Sunday")]
    [InlineData(
        "NATO — and nobody else — built the bridge, the agency said.",
        "NATO — and nobody else — built the bridge"
    )]
    public void A_date_line_is_no_part_of_what_is_said(string text, string content) =>
        Assert.Equal($"Indirect | the agency | {content}", Read(text));

    [Theory]
    [InlineData("Dag Forsberg said little about the budget.")]
    [InlineData("The mayor said nothing on Tuesday of the plan and nothing else.")]
    [InlineData("The treasurer denied that on Tuesday.")]
    [InlineData("The mayor said that.")]
    public void How_much_was_said_and_what_only_points_back_are_no_quotes(string text) =>
        Assert.DoesNotContain("Indirect", Read(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("“It is late.” -Commissioner Joost Albers\n\nAnd then it rained.", "Joost Albers")]
    [InlineData("“It was late for all of us.”\n– Dr. Ana Perić, Orsel Clinic", "Ana Perić")]
    [InlineData("And from Chairwoman Dana Okafor:\n\n“Nobody has given more than she has.”", "Dana Okafor")]
    [InlineData("From the desk of Milos Varga, VP Analyst.\n\n“It sold more than ever before.”", "Milos Varga")]
    [InlineData("Statement by Ivo Lang, mayor of Orsel:\n\n“It sold more than ever before.”", "Ivo Lang")]
    [InlineData("Also from the office of Jill Ames\n\n“It sold more than ever before.”", "Jill Ames")]
    [InlineData("Quote attributed to Jill Ames, director:\n\n“It sold more than ever before.”", "Jill Ames")]
    [InlineData("“It sold more than ever.” (Dana Okafor, chair of the board)", "Dana Okafor")]
    [InlineData("“It sold more than ever.”, Ivo Lang, treasurer", "Ivo Lang")]
    [InlineData("“It sold more than ever.” (Orsel Mail reported it first.)", null)]
    [InlineData("From Orsel with love\n\n“It sold more than ever before.”", null)]
    [InlineData("Photo by Mary Poe\n\n“It sold more than ever before.”", null)]
    [InlineData("By Mary Poe\n\n“It sold more than ever before.”", null)]
    [InlineData("From Monday Orsel has a mayor again.\n\n“It sold more than ever before.”", null)]
    public void A_line_above_or_a_dash_below_names_the_speaker_of_a_press_release(string text, string? speaker)
    {
        var quote = Assert.Single(QuoteExtractor.Extract(text), q => q.Kind == QuoteKind.Direct);
        Assert.Equal(speaker, quote.Source?.Name);
    }

    [Fact]
    public void A_dash_that_opens_a_line_introduces_speech()
    {
        var quotes = QuoteExtractor.Extract("— The bridge will stand.\n\n— Nobody believes that.");
        Assert.Equal(2, quotes.Count);
        Assert.All(quotes, q => Assert.Equal(QuoteKind.Direct, q.Kind));
    }

    [Theory]
    [InlineData("The mayor said that the bridge was safe.", "Indirect | The mayor | that the bridge was safe.")]
    [InlineData("The mayor said the bridge was safe.", "Indirect | The mayor | the bridge was safe.")]
    [InlineData("The bridge was safe, the mayor said.", "Indirect | the mayor | The bridge was safe")]
    [InlineData("The bridge, the mayor said, was safe.", "Indirect | the mayor | The bridge / was safe.")]
    [InlineData("According to the mayor, the bridge was safe.", "Indirect | the mayor | the bridge was safe.")]
    [InlineData("The bridge was safe, according to the mayor.", "Indirect | the mayor | The bridge was safe")]
    [InlineData(
        "Kovač’s claim that the bridge was safe angered residents.",
        "Indirect | Kovač | that the bridge was safe angered residents."
    )]
    [InlineData("The mayor denied any wrongdoing.", "Indirect | The mayor | any wrongdoing.")]
    [InlineData("The mayor promised to rebuild the bridge.", "Indirect | The mayor | to rebuild the bridge.")]
    [InlineData(
        "The mayor warned residents that the bridge was unsafe.",
        "Indirect | The mayor | that the bridge was unsafe."
    )]
    [InlineData(
        "The mayor expects the bridge will open in May.",
        "Indirect | The mayor | the bridge will open in May."
    )]
    [InlineData(
        "The mayor said in a statement on Monday that the bridge was safe.",
        "Indirect | The mayor | that the bridge was safe."
    )]
    public void Indirect_speech_is_found_by_its_cue(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData(
        "The line costs 4 million, the finance minister, Ken Watt, said.",
        "Indirect | the finance minister, Ken Watt → Ken Watt | The line costs 4 million"
    )]
    [InlineData(
        "The line costs 4 million, said the finance minister, Ken Watt.",
        "Indirect | the finance minister, Ken Watt → Ken Watt | The line costs 4 million"
    )]
    [InlineData(
        "Inflation fell to 2 per cent, the Bank of England announced on Monday.",
        "Indirect | the Bank of England → Bank of England | Inflation fell to 2 per cent"
    )]
    [InlineData("In the early evening, Ken Watt said.", "")]
    [InlineData("Reading from its last chapter, Ken Watt said.", "")]
    [InlineData("Former White House Doctor, Mary Holt Says.", "")]
    [InlineData("The niece of Scott, a state delegate, Ken Watt said.", "")]
    public void Words_before_a_final_said_need_no_verb_that_is_known(string text, string expected) =>
        Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData(
        "The mayor called the bridge “a disgrace to the city”.",
        "Mixed | The mayor | the bridge “a disgrace to the city”."
    )]
    [InlineData(
        "The mayor said the bridge was “entirely safe” for cars.",
        "Mixed | The mayor | the bridge was “entirely safe” for cars."
    )]
    public void Partly_quoted_content_is_mixed(string text, string expected) => Assert.Equal(expected, Read(text));

    [Fact]
    public void Content_is_split_around_its_cue() =>
        Assert.Equal(
            "Direct | Ana Kovač | “The bridge is safe,” / “and it will stay open.”",
            Read("“The bridge is safe,” Ana Kovač said, “and it will stay open.”")
        );

    [Fact]
    public void A_new_cue_begins_a_new_quote() =>
        Assert.Equal(
            "Indirect | The mayor | the bridge was safe\nIndirect | The mayor | that it would stay open.",
            Read("The mayor said the bridge was safe and added that it would stay open.")
        );

    [Fact]
    public void Speech_that_follows_directly_belongs_to_the_last_speaker() =>
        Assert.Equal(
            "Direct | Ana Kovač | “It is safe,” / “We tested it twice.”",
            Read("“It is safe,” Ana Kovač said. “We tested it twice.”")
        );

    [Fact]
    public void A_paragraph_of_speech_without_a_speaker_belongs_to_the_last_one()
    {
        var quotes = QuoteExtractor.Extract("“It is safe,” Ana Kovač said.\n\n“We tested it twice this year.”");
        Assert.Equal("Ana Kovač", quotes[1].Source?.Name);
        Assert.Contains("no new speaker", quotes[1].Source?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_over_paragraphs_without_closing_marks_is_one() =>
        Assert.Equal(
            "Direct | Ana Kovač | “It is safe. / “We tested it twice.”",
            Read("Ana Kovač said: “It is safe.\n\n“We tested it twice.”\n\nThe city agreed.")
        );

    [Fact]
    public void The_inner_of_nested_quotes_is_a_child()
    {
        const string Text = "“My father said that the bridge was built in a year,” Ana Kovač said.";
        var quotes = QuoteExtractor.Extract(Text);
        Assert.Equal(
            [
                "Direct | Ana Kovač | “My father said that the bridge was built in a year,”",
                "Direct | My father | that the bridge was built in a year",
            ],
            quotes.Select(q => Show(Text, q)),
            StringComparer.Ordinal
        );
        Assert.Equal(0, quotes[1].Parent);
    }

    [Fact]
    public void A_mark_that_is_never_closed_ends_with_its_sentence()
    {
        const string Text = "Ana Kovač said “we will rebuild. The vote is on Monday. Nobody knows more.";
        Assert.All(
            QuoteExtractor.Extract(Text),
            q => Assert.True(q.Extent.End <= Text.IndexOf(" The vote", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("The so-called “experts” met on Monday.")]
    [InlineData("She starred in the film “Gone With the Wind” last year.")]
    [InlineData("The city lives by its motto “Forward Together” today.")]
    [InlineData("If you say the bridge is safe, you may be wrong.")]
    [InlineData("The mayor could say that the bridge is safe.")]
    public void Scare_quotes_titles_mottoes_and_hypothetical_speech_are_no_quotes(string text) =>
        Assert.Equal("", Read(text));

    [Fact]
    public void Speech_without_a_speaker_is_kept_as_an_orphan()
    {
        var quote = Assert.Single(
            QuoteExtractor.Extract("Banners hung from the rails.\n\n“We will never leave this place.”")
        );
        Assert.True(quote.IsOrphan);
        Assert.True(quote.Confidence < 0.8);
    }

    [Fact]
    public void Headline_and_byline_are_not_content() =>
        Assert.Equal(
            "Indirect | the mayor | The bridge was safe",
            Read("Bridge safe, city hears\n\nBy Jo Park\n\nThe bridge was safe, the mayor said.")
        );

    [Fact]
    public void A_source_credit_after_the_end_is_not_content() =>
        Assert.Equal(
            "Direct | Ana Kovač | “The bridge is safe.”",
            Read("Ana Kovač said: “The bridge is safe.” Reuters")
        );

    [Theory]
    [InlineData("The minister, who had been ill, said the bridge was safe.", "The minister")]
    [InlineData("Ana Kovač, 45, a teacher from Leeds, said the bridge was safe.", "Ana Kovač")]
    [InlineData("The minister, Ana Kovač, said the bridge was safe.", "The minister, Ana Kovač")]
    [InlineData("In an interview on Monday Kovač said the bridge was safe.", "Kovač")]
    [InlineData("The ministry of transport has repeatedly said the bridge was safe.", "The ministry of transport")]
    public void The_speaker_is_the_subject_whatever_stands_between(string text, string mention)
    {
        var quote = Assert.Single(QuoteExtractor.Extract(text));
        Assert.Equal(mention, quote.Source?.Mention.In(text));
    }

    [Theory]
    [InlineData(
        "Ana Kovač met Peter Horn. “It is safe,” she said.",
        "Ana Kovač",
        "pronoun 'she' → Ana Kovač, last named woman"
    )]
    [InlineData(
        "Ana Kovač met Peter Horn. “It is safe,” he said.",
        "Peter Horn",
        "pronoun 'he' → Peter Horn, last named man"
    )]
    [InlineData(
        "Ana Kovač came late. “It is safe,” Kovač said.",
        "Ana Kovač",
        "'Kovač' → Ana Kovač, the fuller name in the text"
    )]
    [InlineData(
        "Ana Kovač, the minister for transport, came late. “It is safe,” the minister said.",
        "Ana Kovač",
        "'minister' → Ana Kovač, so described in the text"
    )]
    public void A_mention_resolves_to_the_person_whom_the_text_names(string text, string name, string reason)
    {
        var source = Assert.Single(QuoteExtractor.Extract(text)).Source;
        Assert.Equal(name, source?.Name);
        Assert.Contains(reason, source?.Reason, StringComparison.Ordinal);
        Assert.InRange(source!.Confidence, 0.1, 0.95);
    }

    [Theory]
    [InlineData(
        "The troops will meet in July, said Ana Kovač, a spokesperson for the army.",
        "Indirect | Ana Kovač | The troops will meet in July"
    )]
    [InlineData(
        "— I cried, then I rang my grandmother, said Ana Kovač, 16, in the yard.",
        "Direct | Ana Kovač | — I cried, then I rang my grandmother"
    )]
    [InlineData(
        "Ana Kovač told reporters that day that the bridge was safe.",
        "Indirect | Ana Kovač | that the bridge was safe."
    )]
    [InlineData(
        "A 340-page report says that the bridge was safe.",
        "Indirect | A 340-page report | that the bridge was safe."
    )]
    [InlineData(
        "Its lawyer, Ana Kovač, warned that the bridge was unsafe.",
        "Indirect | Its lawyer, Ana Kovač → Ana Kovač | that the bridge was unsafe."
    )]
    [InlineData(
        "According to a note by the treasurer, Ana Kovač, the city owes nothing.",
        "Indirect | a note by the treasurer, Ana Kovač → Ana Kovač | the city owes nothing."
    )]
    [InlineData(
        "The bridge was safe, according to a study published on Monday.",
        "Indirect | a study | The bridge was safe"
    )]
    [InlineData(
        "One nurse, who asked not to be named, said the beds were on paper.",
        "Indirect | One nurse | the beds were on paper."
    )]
    public void A_speaker_is_taken_whole_and_is_no_content(string text, string expected) =>
        Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("Ten people died last year, the most since records began in 1988.")]
    [InlineData("A spokesperson declined to comment on the contract.")]
    [InlineData("She has written “Notes from a Sunny Balcony”.")]
    public void Silence_records_and_titles_are_no_quotes(string text) => Assert.Equal("", Read(text));

    [Theory]
    [InlineData("The Ministry of Education said the bridge was safe.", "Ministry of Education")]
    [InlineData("Chinese President Li Wen said the bridge was safe.", "Li Wen")]
    [InlineData("Transport Minister Ana Kovač said the bridge was safe.", "Ana Kovač")]
    [InlineData("The Tenants’ League said the bridge was safe.", "Tenants’ League")]
    [InlineData("A Serbian officer said the bridge was safe.", null)]
    [InlineData("The Housing Act passed. The Energy Act says that the bridge is safe.", "Energy Act")]
    [InlineData("Li Wen came. Li said the bridge was safe.", "Li Wen")]
    [InlineData("The transport agency said it was late. The bridge was safe, it said.", "transport agency")]
    [InlineData("Ana Poe left. A spokesperson for the firm said it was late. “The bridge was safe,” she said.", null)]
    public void A_name_is_whole_and_nobody_else_s(string text, string? name) =>
        Assert.Equal(name, QuoteExtractor.Extract(text)[^1].Source?.Name);

    [Fact]
    public void A_colon_leads_to_the_subject_of_its_verb() =>
        Assert.Equal(
            "Ana Kovač",
            QuoteExtractor
                .Extract(
                    "Ana Kovač walked. That evening she wrote in her diary:\n\n“The water was grey and it smelled.”"
                )[^1]
                .Source?.Name
        );

    [Fact]
    public void The_reason_names_the_rule() =>
        Assert.Equal(
            "subject of 'said'",
            Assert.Single(QuoteExtractor.Extract("The mayor said that the bridge was safe.")).Source?.Reason
        );
}
