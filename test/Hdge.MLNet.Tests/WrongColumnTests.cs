using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>A column of the wrong type, no rows and a single class are refused with the cure.</summary>
public class WrongColumnTests
{
    private readonly MLContext _context = Trained.Context;

    [Fact]
    public void C8_AnImageColumnIsRefusedWithExtractPixels()
    {
        using var files = new ImageFiles();
        IDataView rows = _context.Data.LoadFromEnumerable(files.Rows(4));
        HdgeTrainer trainer = Trainer("Image");
        var images = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.Transforms.LoadImages("Image", files.Folder, "Path"));

        string[] cure = ["feature column 'Image'", "ExtractPixels(outputAsFloatArray: false)", "ResizeImages"];
        Refused(() => trainer.Fit(images.Fit(rows).Transform(rows)), cure);
        Refused(() => images.Append(trainer).Fit(rows), cure);
    }

    [Theory]
    [InlineData("Text", "LoadImages", "ResizeImages", "ExtractPixels(outputAsFloatArray: false)")]
    [InlineData("Double", "Concatenate")]
    [InlineData("Doubles", "ConvertType(outputKind: DataKind.Single)")]
    [InlineData("Integers", "ConvertType(outputKind: DataKind.Single)")]
    [InlineData("Unsized", "VectorType(n)", "ResizeImages")]
    [InlineData("Number", "Concatenate")]
    [InlineData("Words", "numbers, not text")]
    public void C8_OtherFeatureColumnsAreRefusedWithTheirCure(string column, params string[] words)
    {
        IDataView rows = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(_ => new Odd()));
        string[] cure = [$"feature column '{column}' has the type ", "expected a vector of Single or Byte of known size", .. words];

        Refused(() => Trainer(column).Fit(rows), cure);
        Refused(() => Trainer(column).GetOutputSchema(OutputSchemaTests.Shape(rows.Schema)), cure);
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Number")]
    [InlineData("Flag")]
    [InlineData("Doubles")]
    public void C8_LabelsThatAreNoKeysAreRefusedWithMapValueToKey(string column)
    {
        IDataView rows = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(_ => new Odd()));

        Refused(() => Trainer("Features", column).Fit(rows), $"label column '{column}' has the type ", "expected a key", "MapValueToKey");
    }

    [Fact]
    public void C8_TheCuresCure()
    {
        IDataView view = Trained.View(_context, 30);
        var doubles = _context.Transforms.Conversion.ConvertType("Features", outputKind: DataKind.Double);
        using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(doubles)
            .Append(_context.Transforms.Conversion.ConvertType("Features", outputKind: DataKind.Single)).Append(Trainer("Features")).Fit(view);

        Assert.Equal(30, model.Transform(view).GetColumn<float>("LogDensity").Count(float.IsFinite));
    }

    [Fact]
    public void C9_NoRowsAreToldAsNoRows()
    {
        var chain = _context.Transforms.Conversion.MapValueToKey("Label").Append(Trainer("Features"));

        Refused<InvalidDataException>(() => chain.Fit(Trained.View(_context, 0)), "no rows", "'Label'");
        Refused<InvalidDataException>(() => Trainer("Features").Fit(_context.Data.LoadFromEnumerable(Array.Empty<KeyedImage>())), "no rows", "'Label'");
    }

    [Fact]
    public void C9_NoRowsWithALabelAreToldAsSuch()
    {
        LabelledImage[] rows = TinyImages.Labelled(6);
        foreach (LabelledImage row in rows)
            row.Label = "";
        var chain = _context.Transforms.Conversion.MapValueToKey("Label").Append(Trainer("Features"));

        Refused<InvalidDataException>(() => chain.Fit(_context.Data.LoadFromEnumerable(rows)), "no rows with a label", "6 rows where it is missing");
    }

    [Fact]
    public void C9_ASingleClassIsNamed()
    {
        LabelledImage[] rows = TinyImages.Labelled(6);
        foreach (LabelledImage row in rows)
            row.Label = "a";
        IDataView one = _context.Data.LoadFromEnumerable(rows);
        var map = _context.Transforms.Conversion.MapValueToKey("Label");

        Refused<InvalidDataException>(() => map.Append(Trainer("Features")).Fit(one), "a single class", "('a')", "6 rows");
        // Also where the key knows of other classes that no row has.
        rows[5].Label = "b";
        IDataView mapped = map.Fit(_context.Data.LoadFromEnumerable(rows)).Transform(one);
        Refused<InvalidDataException>(() => Trainer("Features").Fit(_context.Data.TakeRows(mapped, 5)), "a single class", "('a')", "5 rows");
    }

    private HdgeTrainer Trainer(string features, string label = "Label")
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        (options.FeatureColumnName, options.LabelColumnName) = (features, label);
        return _context.MulticlassClassification.Trainers.Hdge(options);
    }

    private static void Refused(Action action, params string[] words) => Refused<ArgumentException>(action, words);

    private static void Refused<TException>(Action action, params string[] words)
        where TException : Exception
    {
        TException refusal = Assert.ThrowsAny<TException>(action);
        Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
    }

    private sealed class Odd
    {
        [KeyType(3)]
        public uint Label { get; set; }

        public string Text { get; set; } = "a.png";

        public double Double { get; set; }

        public float Number { get; set; }

        public bool Flag { get; set; }

        public float[] Unsized { get; set; } = new float[64];

        [VectorType(64)]
        public float[] Features { get; set; } = new float[64];

        [VectorType(64)]
        public double[] Doubles { get; set; } = new double[64];

        [VectorType(64)]
        public int[] Integers { get; set; } = new int[64];

        [VectorType(2)]
        public string[] Words { get; set; } = ["1", "2"];
    }
}
