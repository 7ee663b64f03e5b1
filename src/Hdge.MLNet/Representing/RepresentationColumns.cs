using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Representing;

/// <summary>Names of the columns that a transformer of representations adds, in this order; the last is not added where it is null.</summary>
internal sealed record RepresentationColumns(string Representation, string LogLikelihood, string IsInDistribution, string? DetectionScore)
{
    /// <exception cref="ArgumentException">A name is empty or used twice.</exception>
    public RepresentationColumns Checked()
    {
        string[] names = [Representation, LogLikelihood, IsInDistribution, .. DetectionScore is { } score ? [score] : Array.Empty<string>()];
        if (names.Any(string.IsNullOrEmpty))
            throw new ArgumentException($"The names of the output columns are '{string.Join("', '", names)}', expected none empty.");
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            throw new ArgumentException($"The names of the output columns are '{string.Join("', '", names)}', expected each once.");
        return this;
    }

    /// <summary>An input's schema with the columns.</summary>
    public DataViewSchema Append(DataViewSchema input, int length)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(Representation, new VectorDataViewType(NumberDataViewType.Single, length));
        schema.AddColumn(LogLikelihood, NumberDataViewType.Single);
        schema.AddColumn(IsInDistribution, BooleanDataViewType.Instance);
        if (DetectionScore is not null)
            schema.AddColumn(DetectionScore, NumberDataViewType.Single);
        return schema.ToSchema();
    }

    /// <summary>The same before there is data.</summary>
    public SchemaShape Outline(SchemaShape input) => OutputShape.Replace(input,
    [
        Outlines.Vector(Representation, NumberDataViewType.Single),
        Outlines.Scalar(LogLikelihood, NumberDataViewType.Single),
        Outlines.Scalar(IsInDistribution, BooleanDataViewType.Instance),
        .. DetectionScore is null ? [] : new[] { Outlines.Scalar(DetectionScore, NumberDataViewType.Single) },
    ]);
}
