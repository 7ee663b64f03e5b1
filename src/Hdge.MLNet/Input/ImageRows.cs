using System.Numerics;
using Hdge.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>Reads the images of rows, whatever the feature column holds, into memory or a file.</summary>
/// <param name="features">The feature column.</param>
/// <param name="given">The shape that the user gave; null where it was found out.</param>
/// <param name="areFeatures">Whether the rows are vectors that are no images.</param>
/// <param name="scaling">What the images are for.</param>
/// <param name="photos">What to do with damaged ones.</param>
/// <param name="begin">Makes room for the images.</param>
/// <param name="warn">Told of each damaged image that is left out.</param>
internal sealed class ImageRows(FeatureColumn features, ImageShape? given, bool areFeatures, PixelScaling scaling, PhotoOptions photos, Func<ImageSetBuilder> begin, Action<string> warn) : IDisposable
{
    /// <summary>The images read.</summary>
    public ImageSetBuilder Images { get; private set; } = begin();

    /// <summary>Shape of an image.</summary>
    public ImageShape Shape => features.Shape;

    /// <summary>Name of the feature column.</summary>
    public string Name => features.Column.Name;

    /// <summary>Rows left out because their image is missing.</summary>
    public long Missing { get; private set; }

    /// <summary>Rows left out because their image is damaged.</summary>
    public long Damaged { get; private set; }

    /// <summary>Range of the values read, as the network's standardisation finds them: those of Single scaled, those of Byte divided by 255.</summary>
    public Extent Range { get; private set; } = Extent.None;

    private FeatureColumn Features => features;

    private bool AreFeatures => areFeatures;

    private float Scale => scaling.Scale;

    private PhotoOptions Photos => photos;

    private Action<string> Warn => warn;

    private bool AreBytes => features.Vector is not { } vector || vector.ItemType == NumberDataViewType.Byte;

    /// <summary>A row that is to be read: its class, from 0, and its weight.</summary>
    public readonly record struct Row(int Label, float Weight);

    public void Dispose() => Images.Dispose();

    /// <summary>What a user should know of the images' shape.</summary>
    public string? ShapeDoubt() => !areFeatures && features.Vector is { } type ? ImageShapes.Doubt(given, type, Name) : null;

    /// <summary>What a user should know of the images that were read.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Missing > 0)
            yield return InputMessages.MissingImages(Name, Missing);
        if (Damaged > 0)
            yield return InputMessages.DamagedImages(Name, Damaged, Damaged + Images.Count);
    }

    /// <summary>What a user should know of the range of their values.</summary>
    public string? RangeDoubt() => areFeatures ? null : ScalingDoubt.Of(Range, scaling, AreBytes, Name);

    /// <summary>Reads.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="others">Further columns that <paramref name="rows"/> reads.</param>
    /// <param name="rows">Moves a cursor to each row that is to be read.</param>
    /// <param name="added">Told of each row whose image has become part of the set.</param>
    /// <param name="restart">Told when reading begins anew.</param>
    /// <param name="cancellationToken">Looked at now and then.</param>
    /// <exception cref="InvalidDataException">A value is not finite, or an image is damaged and such are not passed over.</exception>
    public void Read(
        IDataView input, IReadOnlyList<DataViewSchema.Column> others, Func<DataViewRowCursor, IEnumerable<Row>> rows, Action<Row> added, Action restart, CancellationToken cancellationToken)
    {
        IReadOnlyList<DataViewSchema.Column> texts = features.Kind != FeatureKind.Path && ImageStages.In(input.Schema) ? ImageStages.Texts(input.Schema) : [];
        DataViewSchema.Column[] columns = [features.Column, .. others, .. texts];
        try
        {
            using DataViewRowCursor cursor = input.GetRowCursor(columns);
            new Reading(this, cursor, texts, rows(cursor), added).Run(cancellationToken);
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException && ImageStages.In(input.Schema))
        {
            // The stages before ran on several threads, where nobody knows which row was damaged, and the rest of the rows is lost: once more, row by row.
            Images.Dispose();
            Images = begin();
            (Missing, Damaged, Range) = (0, 0, Extent.None);
            restart();
            using DataViewRowCursor cursor = ImageStages.OneThread(input, columns);
            new Reading(this, cursor, texts, rows(cursor), added).Run(cancellationToken);
        }
    }

    /// <summary>One go over the rows.</summary>
    private sealed class Reading(ImageRows owner, DataViewRowCursor cursor, IReadOnlyList<DataViewSchema.Column> texts, IEnumerable<Row> rows, Action<Row> added)
    {
        private readonly DataViewSchema.Column _column = owner.Features.Column;
        private readonly int _length = owner.Shape.Length;

        public void Run(CancellationToken cancellationToken)
        {
            if (owner.Features.Kind == FeatureKind.Path)
                ReadFiles(cancellationToken);
            else if (owner.Features.Kind == FeatureKind.Image)
                ReadPictures();
            else if (owner.AreBytes)
                Read<byte>((pixels, label) => owner.Images.Add(pixels, label), 1 / 255f);
            else
                Read<float>((pixels, label) => owner.Images.Add(pixels, label, owner.Scale), owner.Scale);
        }

        private void Read<T>(Action<T[], int> add, float scale) where T : struct, INumber<T>
        {
            ValueGetter<VBuffer<T>> getFeatures = cursor.GetGetter<VBuffer<T>>(_column);
            Func<string> describe = ImageStages.Describe(cursor, texts);
            bool fromImages = ImageStages.In(cursor.Schema);
            VBuffer<T> values = default;
            var pixels = new T[_length];
            Action get = () => getFeatures(ref values);
            foreach (Row row in rows)
            {
                if (!Try(get, fromImages, describe))
                    continue;
                if (values.Length != pixels.Length)
                    throw new InvalidDataException(InputMessages.RowLength(owner.Name, cursor.Position, values.Length, pixels.Length));
                if (!owner.AreFeatures && MissingImage.Is(values)) // of features it is a row of zeros
                {
                    owner.Missing++;
                    continue;
                }

                values.CopyTo(pixels);
                if (!Finite.All<T>(pixels))
                    throw new InvalidDataException(InputMessages.NotFinite(owner.Name, cursor.Position));
                owner.Range = owner.Range.And(Extent.Of<T>(pixels).Times(scale));
                add(pixels, row.Label);
                added(row);
            }
        }

        private void ReadPictures()
        {
            ValueGetter<MLImage?> getImage = cursor.GetGetter<MLImage?>(_column);
            Func<string> describe = ImageStages.Describe(cursor, texts);
            var pictures = new Pictures(owner.Shape, owner.Photos);
            MLImage? image = null; // of one row at a time: who makes them disposes of the one before
            var pixels = new byte[_length];
            Action get = () => getImage(ref image);
            foreach (Row row in rows)
            {
                if (!Try(get, canBeDamaged: true, describe))
                {
                    image = null;
                    continue;
                }
                if (image is null)
                    owner.Missing++;
                else if (pictures.Draw(image, pixels) is { } reason)
                    LeaveOut(cursor.Position, describe(), reason);
                else
                    Add(pixels, row);
            }
        }

        private void ReadFiles(CancellationToken cancellationToken)
        {
            ValueGetter<ReadOnlyMemory<char>> getPath = cursor.GetGetter<ReadOnlyMemory<char>>(_column);
            var reader = new PhotoReader(owner.Shape, owner.Photos);
            var pixels = new byte[reader.WindowSize * _length];
            var (paths, places) = (new List<string>(reader.WindowSize), new List<(long Position, Row Row)>(reader.WindowSize));
            ReadOnlyMemory<char> path = default;
            foreach (Row row in rows)
            {
                getPath(ref path);
                if (path.IsEmpty)
                {
                    owner.Missing++;
                    continue;
                }
                paths.Add(path.ToString());
                places.Add((cursor.Position, row));
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
                        LeaveOut(places[i].Position, $" ('{paths[i]}')", reason);
                    else
                        Add(pixels.AsSpan(i * _length, _length), places[i].Row);
                }
                paths.Clear();
                places.Clear();
            }
        }

        private void Add(ReadOnlySpan<byte> pixels, Row row)
        {
            owner.Range = owner.Range.And(Extent.Of(pixels).Times(1 / 255f));
            owner.Images.Add(pixels, row.Label);
            added(row);
        }

        /// <summary>Gets a value; false where the image behind it is damaged and the row is left out.</summary>
        private bool Try(Action get, bool canBeDamaged, Func<string> describe)
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

        private void LeaveOut(long position, string what, string reason, Exception? error = null)
        {
            if (owner.Photos.Damaged == DamagedAction.Stop)
                throw new InvalidDataException(InputMessages.Damaged(owner.Name, position, what, reason), error);
            owner.Damaged++;
            owner.Warn(InputMessages.LeftOut(owner.Name, position, what, reason));
        }
    }
}
