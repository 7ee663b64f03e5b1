using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML;

public static class DebuggerExtensions
{
    public static DataDebuggerPreview Preview(this IDataView data, int maxRows = 100)
        => new(data, maxRows);

    public static DataDebuggerPreview Preview(this ITransformer transformer, IDataView data, int maxRows = 100)
        => new(Guard.NotNull(transformer, nameof(transformer)).Transform(Guard.NotNull(data, nameof(data))), maxRows);

    public static DataDebuggerPreview Preview(this IEstimator<ITransformer> estimator, IDataView data, int maxRows = 100, int maxTrainingRows = 100)
    {
        Guard.NotNull(estimator, nameof(estimator));
        Guard.NotNull(data, nameof(data));
        Guard.Argument(maxTrainingRows >= 0, nameof(maxTrainingRows));
        return new DataDebuggerPreview(estimator.Fit(new SkipTakeDataView(data, 0, maxTrainingRows)).Transform(data), maxRows);
    }

    public static DataDebuggerPreview Preview<TSource>(this IDataLoader<TSource> loader, TSource source, int maxRows = 100)
        => new(Guard.NotNull(loader, nameof(loader)).Load(source), maxRows);
}
