namespace FactCheck.Runtime;

/// <summary>What a timer function is told about its schedule.</summary>
public class TimerInfo
{
    /// <summary>Earlier and next runs; null when the schedule is not monitored.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>This run is late: its time came while the host was down or busy.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>A timer's place in its schedule; UTC.</summary>
public class ScheduleStatus
{
    /// <summary>When the function last ran; <see cref="DateTime.MinValue"/> if never.</summary>
    public DateTime Last { get; set; }

    /// <summary>When it is to run next.</summary>
    public DateTime Next { get; set; }

    /// <summary>When this status was last written.</summary>
    public DateTime LastUpdated { get; set; }
}
