using System.Globalization;
using FactCheck.Extraction;
using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Text;

namespace FactCheck.Tests.Extraction.Text;

public class DatesTests
{
    private static readonly DateOnly AprilThird = new(2026, 4, 3);

    private static ArticleMeta Meta(string content, string name, DateOrder order) =>
        Assert
            .IsType<ReadResult.Read>(
                ArticleReader.Read(
                    System.Text.Encoding.UTF8.GetBytes(content),
                    name,
                    new(),
                    new ReadLimits { DateOrder = order }
                )
            )
            .Article.Meta;

    [Theory]
    [InlineData("2026-04-03")]
    [InlineData("2026-04-03T08:15:00+02:00")]
    [InlineData("2026-04-03 23:59")]
    [InlineData("Fri, 03 Apr 2026 08:15:00 +0200")]
    [InlineData("3 April 2026")]
    [InlineData("April 3, 2026")]
    [InlineData("03-Apr-2026")]
    public void What_can_be_one_day_only_is_that_day_in_every_order(string written) =>
        Assert.All(Enum.GetValues<DateOrder>(), order => Assert.Equal(AprilThird, Dates.Parse(written, order)));

    [Theory]
    [InlineData("13/04/2026", 13)]
    [InlineData("04/13/2026", 13)]
    [InlineData("4.4.2026", 4)]
    [InlineData("04-04-2026", 4)]
    public void A_day_past_the_twelfth_and_equal_figures_are_clear(string written, int day) =>
        Assert.All(
            Enum.GetValues<DateOrder>(),
            order => Assert.Equal(new DateOnly(2026, 4, day), Dates.Parse(written, order))
        );

    [Theory]
    [InlineData("03/04/2026")]
    [InlineData("3-4-2026")]
    [InlineData("Published: 03/04/2026, 08:15")]
    public void Two_days_are_read_in_the_desks_order_and_never_guessed(string written)
    {
        Assert.Equal(AprilThird, Dates.Parse(written, DateOrder.DayMonth));
        Assert.Equal(new DateOnly(2026, 3, 4), Dates.Parse(written, DateOrder.MonthDay));
        Assert.Null(Dates.Parse(written, DateOrder.Unknown));
        Assert.True(Dates.IsUnclear(written, DateOrder.Unknown));
        Assert.False(Dates.IsUnclear(written, DateOrder.MonthDay));
    }

    [Theory]
    [InlineData("03.04.2026")]
    [InlineData("3. 4. 2026.")]
    public void With_dots_the_day_comes_first_unless_the_desk_says_otherwise(string written)
    {
        Assert.Equal(AprilThird, Dates.Parse(written));
        Assert.Equal(new DateOnly(2026, 3, 4), Dates.Parse(written, DateOrder.MonthDay));
    }

    [Theory]
    [InlineData("31/02/2026")]
    [InlineData("00/04/2026")]
    [InlineData("13/14/2026")]
    [InlineData("1.2.3.2026")]
    [InlineData("٠٣/٠٤/٢٠٢٦")]
    [InlineData("3/4/26 or so")]
    [InlineData("yesterday")]
    public void What_is_no_day_is_none(string written) =>
        Assert.All(
            Enum.GetValues<DateOrder>(),
            order => Assert.Equal((null, false), (Dates.Parse(written, order), Dates.IsUnclear(written, order)))
        );

    [Fact]
    public void Every_day_is_read_as_it_was_written_in_the_order_it_was_written_in()
    {
        for (var day = new DateOnly(2023, 12, 1); day < new DateOnly(2025, 2, 1); day = day.AddDays(1))
        {
            var dayFirst = day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
            Assert.Equal(day, Dates.Parse(dayFirst, DateOrder.DayMonth));
            Assert.Equal(
                day,
                Dates.Parse(day.ToString("M/d/yyyy", CultureInfo.InvariantCulture).PadLeft(8, '0'), DateOrder.MonthDay)
            );
            Assert.True(Dates.Parse(dayFirst) is not { } read || read == day);
            Assert.Equal(Dates.Parse(dayFirst) is null, Dates.IsUnclear(dayFirst, DateOrder.Unknown));
        }
    }

    [Theory]
    [InlineData("a.md", "---\ndate: 03/04/2026\n---\nIt rained all day.")]
    [InlineData("a.txt", "Rain\n\n03/04/2026\n\nIt rained all day.")]
    public void A_file_is_read_in_the_desks_order_and_says_what_it_left(string name, string content)
    {
        Assert.Equal((AprilThird, null), Dated(DateOrder.DayMonth));
        Assert.Equal((null, "03/04/2026"), Dated(DateOrder.Unknown));

        (DateOnly?, string?) Dated(DateOrder order) =>
            Meta(content, name, order) is var meta ? (meta.Published, meta.UnreadDate) : default;
    }

    [Fact]
    public void What_the_uploader_wrote_and_nobody_can_read_stays_told_though_the_file_has_a_date()
    {
        var file = new ArticleMeta(Published: AprilThird) { UnreadDate = null };
        var uploader = new ArticleMeta { UnreadDate = "03/04/2026" };
        Assert.Equal((AprilThird, "03/04/2026"), (uploader.OrElse(file).Published, uploader.OrElse(file).UnreadDate));
        Assert.Null(file.OrElse(uploader).UnreadDate);
    }
}
