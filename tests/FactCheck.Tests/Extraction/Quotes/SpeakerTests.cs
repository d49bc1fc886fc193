using FactCheck.Extraction.Quotes;

namespace FactCheck.Tests.Extraction.Quotes;

/// <summary>Whom a mention means: only names that the text holds, each with a confidence and a reason.</summary>
public class SpeakerTests
{
    private static QuoteSource Last(string text) => QuoteExtractor.Extract(text)[^1].Source!;

    [Theory]
    [InlineData("The Harbour Swimming Club met on Monday. The club said that it was broke.", "Harbour Swimming Club")]
    [InlineData(
        "The Harbour Swimming Club published its report. The report found that the pool leaks.",
        "Harbour Swimming Club"
    )]
    [InlineData(
        "A study by the Meridian Water Agency came out. The study says the river is clean.",
        "Meridian Water Agency"
    )]
    [InlineData(
        "The Meridian Water Agency keeps a log. The agency’s log showed that the pump had failed.",
        "Meridian Water Agency"
    )]
    [InlineData("The minister of health, Ana Kovač, resigned. The minister said she was tired.", "Ana Kovač")]
    [InlineData("A spokeswoman for the Ministry of Transport, Jill Ames, said trains would run.", "Jill Ames")]
    [InlineData(
        "A spokeswoman for the Ministry of Transport, Jill Ames, resigned. The spokeswoman said trains would run.",
        "Jill Ames"
    )]
    [InlineData("According to a note by the city treasurer, Ines Haugland, the fund is empty.", "Ines Haugland")]
    [InlineData("Jonas Weir left the band, telling the podcast Low Tide: “I was done with buses.”", "Jonas Weir")]
    [InlineData("Ana Kovač, 59, of Leeds, who watched from her car, said the crowd was large.", "Ana Kovač")]
    [InlineData("Wells Bank this month announced it would close.", "Wells Bank")]
    public void A_description_means_whom_the_text_describes_so(string text, string name)
    {
        var source = Last(text);
        Assert.Equal(name, source.Name);
        Assert.InRange(source.Confidence, 0.4, 1);
        Assert.NotEmpty(source.Reason);
    }

    [Theory]
    [InlineData("Police chief Jan Novak said crime fell.", "Jan Novak")]
    [InlineData("Harbour director Jon Muster said 412 jobs were lost.", "Jon Muster")]
    [InlineData("Opposition leader Ana Kovač said the debt had doubled.", "Ana Kovač")]
    [InlineData("“It fell,” said Orsel police spokeswoman Lena Moss.", "Lena Moss")]
    [InlineData("According to Green Party deputy leader Ivo Lang, it fell.", "Ivo Lang")]
    [InlineData("Health minister Rosa Lind said hospitals had 1,400 beds.", "Rosa Lind")]
    [InlineData("Harbour treasurer Ines Haugland said the debt had doubled.", "Ines Haugland")]
    [InlineData("Varnholt town council said the debt had doubled.", "Varnholt")]
    public void A_role_before_a_name_is_no_name_whatever_its_case(string text, string name) =>
        Assert.Equal(name, Last(text).Name);

    [Theory]
    [InlineData(
        "Amy Doyle said it was lost. Meg Tallis, the treasurer, denied that. She said it was listed.",
        "Meg Tallis"
    )]
    [InlineData(
        "Mary Holt said it was lost. Ngozi Adeyemi laughed on Monday. She said it was listed.",
        "Ngozi Adeyemi"
    )]
    [InlineData("Amy Doyle said it was lost. On Monday Meg Tallis laughed. She said it was listed.", "Amy Doyle")]
    [InlineData("Amy Doyle said it was lost. Peter Holt laughed. She said it was listed.", "Amy Doyle")]
    public void A_pronoun_means_whom_the_sentence_before_tells_of_unless_it_cannot(string text, string name)
    {
        var source = Last(text);
        Assert.Equal(name, source.Name);
        Assert.True(source.Confidence < 0.8);
    }

    [Theory]
    [InlineData("Mayor Dan Reyes resigned. Mayor Lena Fox followed. The mayor said the bridge was safe.", "Lena Fox")]
    [InlineData("Mayor Dan Reyes spoke. The mayor said the bridge was safe. Mayor Lena Fox followed.", "Dan Reyes")]
    public void Of_two_with_one_office_the_last_before_is_meant(string text, string name) =>
        Assert.Equal(name, Last(text).Name);

    [Fact]
    public void What_nobody_was_called_before_stays_without_a_name() =>
        Assert.Null(Last("The Harbour Swimming Club met. The agency said that the pool leaks.").Name);

    [Fact]
    public void Speech_that_follows_a_sentence_about_somebody_is_theirs() =>
        Assert.Equal(
            "Ana Kovač",
            Last("Ana Kovač called the bridge a disgrace. “Nobody should have to cross it in the dark.”").Name
        );

    [Theory]
    [InlineData("“We lost 50 jobs last year,” said Mary Holt. The company closed.", "Mary Holt")]
    [InlineData("“We lost 50 jobs last year,” said Tom Bell. Nobody replied.", "Tom Bell")]
    [InlineData("“We lost 50 jobs last year,” said Ann Dale.The company closed.", "Ann Dale")]
    [InlineData("“We lost 50 jobs last year,” said George W. Bush. The company closed.", "George W. Bush")]
    [InlineData("“We lost 50 jobs last year,” said Dr. Lee. The company closed.", "Lee")]
    [InlineData("“We lost 50 jobs last year,” said Robert Jr. Kane. The company closed.", "Robert Jr. Kane")]
    [InlineData("“We lost 50 jobs last year,” said J.K. Rowling. The company closed.", "J.K. Rowling")]
    public void The_stop_of_a_sentence_belongs_to_no_name(string text, string name)
    {
        var source = Last(text);
        Assert.Equal(name, source.Name);
        Assert.False(source.Mention.In(text).EndsWith('.'));
    }

    [Theory]
    [InlineData("“Nobody likes this,” said the council’s leader, Harriet Moss.", "Harriet Moss")]
    [InlineData("“Nobody likes this,” said the company’s chief executive, Tom Dale. It closed.", "Tom Dale")]
    [InlineData("“Nobody likes this,” said the mayor, Mary Holt, on Monday.", "Mary Holt")]
    [InlineData("“Nobody likes this,” said its owner, Mary Holt.", "Mary Holt")]
    [InlineData("“Nobody likes this,” said Britain’s prime minister, Mary Holt.", "Mary Holt")]
    [InlineData("Nobody likes this bridge and it should go, said the council’s leader, Harriet Moss.", "Harriet Moss")]
    public void A_description_after_the_verb_has_its_name_behind_a_comma(string text, string name) =>
        Assert.Equal(name, Last(text).Name);

    [Theory]
    [InlineData("“Nobody likes this,” said the mayor, Mary Holt and the clerk.")]
    [InlineData("“Nobody likes this,” said the mayor, Mary Holt, and the clerk.")]
    [InlineData("“Nobody likes this,” said the mayor, Tuesday.")]
    [InlineData("“Nobody likes this,” said the mayor, Tuesday Night.")]
    [InlineData("“Nobody likes this,” said the mayor, who met Mary Holt.")]
    public void What_follows_a_description_and_is_no_name_of_its_own_stays_out(string text) =>
        Assert.Equal("the mayor", Last(text).Mention.In(text));
}
