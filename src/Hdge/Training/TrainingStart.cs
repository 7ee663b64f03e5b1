using Hdge.Data;
using Hdge.Networks;

namespace Hdge.Training;

/// <summary>What a training run sets out with.</summary>
public sealed record TrainingStart
{
    /// <summary>Where it trains: "cpu", "cuda:0" and so on.</summary>
    public required string Device { get; init; }

    /// <summary>Processes that train together (<see cref="TrainingOptions.Distributed"/>). Default 1.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Kind and size of the network.</summary>
    public required NetworkOptions Network { get; init; }

    /// <summary>Numbers to train.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>In how many bits the network is trained: <see cref="Precision.Single"/> or <see cref="Precision.Mixed"/>.</summary>
    public required Precision Precision { get; init; }

    /// <summary>Why in that precision, where <see cref="Precision.Auto"/> chose it; else null.</summary>
    public required string? PrecisionReason { get; init; }

    /// <summary>Shape of the images.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>Images trained on.</summary>
    public required int TrainingImages { get; init; }

    /// <summary>Images held out for validation and calibration.</summary>
    public required int HeldOutImages { get; init; }

    /// <summary>Whether these are a set of their own and not a part of the images given to train on. Default false.</summary>
    public bool HasValidationSet { get; init; }

    /// <summary>Classes that occur among the images.</summary>
    public required int ClassCount { get; init; }

    /// <summary>One line for a log.</summary>
    public override string ToString() =>
        $"Training on {TrainingImages + (HasValidationSet ? 0 : HeldOutImages)} images of {Shape}{(ClassCount > 1 ? $" in {ClassCount} classes" : "")}, {HeldOutImages} {(HasValidationSet ? "others for validation" : "of them held out")}, in {(Precision == Precision.Mixed ? "mixed" : "single")} precision{(PrecisionReason is null ? "" : $" ({PrecisionReason})")}: {Network} with {ParameterCount:N0} parameters on {Device}{(Processes > 1 ? $", {Processes} processes" : "")}.";
}
