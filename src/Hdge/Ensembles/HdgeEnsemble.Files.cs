using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Detection;
using Hdge.Persistence;
using Hdge.Training;
using TorchSharp;

namespace Hdge;

public sealed partial class HdgeEnsemble
{
    /// <summary>Writes the ensemble: its own calibration and the file of every member, in one zip.</summary>
    /// <inheritdoc cref="HdgeModel.Save(Stream)"/>
    public void Save(Stream stream)
    {
        using var use = _gate.Enter(this);
        EnsembleFile.Write(this, stream);
    }

    /// <summary>Writes the ensemble to a file, which appears only when it is whole.</summary>
    /// <inheritdoc cref="HdgeModel.Save(string)"/>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, Save);
    }

    /// <summary>Reads an ensemble.</summary>
    /// <param name="stream">Readable and seekable, from its first byte to its last as written by <see cref="Save(Stream)"/>.</param>
    /// <param name="device">Where it shall score: "cpu", "cuda", "cuda:1" …; null takes a GPU when there is one.</param>
    /// <exception cref="InvalidDataException">The file is damaged, holds a single model, or its members do not fit together.</exception>
    public static HdgeEnsemble Load(Stream stream, string? device = null)
    {
        Libtorch.EnsureLoaded();
        using var on = Autograd.On();
        return EnsembleFile.Read(stream, Devices.Resolve(device));
    }

    /// <summary>Reads an ensemble from a file.</summary>
    /// <param name="path">File as written by <see cref="Save(string)"/>.</param>
    /// <param name="device">Where it shall score: "cpu", "cuda", "cuda:1" …; null takes a GPU when there is one.</param>
    /// <exception cref="InvalidDataException">As <see cref="Load(Stream, string?)"/>; the message names the file.</exception>
    public static HdgeEnsemble Load(string path, string? device = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ModelFile.Named(path, stream => Load(stream, device));
    }

    /// <summary>An ensemble as a file tells it.</summary>
    /// <exception cref="InvalidDataException">The members cannot give the score that decides.</exception>
    internal static HdgeEnsemble Restored(List<HdgeModel> members, Calibrator calibrator, Decision decision, ConformalPredictor? predictionSets)
    {
        var ensemble = new HdgeEnsemble(members);
        if (!ensemble.Available.Contains(decision.Score))
            throw new InvalidDataException($"The ensemble decides by {decision.Score}, but its members can all give {string.Join(", ", ensemble.Available)}.");
        ensemble.DecideBy(decision.Score);
        ensemble._fitted = new(calibrator, decision, predictionSets);
        return ensemble;
    }
}
