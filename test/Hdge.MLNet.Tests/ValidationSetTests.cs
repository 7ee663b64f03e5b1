using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Validation sets, weights of rows and classes, and TensorBoard events in a pipeline.</summary>
public sealed class ValidationSetTests
{
    private readonly MLContext _context = Trained.Context;

    private sealed class Weighted
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(64)]
        public float[] Features { get; set; } = [];

        public float Weight { get; set; } = 1;
    }

    private sealed class Bytes
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [VectorType(64)]
        public byte[] Features { get; set; } = [];
    }

    private static Weighted[] Rows(int count, int first = 0, Func<int, float>? weight = null) =>
        [.. Enumerable.Range(first, count).Select(n => new Weighted { Label = (uint)TinyImages.Class(n), Features = TinyImages.Singles(n), Weight = weight?.Invoke(n) ?? 1 })];

    private IDataView View(IEnumerable<Weighted> rows) => _context.Data.LoadFromEnumerable(rows);

    private HdgeTrainer Trainer(Action<HdgeTrainer.Options>? change = null)
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Device = "cpu";
        change?.Invoke(options);
        return _context.MulticlassClassification.Trainers.Hdge(options);
    }

    [Fact]
    public void FitTrainsOnAllRowsAndHoldsOutTheValidationData()
    {
        IDataView train = View(Rows(90)), validation = View(Rows(45, first: 500));
        using HdgeTransformer given = Trainer().Fit(train, validation);
        Assert.Equal([30, 30, 30], given.Model.Training!.TrainingImages);
        Assert.Equal([15, 15, 15], given.Model.Training.HeldOutImages);
        Assert.True(given.Model.Training.HasValidationSet);

        using HdgeTransformer option = Trainer(o => o.ValidationSet = validation).Fit(train);
        Assert.Equal(given.Model.Temperature, option.Model.Temperature);
        using HdgeTransformer wins = Trainer(o => o.ValidationSet = View(Rows(6))).Fit(train, validation);
        Assert.Equal(given.Model.Decision, wins.Model.Decision);
        using HdgeTransformer split = Trainer().Fit(train);
        Assert.Equal([24, 24, 24], split.Model.Training!.TrainingImages);
    }

    [Fact]
    public void PredictionSetsComeFromAValidationSetWhateverTheFraction()
    {
        using HdgeTransformer model = Trainer(o => (o.PredictionSetColumnName, o.ValidationFraction, o.ValidationSet) = ("Sets", 0, View(Rows(30, first: 500)))).Fit(View(Rows(60)));
        Assert.NotNull(model.Model.PredictionSets);
    }

    [Fact]
    public void ALabelThatLacksAClassIsNoTrouble()
    {
        using HdgeTransformer model = Trainer().Fit(View(Rows(60)), View(Rows(60, first: 500).Where(r => r.Label == 1)));
        Assert.Equal([0, 20, 0], model.Model.Training!.HeldOutImages);
    }

    [Fact]
    public void ValidationDataOfAnotherKindIsRefusedByName()
    {
        IDataView train = View(Rows(30));
        Assert.Contains("The feature column 'Features' is missing", Refused(_context.Data.LoadFromEnumerable(new[] { new { Label = 1u } })), StringComparison.Ordinal);
        IDataView bytes = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 6).Select(n => new Bytes { Label = (uint)n % 3, Features = TinyImages.Bytes(n) }));
        Assert.Contains("expected Vector<Single, 64> as in the training data", Refused(bytes), StringComparison.Ordinal);
        Assert.Contains("In the validation set: There are 0 rows with a value in the label column 'Label'", Assert.Throws<InvalidDataException>(() => Trainer().Fit(train, View([]))).Message, StringComparison.Ordinal);

        // Labels that were mapped by another MapValueToKey: as many, in another order.
        var map = _context.Transforms.Conversion.MapValueToKey("Label");
        IDataView named = Trained.View(_context, 30), turned = Trained.View(_context, 30, first: 1);
        IDataView keys = map.Fit(named).Transform(named), others = map.Fit(turned).Transform(turned);
        Assert.Contains("The key values of the label column 'Label' are not those of the training data", Assert.Throws<ArgumentException>(() => Trainer().Fit(keys, others)).Message, StringComparison.Ordinal);

        string Refused(IDataView validation)
        {
            string message = Assert.Throws<ArgumentException>(() => Trainer().Fit(train, validation)).Message;
            Assert.StartsWith("In the validation set: ", message, StringComparison.Ordinal);
            return message;
        }
    }

    [Fact]
    public void RowsCountByTheirWeightAndThoseOfZeroAreLeftOut()
    {
        var log = new Log(_context);
        Weighted[] rows = Rows(60, weight: n => n % 2 == 0 ? 3 : n % 10 == 5 ? 0 : 1);
        using HdgeTransformer weighted = Trainer(o => o.ExampleWeightColumnName = "Weight").Fit(View(rows));
        Assert.Contains("6 rows were left out: their weight column 'Weight' is 0.", log.Warnings);
        Assert.Equal(54, weighted.Model.Training!.TrainingImages.Sum() + weighted.Model.Training.HeldOutImages.Sum());
        Assert.True(weighted.Model.Training.HasExampleWeights);

        // As in the core: the same images with the same weights give the same model.
        Weighted[] kept = [.. rows.Where(r => r.Weight > 0)];
        ImageSet images = ImageSet.FromBytes(new(1, 8, 8), [.. kept.SelectMany(r => r.Features.Select(v => (byte)MathF.Round(v * 255)))], [.. kept.Select(r => (int)r.Label)], 3)
            .WithWeights([.. kept.Select(r => r.Weight)]);
        using HdgeModel core = ModelTrainer.Train(images, Trained.QuickOptions().Training with { Seed = 1, Device = "cpu" });
        Assert.Equal(core.Score(images).LogDensity, weighted.Model.Score(images).LogDensity);
        using HdgeTransformer alike = Trainer().Fit(View(kept));
        Assert.NotEqual(core.Score(images).LogDensity, alike.Model.Score(images).LogDensity);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(-1, "-1")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void AWeightThatIsNoneIsRefused(float weight, string shown)
    {
        IDataView data = View(Rows(12, weight: n => n == 7 ? weight : 1));
        Assert.Equal($"The weight column 'Weight' holds {shown} in row 7, expected a finite number of at least 0.",
            Assert.Throws<InvalidDataException>(() => Trainer(o => o.ExampleWeightColumnName = "Weight").Fit(data)).Message);
    }

    [Fact]
    public void AWeightColumnThatIsMissingOrOfAnotherTypeIsRefusedBeforeAnyRow()
    {
        IDataView data = View(Rows(12));
        HdgeTrainer none = Trainer(o => o.ExampleWeightColumnName = "W"), label = Trainer(o => o.ExampleWeightColumnName = "Label");
        Assert.Contains("The weight column 'W' is missing", Assert.Throws<ArgumentException>(() => none.Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains("The weight column 'Label' has the type", Assert.Throws<ArgumentException>(() => label.Fit(data)).Message, StringComparison.Ordinal);
        var pass = _context.Transforms.CopyColumns("X", "Features");
        Assert.Contains("The weight column 'W' is missing", Assert.Throws<ArgumentException>(() => pass.Append(none).GetOutputSchema(OutputSchemaTests.Shape(data.Schema))).Message, StringComparison.Ordinal);
        Assert.Contains("is 0 in all 12 rows", Assert.Throws<InvalidDataException>(() => Trainer(o => o.ExampleWeightColumnName = "Weight").Fit(View(Rows(12, weight: _ => 0)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassWeightsAndEventsHaveShortWays()
    {
        string folder = Directory.CreateTempSubdirectory("hdge-events-").FullName;
        try
        {
            using HdgeTransformer model = Trainer(o => (o.ClassWeights, o.LogDirectory) = (ClassWeights.Balanced, folder)).Fit(View(Rows(60)));
            Assert.Equal("Balanced", model.Model.Training!.Options["ClassWeights"]);
            Assert.Single(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.Contains("ClassWeights has 2 values, expected 3, one a class", Assert.Throws<ArgumentException>(() => Trainer(o => o.ClassWeights = ClassWeights.Given(1, 2)).Fit(View(Rows(12)))).Message, StringComparison.Ordinal);
    }
}
