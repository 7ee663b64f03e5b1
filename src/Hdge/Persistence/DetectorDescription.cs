using System.Text.Json;
using Hdge.Detection;

namespace Hdge.Persistence;

/// <summary>What detectors.json holds: which scores a model was fitted for and how; detectors.safetensors holds the tensors.</summary>
internal sealed record DetectorDescription
{
    public required DetectionOptions Options { get; init; }

    /// <summary>Settings of each detector that was asked for or fitted, as the detector reads them.</summary>
    public required IReadOnlyDictionary<DetectionScore, JsonElement> Detectors { get; init; }

    /// <summary>Numbers by the name of what was fitted, also where those are none.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Fitted { get; init; }

    /// <summary>What Auto compared.</summary>
    public required IReadOnlyDictionary<DetectionScore, double> AutoAuroc { get; init; }
}
