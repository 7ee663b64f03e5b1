namespace Hdge.Tests;

/// <summary>A test that starts processes by mpirun; skipped, and told why, where there is none.</summary>
internal sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute() => Skip = Missing;

    /// <summary>Why no test can start processes here; null where they can.</summary>
    public static string? Missing { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "mpirun")))
        ? null : "mpirun is not installed (Debian: apt-get install openmpi-bin)";
}

/// <inheritdoc cref="MpiFactAttribute"/>
internal sealed class MpiTheoryAttribute : TheoryAttribute
{
    public MpiTheoryAttribute() => Skip = MpiFactAttribute.Missing;
}
