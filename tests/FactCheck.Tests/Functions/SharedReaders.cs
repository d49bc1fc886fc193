using FactCheck.Functions.Configuration;
using FactCheck.Functions.Reading;
using Microsoft.Extensions.Logging.Abstractions;

namespace FactCheck.Tests.Functions;

/// <summary>Readers for every desk of these tests, so that not each test waits for one to start. They end with this
/// process.</summary>
internal static class SharedReaders
{
    public static Readers All { get; } = new(new Settings(), NullLogger<Readers>.Instance);
}
