using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Hdge.MLNet.Input;

/// <summary>Reads a training set's rows as images, into memory or a file.</summary>
internal sealed class TrainingRows : IDisposable
{
    private readonly FeatureColumn _features;
    private readonly LabelledRows _rows;
    private readonly ImageShape? _givenShape;
    private readonly PixelScaling _scaling;
    private readonly PhotoOptions _photos;
    private readonly Func<ImageSetBuilder> _begin;
    private readonly bool _areFeatures;
    private readonly Action<string> _warn;
    private readonly IReadOnlyList<DataViewSchema.Column> _texts;
    private readonly DataViewSchema.Column? _weight;
    private readonly List<float> _weights = [];
    private ImageSetBuilder _images;
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
        _areFeatures = options.Training.Network.TakesFeatures;
        _features = FeatureColumn.Find(input.Schema, options.FeatureColumnName, options.ImageShape, _areFeatures);
        SingleClasses.Refuse(input, InputColumns.Find(input.Schema, options.LabelColumnName, "label"));
        (DataViewSchema.Column label, ClassCount) = InputColumns.FindLabel(input.Schema, options.LabelColumnName);
        _rows = new(label, ClassCount);
        if (weighted && options.ExampleWeightColumnName is { } weight)
            _weight = InputColumns.FindOf(input.Schema, weight, "weight", NumberDataViewType.Single);
        (_givenShape, _scaling, _photos, _warn) = (options.ImageShape, options.Training.Scaling, options.Photos, warn);
        _texts = _features.Kind != FeatureKind.Path && ImageStages.In(input.Schema) ? ImageStages.Texts(input.Schema) : [];
        _begin = () => new ImageSetBuilder(Shape, _areFeatures, options.CacheOptions, (int)Math.Clamp(input.GetRowCount() ?? 0, 0, int.MaxValue));
        _images = _begin();
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
    public long MissingImages { get; private set; }

    /// <summary>Rows left out because their image is damaged.</summary>
    public long DamagedImages { get; private set; }

    /// <summary>Range of the values read, as the network's standardisation finds them: those of Single scaled, those of Byte divided by 255.</summary>
    public Extent Range { get; private set; } = Extent.None;

    private string Name => _features.Column.Name;

    private bool AreBytes => _features.Vector is not { } vector || vector.ItemType == NumberDataViewType.Byte;

    /// <summary>What a user should know of the rows that were read.</summary>
    public IEnumerable<string> Warnings()
    {
        if (!_areFeatures && _features.Vector is { } type && ImageShapes.Doubt(_givenShape, type, Name) is { } doubt)
            yield return doubt;
        if (MissingLabels > 0)
            yield return InputMessages.MissingLabels(Label.Name, MissingLabels);
        if (MissingImages > 0)
            yield return InputMessages.MissingImages(Name, MissingImages);
        if (DamagedImages > 0)
            yield return InputMessages.DamagedImages(Name, DamagedImages, DamagedImages + _images.Count);
        if (_weight is { } weight && _weightless > 0)
            yield return InputMessages.ZeroWeights(weight.Name, _weightless);
        if (!_areFeatures && ScalingDoubt.Of(Range, _scaling, AreBytes, Name) is { } range)
            yield return range;
    }

    /// <summary>Reads all rows that have a label, an image and a weight above 0, in the input's order.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, an image is damaged, a label or weight is out of range, or fewer than two classes have rows.</exception>
    public ImageSet Read(IDataView input, CancellationToken cancellationToken)
    {
        ReadRows(input, cancellationToken);
        if (_images.Count == 0)
            throw new InvalidDataException(MissingImages + DamagedImages > 0 ? InputMessages.NoImages(Name, MissingImages, DamagedImages)
                : _weight is { } weight && _weightless > 0 ? InputMessages.NoWeights(weight.Name, _weightless) : InputMessages.Empty(Label.Name, MissingLabels));
        ImageSet images = _images.Build(ClassCount);
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
        return _images.Count > 0 ? _images.Build(ClassCount) : throw new InvalidDataException(InputMessages.NoValidationRows(Label.Name, MissingLabels + MissingImages + DamagedImages));
    }

    public void Dispose() => _images.Dispose();

    private void ReadRows(IDataView input, CancellationToken cancellationToken)
    {
        DataViewSchema.Column[] columns = [_features.Column, Label, .. _texts, .. _weight is { } weight ? [weight] : Array.Empty<DataViewSchema.Column>()];
        try
        {
            using DataViewRowCursor cursor = input.GetRowCursor(columns);
            ReadRows(cursor, cancellationToken);
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException && ImageStages.In(input.Schema))
        {
            // The stages before ran on several threads, where nobody knows which row was damaged, and the rest of the rows is lost: once more, row by row.
            Restart();
            using DataViewRowCursor cursor = ImageStages.OneThread(input, columns);
            ReadRows(cursor, cancellationToken);
        }
    }

    private void Restart()
    {
        _images.Dispose();
        _images = _begin();
        _rows.Restart();
        _weights.Clear();
        (MissingImages, DamagedImages, _weightless, Range) = (0, 0, 0, Extent.None);
    }

    private void ReadRows(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        if (_features.Kind == FeatureKind.Path)
            ReadFiles(cursor, cancellationToken);
        else if (_features.Kind == FeatureKind.Image)
            ReadPictures(cursor, cancellationToken);
        else if (AreBytes)
            Read<byte>(cursor, (pixels, label) => _images.Add(pixels, label), 1 / 255f, cancellationToken);
        else
            Read<float>(cursor, (pixels, label) => _images.Add(pixels, label, _scaling.Scale), _scaling.Scale, cancellationToken);
    }

    /// <summary>Moves the cursor to each row that has a label and a weight above 0.</summary>
    private IEnumerable<(int Label, float Weight)> Rows(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        ValueGetter<float>? getWeight = _weight is { } column ? cursor.GetGetter<float>(column) : null;
        float weight = 1;
        foreach (int label in _rows.Of(cursor, cancellationToken))
        {
            getWeight?.Invoke(ref weight);
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new InvalidDataException(InputMessages.WrongWeight(_weight!.Value.Name, cursor.Position, weight));
            if (weight > 0)
                yield return (label, weight);
            else
                _weightless++;
        }
    }

    private void Read<T>(DataViewRowCursor cursor, Action<T[], int> add, float scale, CancellationToken cancellationToken) where T : struct, INumber<T>
    {
        ValueGetter<VBuffer<T>> getFeatures = cursor.GetGetter<VBuffer<T>>(_features.Column);
        Func<string> describe = ImageStages.Describe(cursor, _texts);
        bool fromImages = ImageStages.In(cursor.Schema);
        VBuffer<T> row = default;
        var pixels = new T[Shape.Length];
        Action get = () => getFeatures(ref row);
        foreach (var (label, weight) in Rows(cursor, cancellationToken))
        {
            if (!Try(get, fromImages, cursor, describe))
                continue;
            if (row.Length != pixels.Length)
                throw new InvalidDataException(InputMessages.RowLength(Name, cursor.Position, row.Length, pixels.Length));
            if (!_areFeatures && MissingImage.Is(row)) // of features it is a row of zeros
            {
                MissingImages++;
                continue;
            }

            row.CopyTo(pixels);
            if (!Finite.All<T>(pixels))
                throw new InvalidDataException(InputMessages.NotFinite(Name, cursor.Position));
            Range = Range.And(Extent.Of<T>(pixels).Times(scale));
            add(pixels, label);
            AddWeight(weight);
        }
    }

    private void ReadPictures(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        ValueGetter<MLImage?> getImage = cursor.GetGetter<MLImage?>(_features.Column);
        Func<string> describe = ImageStages.Describe(cursor, _texts);
        var pictures = new Pictures(Shape, _photos);
        MLImage? image = null; // of one row at a time: who makes them disposes of the one before
        var pixels = new byte[Shape.Length];
        Action get = () => getImage(ref image);
        foreach (var (label, weight) in Rows(cursor, cancellationToken))
        {
            if (!Try(get, canBeDamaged: true, cursor, describe))
            {
                image = null;
                continue;
            }
            if (image is null)
                MissingImages++;
            else if (pictures.Draw(image, pixels) is { } reason)
                LeaveOut(cursor.Position, describe(), reason);
            else
                Add(pixels, label, weight);
        }
    }

    private void ReadFiles(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        ValueGetter<ReadOnlyMemory<char>> getPath = cursor.GetGetter<ReadOnlyMemory<char>>(_features.Column);
        var reader = new PhotoReader(Shape, _photos);
        var pixels = new byte[reader.WindowSize * Shape.Length];
        var (paths, places) = (new List<string>(reader.WindowSize), new List<(long Row, int Label, float Weight)>(reader.WindowSize));
        ReadOnlyMemory<char> path = default;
        foreach (var (label, weight) in Rows(cursor, cancellationToken))
        {
            getPath(ref path);
            if (path.IsEmpty)
            {
                MissingImages++;
                continue;
            }
            paths.Add(path.ToString());
            places.Add((cursor.Position, label, weight));
            if (paths.Count == reader.WindowSize)
                ReadWindow();
        }
        ReadWindow();

        void ReadWindow()
        {
            string?[] reasons = reader.Read(paths, pixels, cancellationToken);
            for (int i = 0; i < reasons.Length; i++)
            {
                if (reasons[i] is { } reason)
                    LeaveOut(places[i].Row, $" ('{paths[i]}')", reason);
                else
                    Add(pixels.AsSpan(i * Shape.Length, Shape.Length), places[i].Label, places[i].Weight);
            }
            paths.Clear();
            places.Clear();
        }
    }

    private void Add(ReadOnlySpan<byte> pixels, int label, float weight)
    {
        Range = Range.And(Extent.Of(pixels).Times(1 / 255f));
        _images.Add(pixels, label);
        AddWeight(weight);
    }

    private void AddWeight(float weight)
    {
        if (_weight is not null)
            _weights.Add(weight);
    }

    /// <summary>Gets a value; false where the image behind it is damaged and the row is left out.</summary>
    private bool Try(Action get, bool canBeDamaged, DataViewRowCursor cursor, Func<string> describe)
    {
        try
        {
            get();
            return true;
        }
        catch (Exception error) when (canBeDamaged && ImageStages.IsDamage(error))
        {
            LeaveOut(cursor.Position, describe(), error.Message, error);
            return false;
        }
    }

    private void LeaveOut(long row, string what, string reason, Exception? error = null)
    {
        if (_photos.Damaged == DamagedAction.Stop)
            throw new InvalidDataException(InputMessages.Damaged(Name, row, what, reason), error);
        DamagedImages++;
        _warn(InputMessages.LeftOut(Name, row, what, reason));
    }
}
