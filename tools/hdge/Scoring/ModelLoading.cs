using Hdge.Persistence;
using Hdge.Reports;

namespace Hdge.Cli.Scoring;

/// <summary>Reads what <c>train</c> writes: a model, or an ensemble.</summary>
internal static class ModelLoading
{
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static IEvaluatedModel Load(string path, string? device) => EnsembleFile.Is(path) ? HdgeEnsemble.Load(path, device) : HdgeModel.Load(path, device);
}
