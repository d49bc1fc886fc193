namespace FactCheck.Host;

/// <summary>The worker ended while it was at it, or there was none to be had.</summary>
internal sealed class WorkerLostException(string message) : Exception(message);
