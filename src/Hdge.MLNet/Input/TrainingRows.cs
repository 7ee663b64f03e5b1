using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>Reads a training set's rows as images into memory.</summary>
internal sealed class TrainingRows
{
    private readonly DataViewSchema.Column _features;
    private readonly LabelledRows _rows;
    private readonly ImageShape? _givenShape;
    private readonly PixelScaling _scaling;
    private readonly ImageSetBuilder _images;
    private readonly bool _areFeatures;
    private readonly DataViewSchema.Column? _weight;
    private readonly List<float> _weights = [];
    private long _weightless;

    /// <summary>Finds the columns; reads no images yet.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="options">The columns' names and what the images are for.</param>
    /// <param name="weighted">Whether to look at the weight column, where one is named.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size.</exception>
    /// <exception cref="InvalidDataException">There are no rows, or the label's key type has a single value.</exception>
    public TrainingRows(IDataView input, HdgeTrainer.Options options, bool weighted = true)
    {
        (_features, FeatureType) = InputColumns.FindFeatures(input.Schema, options.FeatureColumnName);
        SingleClasses.Refuse(input, InputColumns.Find(input.Schema, options.LabelColumnName, "label"));
        (DataViewSchema.Column label, ClassCount) = InputColumns.FindLabel(input.Schema, options.LabelColumnName);
        _rows = new(label, ClassCount);
        if (weighted && options.ExampleWeightColumnName is { } weight)
            _weight = InputColumns.FindOf(input.Schema, weight, "weight", NumberDataViewType.Single);
        (_givenShape, _scaling) = (options.ImageShape, options.Training.Scaling);
        _areFeatures = options.Training.Network.TakesFeatures;
        _images = new ImageSetBuilder(ImageShapes.Resolve(_givenShape, FeatureType, _features.Name, _areFeatures), _areFeatures);
    }

    /// <summary>Type of the feature column.</summary>
    public VectorDataViewType FeatureType { get; }

    /// <summary>The label column.</summary>
    public DataViewSchema.Column Label => _rows.Label;

    /// <summary>Number of classes, by the label's key type.</summary>
    public int ClassCount { get; }

    /// <summary>Shape of an image.</summary>
    public ImageShape Shape => _images.Shape;

    /// <summary>Rows left out because their label is missing.</summary>
    public long MissingLabels => _rows.Missing;

    /// <summary>Rows left out because their image is missing.</summary>
    public long MissingImages { get; private set; }

    /// <summary>Range of the values read, as the network's standardisation finds them: those of Single scaled, those of Byte divided by 255.</summary>
    public Extent Range { get; private set; } = Extent.None;

    /// <summary>What a user should know of the rows that were read.</summary>
    public IEnumerable<string> Warnings()
    {
        if (!_areFeatures && ImageShapes.Doubt(_givenShape, FeatureType, _features.Name) is { } doubt)
            yield return doubt;
        if (MissingLabels > 0)
            yield return InputMessages.MissingLabels(Label.Name, MissingLabels);
        if (MissingImages > 0)
            yield return InputMessages.MissingImages(_features.Name, MissingImages);
        if (_weight is { } weight && _weightless > 0)
            yield return InputMessages.ZeroWeights(weight.Name, _weightless);
        if (!_areFeatures && ScalingDoubt.Of(Range, _scaling, FeatureType.ItemType == NumberDataViewType.Byte, _features.Name) is { } range)
            yield return range;
    }

    /// <summary>Reads all rows that have a label, an image and a weight above 0, in the input's order.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, a label or weight is out of range, or fewer than two classes have rows.</exception>
    public ImageSet Read(IDataView input, CancellationToken cancellationToken)
    {
        ReadRows(input, cancellationToken);
        if (_images.Count == 0)
            throw new InvalidDataException(MissingImages > 0 ? InputMessages.NoImages(_features.Name, MissingImages)
                : _weight is { } weight && _weightless > 0 ? InputMessages.NoWeights(weight.Name, _weightless) : InputMessages.Empty(Label.Name, MissingLabels));
        ImageSet images = _images.Build(ClassCount).WithWeights([.. _weights]);
        if (!images.Labels.ContainsAnyExcept(images.Labels[0]))
            throw new InvalidDataException(InputMessages.SingleClass(Label.Name, LabelValues.Of(Label, ClassCount)?.Texts.ElementAt(images.Labels[0]), images.Count));
        return images;
    }

    /// <summary>As <see cref="Read(IDataView, CancellationToken)"/>, of a validation set, which may lack classes.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, a label is out of range, or there are no rows.</exception>
    public ImageSet ReadValidation(IDataView input, CancellationToken cancellationToken)
    {
        ReadRows(input, cancellationToken);
        return _images.Count > 0 ? _images.Build(ClassCount) : throw new InvalidDataException(InputMessages.NoValidationRows(Label.Name, MissingLabels + MissingImages));
    }

    private void ReadRows(IDataView input, CancellationToken cancellationToken)
    {
        using DataViewRowCursor cursor = input.GetRowCursor(_weight is { } column ? [_features, Label, column] : [_features, Label]);
        if (FeatureType.ItemType == NumberDataViewType.Byte)
            Read<byte>(cursor, (pixels, label) => _images.Add(pixels, label), 1 / 255f, cancellationToken);
        else
            Read<float>(cursor, (pixels, label) => _images.Add(pixels, label, _scaling.Scale), _scaling.Scale, cancellationToken);
    }

    private void Read<T>(DataViewRowCursor cursor, Action<T[], int> add, float scale, CancellationToken cancellationToken) where T : struct, INumber<T>
    {
        ValueGetter<VBuffer<T>> getFeatures = cursor.GetGetter<VBuffer<T>>(_features);
        ValueGetter<float>? getWeight = _weight is { } column ? cursor.GetGetter<float>(column) : null;
        VBuffer<T> row = default;
        var pixels = new T[Shape.Length];
        foreach (int label in _rows.Of(cursor, cancellationToken))
        {
            float weight = 1;
            getWeight?.Invoke(ref weight);
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new InvalidDataException(InputMessages.WrongWeight(_weight!.Value.Name, cursor.Position, weight));
            if (weight == 0)
            {
                _weightless++;
                continue;
            }
            getFeatures(ref row);
            if (row.Length != pixels.Length)
                throw new InvalidDataException(InputMessages.RowLength(_features.Name, cursor.Position, row.Length, pixels.Length));
            if (!_areFeatures && MissingImage.Is(row)) // of features it is a row of zeros
            {
                MissingImages++;
                continue;
            }

            row.CopyTo(pixels);
            if (!Finite.All<T>(pixels))
                throw new InvalidDataException(InputMessages.NotFinite(_features.Name, cursor.Position));
            Range = Range.And(Extent.Of<T>(pixels).Times(scale));
            add(pixels, label);
            if (getWeight is not null)
                _weights.Add(weight);
        }
    }
}
