namespace FactCheck.Tests.Domain;

/// <summary>What programs leave in a folder is no article; what a person may mean as one is.</summary>
public sealed class ArticleNamesTests
{
    [Theory]
    [InlineData("~$memo.docx")] // Word, while the document is open
    [InlineData("news/.~lock.memo.docx#")] // LibreOffice
    [InlineData("~WRL0001.tmp")]
    [InlineData(".DS_Store")]
    [InlineData("news/._memo.txt")]
    [InlineData("Thumbs.db")]
    [InlineData("DESKTOP.INI")]
    [InlineData("memo.txt~")]
    [InlineData("memo.txt.part")]
    [InlineData("memo.docx.crdownload")]
    [InlineData("memo.docx.filepart")]
    [InlineData("memo.md.swp")]
    [InlineData("memo (Anna's conflicted copy 2026-05-01).docx")] // Dropbox
    [InlineData("memo (conflicted copy 2026-05-01 120000).md")] // Nextcloud
    [InlineData("memo_conflict-20260501-120000.md")] // ownCloud
    [InlineData("memo.sync-conflict-20260501-120000-ABCDEFG.txt")] // Syncthing
    [InlineData("memo (SFConflict anna@example.org 2026-05-01-12-00-00).txt")] // Seafile
    [InlineData("memo [Conflict].txt")] // Google Drive
    [InlineData("memo (Case Conflict).txt")]
    [InlineData("memo_nas_May-01-120000-2026_Conflict.docx")] // Synology Drive
    [InlineData("memo-DESKTOP-7AB12CD.docx")] // OneDrive
    public void Litter_is_told_from_articles(string name) => Assert.NotNull(ArticleNames.LitterOf(name));

    [Theory]
    [InlineData("memo.docx")]
    [InlineData("memo (2).docx")]
    [InlineData("memo 2.txt")]
    [InlineData("The conflict.txt")]
    [InlineData("Conflict copy desk.txt")]
    [InlineData("Sudan (war).md")]
    [InlineData("sync-conflict.md")]
    [InlineData("desktop.txt")]
    [InlineData("party.txt")]
    [InlineData("~approx.txt")]
    [InlineData("memo.xlsx")] // no litter: a person is told that this kind of file is not read
    [InlineData("bridge-DESKTOP.md")]
    public void What_a_person_may_mean_is_no_litter(string name) => Assert.Null(ArticleNames.LitterOf(name));
}
