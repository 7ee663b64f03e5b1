using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Scoring;

/// <summary>A transformer that scores rows: what its data views and cursors need of it.</summary>
internal interface IScoringTransformer
{
    IScoringModel Model { get; }

    IHostEnvironment Environment { get; }

    string FeatureColumnName { get; }

    OutputColumnNames Outputs { get; }

    OutOfRangeAction OutOfRange { get; }

    /// <summary>How pictures and image files become images.</summary>
    PhotoOptions Photos { get; }

    /// <summary>The schema that it gives for data of the given schema.</summary>
    DataViewSchema Outline(DataViewSchema input);

    /// <summary>The feature column, with its type checked.</summary>
    FeatureColumn FindFeatures(DataViewSchema input);

    /// <summary>True once: for the first row out of range, of which the log shall tell.</summary>
    bool IsFirstOutOfRange();

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    void ThrowIfDisposed();

    /// <summary>Writes what it does into ML.NET's converter.</summary>
    /// <param name="source">The data view that it was given.</param>
    /// <param name="output">The schema that it gives.</param>
    /// <param name="context">ML.NET's.</param>
    /// <exception cref="NotSupportedException">It cannot be exported.</exception>
    void SaveAsOnnx(IDataView source, DataViewSchema output, OnnxContext context);
}
