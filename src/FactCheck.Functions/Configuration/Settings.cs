using FactCheck.Extraction.Documents;
using FactCheck.Extraction.Text;

namespace FactCheck.Functions.Configuration;

/// <summary>Everything that can be set, with its default. Read from the configuration section
/// <c>FactCheck</c>.</summary>
public sealed class Settings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "FactCheck";

    /// <summary>Where the desk stands in public, for absolute links: http or https, no path. The host's own address
    /// when empty.</summary>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>Who publishes: the author of each ClaimReview.</summary>
    public string PublisherName { get; set; } = "FactCheck desk";

    /// <summary>The publisher's logo; null for none.</summary>
    public Uri? PublisherLogo { get; set; }

    /// <summary>A file with the desk's ratings; the shipped ones when empty.</summary>
    public string? RatingsFile { get; set; }

    /// <summary>A file with the desk's check-worthiness weights; the shipped ones when empty.</summary>
    public string? CheckWorthinessFile { get; set; }

    /// <summary>What a file may weigh.</summary>
    public ReadingSettings Reading { get; set; } = new();

    /// <summary>Which candidates become tasks.</summary>
    public SelectionPolicy Selection { get; set; } = new();

    /// <summary>Rules for tasks.</summary>
    public DeskPolicy Desk { get; set; } = new();

    /// <summary>Rules for what becomes public.</summary>
    public PublicationPolicy Publication { get; set; } = new();

    /// <summary>How evidence is fetched.</summary>
    public EvidenceSettings Evidence { get; set; } = new();

    /// <summary>Who may come in.</summary>
    public AccessSettings Access { get; set; } = new();

    /// <summary>How many people the desk may have.</summary>
    public PeopleLimits People { get; set; } = new();

    /// <summary>How much one person may hand in on one day.</summary>
    public UploadAllowance Uploads { get; set; } = new();

    /// <summary>Limits on what strangers may send.</summary>
    public PublicLimits Public { get; set; } = new();

    /// <summary>The log by which a change behind the desk's back is found.</summary>
    public AuditSettings Audit { get; set; } = new();
}

/// <summary>The log by which a change behind the desk's back is found.</summary>
public sealed class AuditSettings
{
    /// <summary>The folder of the log, best on another disk; <c>{data}/audit</c> when empty. On Azure it is the container
    /// <c>audit</c>.</summary>
    public string? Folder { get; set; }

    /// <summary>On Azure the key that seals: 32 random bytes as base64, by a reference to a Key Vault. Without one nothing
    /// is sealed there. A data folder has its own, in <c>keys</c>.</summary>
    public string? Key { get; set; }

    /// <summary>An address (https) that is told once a day how far the log goes, so that a log that was cut off is found
    /// by whoever keeps what it is told; nobody when empty.</summary>
    public Uri? Webhook { get; set; }
}

/// <summary>What a file may weigh, and how its dates are read.</summary>
public sealed class ReadingSettings
{
    /// <summary>Bytes of a file.</summary>
    public int MaxBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>UTF-16 code units of its text.</summary>
    public int MaxCharacters { get; set; } = 200_000;

    /// <summary>Pages of a PDF.</summary>
    public int MaxPages { get; set; } = 300;

    /// <summary>Bytes that the packed parts of a DOCX or PDF unpack to, together; counted while they are unpacked, a
    /// PDF's packed objects eightfold. Pictures are never unpacked.</summary>
    public int MaxUnpackedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Parts inside a DOCX, pictures included.</summary>
    public int MaxParts { get; set; } = 5_000;

    /// <summary>How many documents and large pages are read at the same time: each may need some hundred MB of memory
    /// for seconds.</summary>
    public int MaxCostlyAtOnce { get; set; } = 2;

    /// <summary>How long reading it may take; a process that goes on is ended soon after.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of memory that a process may hold which reads files: a file that needs more is refused. There are
    /// <see cref="MaxCostlyAtOnce"/> and one of them at most.</summary>
    public long MaxReaderMemory { get; set; } = 512 * 1024 * 1024;

    /// <summary>Whether the day or the month comes first in dates of figures: in the order that is set 03/04/2026 is
    /// read, without one it is not, since it can be two days.</summary>
    public DateOrder DateOrder { get; set; }

    internal const long LeastReaderMemory = 256 * 1024 * 1024;

    internal ReadLimits Limits =>
        new(MaxBytes, MaxCharacters, Timeout)
        {
            MaxPages = MaxPages,
            MaxUnpackedBytes = MaxUnpackedBytes,
            MaxParts = MaxParts,
            DateOrder = DateOrder,
        };
}

/// <summary>How evidence is fetched.</summary>
public sealed class EvidenceSettings
{
    /// <summary>Bytes of a page; a larger one is a problem, not an archive.</summary>
    public int MaxBytes { get; set; } = 5 * 1024 * 1024;

    /// <summary>How long one page may take, redirects included.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many redirects are followed; each one's address is checked again.</summary>
    public int MaxRedirects { get; set; } = 3;

    /// <summary>True also fetches from loopback, private and link-local addresses. For tests, and for desks behind a
    /// proxy that guards itself.</summary>
    public bool AllowPrivateAddresses { get; set; }
}

/// <summary>Who may come in.</summary>
public sealed class AccessSettings
{
    /// <summary>Issuer of OpenID Connect whose bearer tokens are taken; none when empty.</summary>
    public string? Authority { get; set; }

    /// <summary>The audience those tokens must name.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that holds the roles.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>True takes the principal header of App Service authentication; only on Azure, and only where it is
    /// switched on.</summary>
    public bool TrustEasyAuth { get; set; }

    /// <summary>How long a session on the page lasts.</summary>
    public TimeSpan SessionLength { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a session lasts that nobody uses.</summary>
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromHours(12);

    /// <summary>For how many days the access log tells who signed in, was refused and handed something in.</summary>
    public int LogDays { get; set; } = 90;
}

/// <summary>Limits on what strangers may send.</summary>
public sealed class PublicLimits
{
    /// <summary>Correction requests, and apart from them reports of browsers and wrong sign-in codes, of one address (of
    /// IPv6, one /64 network) within an hour.</summary>
    public int RequestsPerHour { get; set; } = 20;

    /// <summary>Proxies that stand in front of the host, each of which adds to <c>X-Forwarded-For</c>: the caller's
    /// address is the one that the outermost of them saw. 0 takes the address that the host saw; anybody can write that
    /// header.</summary>
    public int Proxies { get; set; }

    /// <summary>Correction requests, and apart from them reports of browsers, of everybody within an hour.</summary>
    public int TotalPerHour { get; set; } = 500;
}
