using Hdge.Data;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Hdge.MLNet.Input;

/// <summary>Reads a training set's rows as labelled images, into memory or a file.</summary>
internal sealed class TrainingRows : IDisposable
{
    private readonly FeatureColumn _features;
    private readonly LabelledRows _rows;
    private readonly ImageRows _images;
    private readonly DataViewSchema.Column? _weight;
    private readonly List<float> _weights = [];
    private long _weightless;

    /// <summary>Finds the columns; reads no images yet.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="options">The columns' names, what the images are for, what to do with damaged ones and where to keep all of them.</param>
    /// <param name="warn">Told of each damaged image that is left out.</param>
    /// <param name="weighted">Whether to look at the weight column, where one is named.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size.</exception>
    /// <exception cref="InvalidDataException">There are no rows, or the label's key type has a single value.</exception>
    /// <exception cref="IOException">The images are to be kept in a file, and there is no room.</exception>
    public TrainingRows(IDataView input, HdgeTrainer.Options options, Action<string> warn, bool weighted = true)
    {
        bool areFeatures = options.Training.Network.TakesFeatures;
        _features = FeatureColumn.Find(input.Schema, options.FeatureColumnName, options.ImageShape, areFeatures);
        SingleClasses.Refuse(input, InputColumns.Find(input.Schema, options.LabelColumnName, "label"));
        (DataViewSchema.Column label, ClassCount) = InputColumns.FindLabel(input.Schema, options.LabelColumnName);
        _rows = new(label, ClassCount);
        if (weighted && options.ExampleWeightColumnName is { } weight)
            _weight = InputColumns.FindOf(input.Schema, weight, "weight", NumberDataViewType.Single);
        int expected = (int)Math.Clamp(input.GetRowCount() ?? 0, 0, int.MaxValue);
        _images = new(_features, options.ImageShape, areFeatures, options.Training.Scaling, options.Photos, () => new ImageSetBuilder(Shape, areFeatures, options.CacheOptions, expected), warn);
    }

    /// <summary>Type of the feature column.</summary>
    public DataViewType FeatureType => _features.Column.Type;

    /// <summary>Type of the feature column's items, or the column where it holds no vectors (of pictures whatever their size).</summary>
    public DataViewType ItemType => _features.Vector?.ItemType ?? (_features.Kind == FeatureKind.Image ? new ImageDataViewType() : FeatureType);

    /// <summary>The label column.</summary>
    public DataViewSchema.Column Label => _rows.Label;

    /// <summary>Number of classes, by the label's key type.</summary>
    public int ClassCount { get; }

    /// <summary>Shape of an image.</summary>
    public ImageShape Shape => _features.Shape;

    /// <summary>Rows left out because their label is missing.</summary>
    public long MissingLabels => _rows.Missing;

    /// <summary>Rows left out because their image is missing.</summary>
    public long MissingImages => _images.Missing;

    /// <summary>Rows left out because their image is damaged.</summary>
    public long DamagedImages => _images.Damaged;

    /// <summary>What a user should know of the rows that were read.</summary>
    public IEnumerable<string> Warnings()
    {
        if (_images.ShapeDoubt() is { } doubt)
            yield return doubt;
        if (MissingLabels > 0)
            yield return InputMessages.MissingLabels(Label.Name, MissingLabels);
        foreach (string warning in _images.Warnings())
            yield return warning;
        if (_weight is { } weight && _weightless > 0)
            yield return InputMessages.ZeroWeights(weight.Name, _weightless);
        if (_images.RangeDoubt() is { } range)
            yield return range;
    }

    /// <summary>Reads all rows that have a label, an image and a weight above 0, in the input's order.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, an image is damaged, a label or weight is out of range, or fewer than two classes have rows.</exception>
    public ImageSet Read(IDataView input, CancellationToken cancellationToken)
    {
        ReadRows(input, cancellationToken);
        if (_images.Images.Count == 0)
            throw new InvalidDataException(MissingImages + DamagedImages > 0 ? InputMessages.NoImages(_images.Name, MissingImages, DamagedImages)
                : _weight is { } weight && _weightless > 0 ? InputMessages.NoWeights(weight.Name, _weightless) : InputMessages.Empty(Label.Name, MissingLabels));
        ImageSet images = _images.Images.Build(ClassCount);
        if (images.Labels.ContainsAnyExcept(images.Labels[0]))
            return images.WithWeights([.. _weights]);
        images.Dispose();
        throw new InvalidDataException(InputMessages.SingleClass(Label.Name, LabelValues.Of(Label, ClassCount)?.Texts.ElementAt(images.Labels[0]), images.Count));
    }

    /// <summary>As <see cref="Read(IDataView, CancellationToken)"/>, of a validation set, which may lack classes.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, an image is damaged, a label is out of range, or there are no rows.</exception>
    public ImageSet ReadValidation(IDataView input, CancellationToken cancellationToken)
    {
        ReadRows(input, cancellationToken);
        return _images.Images.Count > 0 ? _images.Images.Build(ClassCount)
            : throw new InvalidDataException(InputMessages.NoValidationRows(Label.Name, MissingLabels + MissingImages + DamagedImages));
    }

    public void Dispose() => _images.Dispose();

    private void ReadRows(IDataView input, CancellationToken cancellationToken) =>
        _images.Read(input, _weight is { } weight ? [Label, weight] : [Label], cursor => Rows(cursor, cancellationToken), row =>
        {
            if (_weight is not null)
                _weights.Add(row.Weight);
        }, Restart, cancellationToken);

    private void Restart()
    {
        _rows.Restart();
        _weights.Clear();
        _weightless = 0;
    }

    /// <summary>Moves the cursor to each row that has a label and a weight above 0.</summary>
    private IEnumerable<ImageRows.Row> Rows(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        ValueGetter<float>? getWeight = _weight is { } column ? cursor.GetGetter<float>(column) : null;
        float weight = 1;
        foreach (int label in _rows.Of(cursor, cancellationToken))
        {
            getWeight?.Invoke(ref weight);
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new InvalidDataException(InputMessages.WrongWeight(_weight!.Value.Name, cursor.Position, weight));
            if (weight > 0)
                yield return new(label, weight);
            else
                _weightless++;
        }
    }
}
