namespace FactCheck.Extraction.Documents.Html;

/// <summary>What a block is on its page: the article's, or why it isn't.</summary>
internal enum BlockRole
{
    /// <summary>The article's own text.</summary>
    Article,

    /// <summary>The article's headline.</summary>
    Headline,

    /// <summary>Not where the article stands, and nothing says what it is.</summary>
    Elsewhere,

    /// <summary>Menus, breadcrumbs, headers and footers of the site.</summary>
    Navigation,

    /// <summary>Leads to other articles.</summary>
    Related,

    /// <summary>Readers' comments and the form for them.</summary>
    Comment,

    /// <summary>Who wrote it and when, tags and categories.</summary>
    Credit,

    /// <summary>Buttons to share, to subscribe, to sign in; advertisements.</summary>
    Promotion,

    /// <summary>A notice that wants consent to cookies.</summary>
    Consent,

    /// <summary>A dialog that lies over the page.</summary>
    Overlay,

    /// <summary>The words under a picture.</summary>
    Caption,
}

/// <summary>A block of a page, and what it is.</summary>
internal readonly record struct JudgedBlock(Block Block, BlockRole Role);
