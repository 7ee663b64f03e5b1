using Hdge.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>Reads a training set's rows as images into memory.</summary>
internal sealed class TrainingRows
{
    private readonly DataViewSchema.Column _features;
    private readonly DataViewSchema.Column _label;
    private readonly bool _isBytes;
    private readonly float _scale;
    private readonly ImageSetBuilder _images;

    /// <summary>Finds the columns; reads nothing yet.</summary>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size.</exception>
    public TrainingRows(DataViewSchema schema, HdgeTrainer.Options options)
    {
        (_features, FeatureType) = InputColumns.FindFeatures(schema, options.FeatureColumnName);
        (_label, ClassCount) = InputColumns.FindLabel(schema, options.LabelColumnName);
        _isBytes = FeatureType.ItemType == NumberDataViewType.Byte;
        _scale = options.Scale;
        _images = new ImageSetBuilder(ImageShapes.Resolve(options.ImageShape, FeatureType, options.FeatureColumnName));
    }

    /// <summary>Type of the feature column.</summary>
    public VectorDataViewType FeatureType { get; }

    /// <summary>The label column.</summary>
    public DataViewSchema.Column Label => _label;

    /// <summary>Number of classes, by the label's key type.</summary>
    public int ClassCount { get; }

    /// <summary>Shape of an image.</summary>
    public ImageShape Shape => _images.Shape;

    /// <summary>Rows left out because their label is missing.</summary>
    public long MissingLabels { get; private set; }

    /// <summary>The largest feature of Single, by its absolute value and after scaling.</summary>
    public float Largest { get; private set; }

    /// <summary>Reads all rows that have a label, in the input's order.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, a label is out of range, or fewer than two classes have rows.</exception>
    public ImageSet Read(IDataView input, CancellationToken cancellationToken)
    {
        using DataViewRowCursor cursor = input.GetRowCursor([_features, _label]);
        if (_isBytes)
            Read<byte>(cursor, Add, cancellationToken);
        else
            Read<float>(cursor, Add, cancellationToken);

        if (_images.Count == 0)
            throw new InvalidDataException(InputMessages.Empty(_label.Name, MissingLabels));
        ImageSet images = _images.Build(ClassCount);
        return images.Labels.ContainsAnyExcept(images.Labels[0])
            ? images
            : throw new InvalidDataException(InputMessages.SingleClass(_label.Name, images.Count));
    }

    private void Read<T>(DataViewRowCursor cursor, Action<T[], int, long> add, CancellationToken cancellationToken)
    {
        ValueGetter<VBuffer<T>> getFeatures = cursor.GetGetter<VBuffer<T>>(_features);
        Func<ulong> getLabel = LabelReader.Create(cursor, _label);
        VBuffer<T> row = default;
        var pixels = new T[Shape.Length];
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ulong key = getLabel();
            if (key == 0)
            {
                MissingLabels++;
                continue;
            }

            if (key > (ulong)ClassCount)
                throw new InvalidDataException(InputMessages.LabelOutOfRange(_label.Name, cursor.Position, key, ClassCount));
            getFeatures(ref row);
            if (row.Length != pixels.Length)
                throw new InvalidDataException(InputMessages.RowLength(_features.Name, cursor.Position, row.Length, pixels.Length));
            row.CopyTo(pixels);
            add(pixels, (int)key - 1, cursor.Position);
        }
    }

    private void Add(byte[] pixels, int label, long position) => _images.Add(pixels, label);

    private void Add(float[] pixels, int label, long position)
    {
        if (!Finite.All(pixels))
            throw new InvalidDataException(InputMessages.NotFinite(_features.Name, position));
        foreach (float value in pixels)
            Largest = Math.Max(Largest, Math.Abs(value * _scale));
        _images.Add(pixels, label, _scale);
    }
}
