using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

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
    private ImageSetBuilder _images;
    private readonly bool _areFeatures;
    private readonly Action<string> _warn;
    private readonly IReadOnlyList<DataViewSchema.Column> _texts;

    /// <summary>Finds the columns; reads no images yet.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="options">Columns, shape, scaling, what to do with damaged images and where to keep all of them.</param>
    /// <param name="warn">Told of each damaged image that is left out.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size.</exception>
    /// <exception cref="InvalidDataException">There are no rows, or the label's key type has a single value.</exception>
    public TrainingRows(IDataView input, HdgeTrainer.Options options, Action<string> warn)
    {
        _areFeatures = options.Training.Network.TakesFeatures;
        _features = FeatureColumn.Find(input.Schema, options.FeatureColumnName, options.ImageShape, _areFeatures);
        SingleClasses.Refuse(input, InputColumns.Find(input.Schema, options.LabelColumnName, "label"));
        (DataViewSchema.Column label, ClassCount) = InputColumns.FindLabel(input.Schema, options.LabelColumnName);
        _rows = new(label, ClassCount);
        (_givenShape, _scaling, _photos, _warn) = (options.ImageShape, options.Training.Scaling, options.Photos, warn);
        _texts = _features.Kind != FeatureKind.Path && ImageStages.In(input.Schema) ? ImageStages.Texts(input.Schema) : [];
        _begin = () => new ImageSetBuilder(Shape, _areFeatures, options.CacheOptions, (int)Math.Clamp(input.GetRowCount() ?? 0, 0, int.MaxValue));
        _images = _begin();
    }

    /// <summary>Type of the feature column.</summary>
    public DataViewType FeatureType => _features.Column.Type;

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
        if (!_areFeatures && ScalingDoubt.Of(Range, _scaling, AreBytes, Name) is { } range)
            yield return range;
    }

    /// <summary>Reads all rows that have a label and an image, in the input's order.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, an image is damaged, a label is out of range, or fewer than two classes have rows.</exception>
    public ImageSet Read(IDataView input, CancellationToken cancellationToken)
    {
        DataViewSchema.Column[] columns = [_features.Column, Label, .. _texts];
        try
        {
            using DataViewRowCursor cursor = input.GetRowCursor(columns);
            Read(cursor, cancellationToken);
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException && ImageStages.In(input.Schema))
        {
            // The stages before ran on several threads, where nobody knows which row was damaged, and the rest of the rows is lost: once more, row by row.
            Restart();
            using DataViewRowCursor cursor = ImageStages.OneThread(input, columns);
            Read(cursor, cancellationToken);
        }

        if (_images.Count == 0)
            throw new InvalidDataException(MissingImages + DamagedImages > 0 ? InputMessages.NoImages(Name, MissingImages, DamagedImages) : InputMessages.Empty(Label.Name, MissingLabels));
        ImageSet images = _images.Build(ClassCount);
        if (images.Labels.ContainsAnyExcept(images.Labels[0]))
            return images;
        images.Dispose();
        throw new InvalidDataException(InputMessages.SingleClass(Label.Name, LabelValues.Of(Label, ClassCount)?.Texts.ElementAt(images.Labels[0]), images.Count));
    }

    public void Dispose() => _images.Dispose();

    private void Restart()
    {
        _images.Dispose();
        _images = _begin();
        _rows.Restart();
        (MissingImages, DamagedImages, Range) = (0, 0, Extent.None);
    }

    private void Read(DataViewRowCursor cursor, CancellationToken cancellationToken)
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

    private void Read<T>(DataViewRowCursor cursor, Action<T[], int> add, float scale, CancellationToken cancellationToken) where T : struct, INumber<T>
    {
        ValueGetter<VBuffer<T>> getFeatures = cursor.GetGetter<VBuffer<T>>(_features.Column);
        Func<string> describe = ImageStages.Describe(cursor, _texts);
        bool fromImages = ImageStages.In(cursor.Schema);
        VBuffer<T> row = default;
        var pixels = new T[Shape.Length];
        Action get = () => getFeatures(ref row);
        foreach (int label in _rows.Of(cursor, cancellationToken))
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
        foreach (int label in _rows.Of(cursor, cancellationToken))
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
                Add(pixels, label);
        }
    }

    private void ReadFiles(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        ValueGetter<ReadOnlyMemory<char>> getPath = cursor.GetGetter<ReadOnlyMemory<char>>(_features.Column);
        var reader = new PhotoReader(Shape, _photos);
        var pixels = new byte[reader.WindowSize * Shape.Length];
        var (paths, places) = (new List<string>(reader.WindowSize), new List<(long Row, int Label)>(reader.WindowSize));
        ReadOnlyMemory<char> path = default;
        foreach (int label in _rows.Of(cursor, cancellationToken))
        {
            getPath(ref path);
            if (path.IsEmpty)
            {
                MissingImages++;
                continue;
            }
            paths.Add(path.ToString());
            places.Add((cursor.Position, label));
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
                    Add(pixels.AsSpan(i * Shape.Length, Shape.Length), places[i].Label);
            }
            paths.Clear();
            places.Clear();
        }
    }

    private void Add(ReadOnlySpan<byte> pixels, int label)
    {
        Range = Range.And(Extent.Of(pixels).Times(1 / 255f));
        _images.Add(pixels, label);
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
