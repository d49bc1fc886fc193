using System.Text;

namespace FactCheck.Domain;

/// <summary>Unicode's two canonical forms: accents as part of their letters (NFC, file names of Windows and Linux) and
/// behind them (NFD, those of Macs). .NET's own need the system's culture data, which these processes lack: the first
/// plane's letters are here. Marks that make no one letter stay. https://unicode.org/reports/tr15/</summary>
public static class CanonicalForm
{
    // Hangul syllables are made by counting.
    private const int FirstSyllable = 0xAC00,
        FirstLead = 0x1100,
        FirstVowel = 0x1161,
        BeforeFirstTail = 0x11A7,
        Leads = 19,
        Vowels = 21,
        Tails = 28;

    // A mark, its combining class, and pairs of a letter without it and with it.
    private static readonly (char Mark, byte Class, string Pairs)[] Table =
    [
        (
            '\u0300',
            230,
            "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃ"
                + "ἈἊἉἋἐἒἑἓἘἚἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ᾿῍ϊῒΙῚ῾῝ϋῢ"
                + "ΥῪ¨῭ΟῸΩῺ"
        ),
        (
            '\u0301',
            230,
            "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ¨΅ΑΆΕΈΗΉΙΊΟΌ"
                + "ΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắ"
                + "ÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝὠὤὡὥὨὬὩὭ᾿῎῾῞"
        ),
        ('\u0302', 230, "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ"),
        ('\u0303', 230, "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ"),
        (
            '\u0304',
            230,
            "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹ" + "ιῑΙῙυῡΥῩ"
        ),
        ('\u0306', 230, "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ"),
        (
            '\u0307',
            230,
            "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆ" + "wẇXẊxẋYẎyẏſẛ"
        ),
        (
            '\u0308',
            230,
            "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴ"
                + "чӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ"
        ),
        ('\u0309', 230, "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ"),
        ('\u030A', 230, "AÅaåUŮuůwẘyẙ"),
        ('\u030B', 230, "OŐoőUŰuűУӲуӳ"),
        ('\u030C', 230, "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ"),
        ('\u030F', 230, "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ"),
        ('\u0311', 230, "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ"),
        ('\u0313', 230, "αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ"),
        ('\u0314', 230, "αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ"),
        ('\u031B', 216, "OƠoơUƯuư"),
        ('\u0323', 220, "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưự" + "YỴyỵ"),
        ('\u0324', 220, "UṲuṳ"),
        ('\u0325', 220, "AḀaḁ"),
        ('\u0326', 220, "SȘsșTȚtț"),
        ('\u0327', 202, "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ"),
        ('\u0328', 202, "AĄaąEĘeęIĮiįUŲuųOǪoǫ"),
        ('\u032D', 220, "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ"),
        ('\u032E', 220, "HḪhḫ"),
        ('\u0330', 220, "EḚeḛIḬiḭUṴuṵ"),
        ('\u0331', 220, "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ"),
        ('\u0338', 1, "←↚→↛↔↮⇐⇍⇔⇎⇒⇏∃∄∈∉∋∌∣∤∥∦∼≁≃≄≅≇≈≉=≠≡≢≍≭<≮>≯≤≰≥≱≲≴≳≵≶≸≷≹≺⊀≻⊁⊂⊄⊃⊅⊆⊈⊇⊉⊢⊬⊨⊭⊩⊮⊫⊯≼⋠≽⋡⊑⋢⊒⋣" + "⊲⋪⊳⋫⊴⋬⊵⋭"),
        ('\u0342', 230, "ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ¨῁ηῆ᾿῏ιῖϊῗ῾῟υῦϋῧωῶ"),
        (
            '\u0345',
            240,
            "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧ"
                + "ὨᾨὩᾩὪᾪὫᾫὬᾬὭᾭὮᾮὯᾯὰᾲαᾳάᾴᾶᾷΑᾼὴῂηῃήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ"
        ),
        ('\u0653', 230, "\u0627\u0622"),
        ('\u0654', 230, "\u0627\u0623\u0648\u0624\u064A\u0626\u06D5\u06C0\u06C1\u06C2\u06D2\u06D3"),
        ('\u0655', 220, "\u0627\u0625"),
        ('\u093C', 7, "\u0928\u0929\u0930\u0931\u0933\u0934"),
        ('\u09BE', 0, "\u09C7\u09CB"),
        ('\u09D7', 0, "\u09C7\u09CC"),
        ('\u0B3E', 0, "\u0B47\u0B4B"),
        ('\u0B56', 0, "\u0B47\u0B48"),
        ('\u0B57', 0, "\u0B47\u0B4C"),
        ('\u0BBE', 0, "\u0BC6\u0BCA\u0BC7\u0BCB"),
        ('\u0BD7', 0, "\u0B92\u0B94\u0BC6\u0BCC"),
        ('\u0C56', 91, "\u0C46\u0C48"),
        ('\u0CC2', 0, "\u0CC6\u0CCA"),
        ('\u0CD5', 0, "\u0CBF\u0CC0\u0CC6\u0CC7\u0CCA\u0CCB"),
        ('\u0CD6', 0, "\u0CC6\u0CC8"),
        ('\u0D3E', 0, "\u0D46\u0D4A\u0D47\u0D4B"),
        ('\u0D57', 0, "\u0D46\u0D4C"),
        ('\u0DCA', 9, "\u0DD9\u0DDA\u0DDC\u0DDD"),
        ('\u0DCF', 0, "\u0DD9\u0DDC"),
        ('\u0DDF', 0, "\u0DD9\u0DDE"),
        ('\u102E', 0, "\u1025\u1026"),
        (
            '\u1B35',
            0,
            "\u1B05\u1B06\u1B07\u1B08\u1B09\u1B0A\u1B0B\u1B0C\u1B0D\u1B0E\u1B11\u1B12"
                + "\u1B3A\u1B3B\u1B3C\u1B3D\u1B3E\u1B40\u1B3F\u1B41\u1B42\u1B43"
        ),
        (
            '\u3099',
            8,
            "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブ"
                + "ヘベホボウヴワヷヰヸヱヹヲヺヽヾ"
        ),
        ('\u309A', 8, "はぱひぴふぷへぺほぽハパヒピフプヘペホポ"),
    ];

    private static readonly Dictionary<char, byte> Classes = Table.ToDictionary(row => row.Mark, row => row.Class);

    private static readonly Dictionary<(char Letter, char Mark), char> Composites = Table
        .SelectMany(row => row.Pairs.Chunk(2).Select(pair => (Parts: (pair[0], row.Mark), Whole: pair[1])))
        .ToDictionary(pair => pair.Parts, pair => pair.Whole);

    private static readonly Dictionary<char, (char Letter, char Mark)> Parts = Composites.ToDictionary(
        pair => pair.Value,
        pair => pair.Key
    );

    /// <summary>The text with accents as part of their letters.</summary>
    public static string Compose(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text;
        var composed = new StringBuilder(text.Length);
        // Where the letter stands that a mark may join, and the class of the last mark behind it that did not.
        var (letter, last) = (-1, 0);
        foreach (var c in Decompose(text))
        {
            var ordinal = Classes.GetValueOrDefault(c);
            var isNext = letter >= 0 && (last < ordinal || letter == composed.Length - 1);
            if (isNext && Joined(composed[letter], c) is { } whole)
            {
                composed[letter] = whole;
                continue;
            }

            composed.Append(c);
            if (ordinal == 0)
                letter = composed.Length - 1;
            last = ordinal;
        }

        return composed.ToString();
    }

    /// <summary>The text with accents behind their letters.</summary>
    public static string Decompose(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text;
        var decomposed = new StringBuilder(2 * text.Length);
        foreach (var c in text)
        {
            AppendParts(decomposed, c);
            // Marks stand in the order of their classes, whoever typed them.
            for (
                var at = decomposed.Length - 1;
                at > 0 && ClassAt(decomposed, at) is > 0 and var mark && ClassAt(decomposed, at - 1) > mark;
                at--
            )
                (decomposed[at - 1], decomposed[at]) = (decomposed[at], decomposed[at - 1]);
        }

        return decomposed.ToString();
    }

    private static int ClassAt(StringBuilder text, int at) => Classes.GetValueOrDefault(text[at]);

    private static void AppendParts(StringBuilder text, char c)
    {
        if (c - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable)
        {
            text.Append((char)(FirstLead + syllable / (Vowels * Tails)))
                .Append((char)(FirstVowel + syllable / Tails % Vowels));
            if (syllable % Tails > 0)
                text.Append((char)(BeforeFirstTail + syllable % Tails));
        }
        else if (Parts.TryGetValue(c, out var parts))
        {
            AppendParts(text, parts.Letter);
            text.Append(parts.Mark);
        }
        else
        {
            text.Append(c);
        }
    }

    private static char? Joined(char letter, char mark)
    {
        if (Composites.TryGetValue((letter, mark), out var whole))
            return whole;
        if (letter - FirstLead is >= 0 and < Leads and var lead && mark - FirstVowel is >= 0 and < Vowels and var vowel)
            return (char)(FirstSyllable + (lead * Vowels + vowel) * Tails);
        var isOpen =
            letter - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0;
        return isOpen && mark - BeforeFirstTail is > 0 and < Tails and var tail ? (char)(letter + tail) : null;
    }
}
