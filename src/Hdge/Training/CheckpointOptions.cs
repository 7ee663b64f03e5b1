namespace Hdge.Training;

/// <summary>Where and how often a run saves a state from which a killed run can go on (docs/resume.md).</summary>
public sealed record CheckpointOptions
{
    /// <summary>The file; its folder is made where it is missing. The state before the newest stays beside it as <c>Path.previous</c>; while one is written
    /// there is also <c>Path.partial</c>. Room for three of them is checked at the start. Required.</summary>
    public required string Path { get; init; }

    /// <summary>Epochs between saves. Default 1, at least 1. The last epoch is always saved.</summary>
    public int EveryEpochs { get; init; } = 1;

    /// <summary>
    /// Goes on from the file, or begins where there is none. Default false: begins, and refuses to where the file is there already.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">The path is empty, or a value is out of range.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Path))
            throw new ArgumentException($"{nameof(Checkpoint)}.{nameof(Path)} is empty, expected a file's path.");
        Argument.Require(EveryEpochs >= 1, EveryEpochs, "at least 1");
    }
}
