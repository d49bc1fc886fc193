using System.Diagnostics;

namespace FactCheck.Host;

/// <summary>Tells listeners of figures and spans, others' code: what they throw costs the host nothing.</summary>
internal static class Quietly
{
    public static void Do(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception fault)
        {
            // Not to the log: that might tell the same listener again.
            Debug.WriteLine(fault);
        }
    }

    /// <summary>Asks them for a span; null when one of them throws.</summary>
    public static T? Make<T>(Func<T?> make)
        where T : class
    {
        try
        {
            return make();
        }
        catch (Exception fault)
        {
            Debug.WriteLine(fault);
            return null;
        }
    }
}
