using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Input that cannot be trained on or scored is refused with column, found and expected.</summary>
public class BadInputTests
{
    private readonly MLContext _context = Trained.Context;

    [Fact]
    public void MissingColumns()
    {
        HdgeTrainer.Options noFeatures = Trained.QuickOptions(), noLabel = Trained.QuickOptions();
        noFeatures.FeatureColumnName = "Pixels";
        noLabel.LabelColumnName = "Class";

        Refused<ArgumentException>(() => Fit(KeyedImage.Many(30), noFeatures), "feature column 'Pixels' is missing", "'Number', 'Label', 'Features'");
        Refused<ArgumentException>(() => Fit(KeyedImage.Many(30), noLabel), "label column 'Class' is missing", "'Number', 'Label', 'Features'");
    }

    [Fact]
    public void LabelThatIsNoKey() => Refused<ArgumentException>(
        () => Fit(TinyImages.Labelled(30)), "label column 'Label' has the type String", "expected a key", "MapValueToKey");

    [Fact]
    public void FeaturesOfAnotherType() => Refused<ArgumentException>(
        () => Fit(KeyedImage.Many(30), options => options.FeatureColumnName = "Number"), "feature column 'Number' has the type Int32", "expected a vector of Single or Byte of known size");

    [Fact]
    public void FeaturesOfDoubles()
    {
        IDataView view = _context.Data.LoadFromEnumerable(KeyedImage.Many(30));
        IDataView doubles = _context.Transforms.Conversion.ConvertType("Features", outputKind: DataKind.Double).Fit(view).Transform(view);
        Refused<ArgumentException>(() => Trainer().Fit(doubles), "'Features' has the type Vector<Double, 64>", "expected a vector of Single or Byte of known size");
    }

    [Fact]
    public void FeaturesOfUnknownSize() => Refused<ArgumentException>(
        () => Fit(Enumerable.Range(0, 9).Select(i => new Unsized { Label = 1, Features = TinyImages.Singles(i) })),
        "'Features' has the type Vector<Single>", "known size");

    [Fact]
    public void FeaturesThatDoNotFitTheShape() => Refused<ArgumentException>(
        () => Fit(KeyedImage.Many(30), options => options.ImageShape = new ImageShape(1, 8, 9)), "'Features' has 64 values a row", "expected 72 for images of 1x8x9");

    [Fact]
    public void FeaturesWithoutAClearShape() => Refused<ArgumentException>(
        () => Fit(Enumerable.Range(0, 9).Select(_ => new Odd { Label = 1 })), "'Features' has 66 values a row", "expected an ImageShape");

    [Fact]
    public void FeaturesWithColoursLast()
    {
        var view = new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 3), [1u]),
            TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, 8, 9, 3), [new VBuffer<float>(216, new float[216])]));
        Refused<ArgumentException>(() => Trainer().Fit(view), "'Features' has the dimensions 8x9x3", "expected channel first, 3x8x9");
    }

    [Fact]
    public void ImagesTooSmallForTheNetwork() => Refused<ArgumentException>(
        () => Fit(KeyedImage.Many(30), options => options.ImageShape = new ImageShape(4, 4, 4)), "4x4x4");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void FeaturesThatAreNotFinite(float value)
    {
        KeyedImage[] rows = KeyedImage.Many(30);
        rows[17].Features[63] = value;
        Refused<InvalidDataException>(() => Fit(rows), "'Features' holds NaN or an infinite value in row 17", "expected finite");
    }

    [Fact]
    public void RowsOfAnotherLength()
    {
        KeyedImage[] rows = KeyedImage.Many(30);
        rows[7].Features = [1, 2, 3];
        Refused<InvalidDataException>(() => Fit(rows), "'Features' has 3 values in row 7, expected 64");
    }

    [Fact]
    public void LabelOutsideItsRange()
    {
        var view = new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 3), [1u, 2u, 5u]),
            TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, 64), Features(3)));
        Refused<InvalidDataException>(() => Trainer().Fit(view), "label column 'Label' holds the key 5 in row 2", "expected 1 to 3");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(uint.MaxValue)]
    public void KeyTypesOfOneOrUncountedClasses(ulong count)
    {
        var view = new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), count), [1u]),
            TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, 64), Features(1)));
        Refused<ArgumentException>(() => Trainer().Fit(view), $"key type of the label column 'Label' has {count} values", "expected 2 to");
    }

    [Fact]
    public void NoRows() => Refused<InvalidDataException>(() => Fit(Array.Empty<KeyedImage>()), "found 0 rows", "'Label'");

    [Fact]
    public void NoRowsWithALabel()
    {
        KeyedImage[] rows = KeyedImage.Many(5);
        foreach (KeyedImage row in rows)
            row.Label = KeyedImage.Missing;
        Refused<InvalidDataException>(() => Fit(rows), "found 0 rows", "'Label'", "5 rows where it is missing");
    }

    [Fact]
    public void ASingleClass()
    {
        KeyedImage[] rows = KeyedImage.Many(6);
        foreach (KeyedImage row in rows)
            row.Label = 2;
        Refused<InvalidDataException>(() => Fit(rows), "'Label' holds a single class in all 6 rows", "expected at least 2");
    }

    [Fact]
    public void OptionsOutOfRange()
    {
        Refused<ArgumentException>(() => Fit(KeyedImage.Many(30), options => options.Epochs = 0), "Epochs");
        Refused<ArgumentException>(() => Fit(KeyedImage.Many(30), options => options.Scale = 0), "Scale");
        Refused<ArgumentException>(() => Fit(KeyedImage.Many(30), options => options.Mean = [0, 0, 0]), "Mean");
        Refused<ArgumentException>(() => Fit(KeyedImage.Many(30), options => options.Device = "abacus"), "abacus");
        Refused<ArgumentException>(() => Trainer(options => options.FeatureColumnName = ""), "FeatureColumnName");
        Refused<ArgumentException>(() => Trainer(options => options.ScoreColumnName = ""), "Score");
        Refused<ArgumentException>(() => Trainer(options => options.ConfidenceColumnName = "Score"), "'Score'");
    }

    [Fact]
    public void ScoringOtherColumns()
    {
        IDataView numbers = _context.Data.LoadFromEnumerable(new[] { new { Number = 1 } });
        IDataView odd = _context.Data.LoadFromEnumerable(new[] { new Odd() });

        Refused<ArgumentException>(() => Trained.Transformer.Transform(numbers), "feature column 'Features' is missing");
        Refused<ArgumentException>(() => Trained.Transformer.GetOutputSchema(odd.Schema), "'Features' has 66 values a row", "expected 64");
        Refused<ArgumentException>(() => Trained.Transformer.GetRowToRowMapper(odd.Schema), "'Features' has 66 values a row", "expected 64");
    }

    [Fact]
    public void OnlyTheBadRowFailsInScoring()
    {
        LabelledImage[] rows = TinyImages.Labelled(40);
        rows[20].Features[5] = float.NaN;
        rows[21].Features = new float[3];
        IDataView scored = Trained.Model.Transform(_context.Data.LoadFromEnumerable(rows));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["LogDensity"]]);
        ValueGetter<float> get = cursor.GetGetter<float>(scored.Schema["LogDensity"]);

        for (int row = 0; cursor.MoveNext(); row++)
        {
            float value = 0;
            if (row == 20)
                Refused<InvalidDataException>(() => get(ref value), "'Features' holds NaN or an infinite value in row 20");
            else if (row == 21)
                Refused<InvalidDataException>(() => get(ref value), "'Features' has 3 values in row 21, expected 64");
            else
                get(ref value);
        }
    }

    private HdgeTransformer Fit<T>(IEnumerable<T> rows, Action<HdgeTrainer.Options>? change = null)
        where T : class => Trainer(change).Fit(_context.Data.LoadFromEnumerable(rows));

    private HdgeTransformer Fit<T>(IEnumerable<T> rows, HdgeTrainer.Options options)
        where T : class => _context.MulticlassClassification.Trainers.Hdge(options).Fit(_context.Data.LoadFromEnumerable(rows));

    private HdgeTrainer Trainer(Action<HdgeTrainer.Options>? change = null)
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        change?.Invoke(options);
        return _context.MulticlassClassification.Trainers.Hdge(options);
    }

    private static VBuffer<float>[] Features(int count) => [.. Enumerable.Range(0, count).Select(i => new VBuffer<float>(64, TinyImages.Singles(i)))];

    private static void Refused<TException>(Action action, params string[] words)
        where TException : Exception
    {
        TException refusal = Assert.ThrowsAny<TException>(action);
        Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
    }

    private sealed class Unsized
    {
        [KeyType(3)]
        public uint Label { get; set; }

        public float[] Features { get; set; } = [];
    }

    private sealed class Odd
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(66)]
        public float[] Features { get; set; } = new float[66];
    }
}
