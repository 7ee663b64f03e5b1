namespace Hdge.Reports;

/// <summary>A line of the settings: what was run.</summary>
public sealed record ReportSetting(string Name, string Value);
