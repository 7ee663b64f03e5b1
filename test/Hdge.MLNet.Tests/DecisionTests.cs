using Hdge.Detection;
using Hdge.MLNet.Tests.Data;
using Hdge.Metrics;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Tests;

/// <summary>The one decision in ML.NET: its column, its evaluation, and what happens to rows far outside the training's range.</summary>
public sealed class DecisionTests : IDisposable
{
    private const int Rows = 30;

    private readonly MLContext _context = new(seed: 1);
    private readonly List<string> _warnings = [];
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"hdge-{Guid.NewGuid():N}.zip");

    public DecisionTests() => _context.Log += (_, entry) =>
    {
        if (entry.Kind == ChannelMessageKind.Warning)
            _warnings.Add(entry.Message);
    };

    public static TheoryData<DetectionScore> Scores => [.. DetectorRegistry.All.Except([DetectionScore.Rotation])]; // which asks for a head of its own

    public void Dispose() => File.Delete(_file);

    [Theory]
    [MemberData(nameof(Scores))]
    public void B2_BytesAsSinglesAreNeverInDistribution(DetectionScore score)
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.DetectionScore = score;
        if (score == DetectionScore.Combination)
            options.ValidationFraction = 0.5; // asks for 50 images
        using TransformerChain<HdgeTransformer> model = Trained.Fit(_context, options);
        _warnings.Clear();

        Assert.InRange(Score(model, value => value).Count(row => row.IsInDistribution), Rows / 2, Rows);
        Assert.Empty(_warnings);
        foreach (Func<float, float> change in new Func<float, float>[] { v => v * 255, v => v * 1e6f, v => v * 255 - 128, v => v / 255, _ => 0, _ => 0.5f })
            Assert.DoesNotContain(Score(model, change), row => row.IsInDistribution);
        Assert.Single(_warnings); // told once
    }

    [Fact]
    public void B2_TheLogNamesColumnRowRangesAndCause()
    {
        using TransformerChain<HdgeTransformer> model = Trained.Fit(_context);
        _warnings.Clear();
        LabelledImage[] rows = TinyImages.Labelled(Rows);
        rows[7].Features = Array.ConvertAll(rows[7].Features, value => value * 255);
        rows[9].Features = new float[TinyImages.Length];
        ScoredImage[] scored = Trained.Rows(_context, model.Transform(_context.Data.LoadFromEnumerable(rows)));

        string warning = Assert.Single(_warnings);
        Assert.All(["'Features'", "First such row: 7.", "holds values of ", "0 to 0.9", "bytes of 0..255 given as floating-point values", "Scale of 1/255", "OutOfRange"],
            part => Assert.Contains(part, warning, StringComparison.Ordinal));
        Assert.False(scored[7].IsInDistribution);
        Assert.False(scored[9].IsInDistribution);
        Assert.True(scored.Count(row => row.IsInDistribution) > Rows / 2);

        // A prediction engine tells too; a loaded model has a log of its own.
        _context.Model.Save(model, null, _file);
        using var loaded = (IDisposable)_context.Model.Load(_file, out _);
        using var engine = _context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>((ITransformer)loaded, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.False(engine.Predict(rows[9]).IsInDistribution);
        Assert.Contains("blank", Assert.Single(_warnings, message => message != warning), StringComparison.Ordinal);
    }

    [Fact]
    public void B2_BytesOfZerosAreNoImageEither()
    {
        using TransformerChain<HdgeTransformer> model = Trained.Fit(_context);
        _warnings.Clear();
        ByteImage[] rows = ByteImage.Many(Rows);
        rows[3].Features = new byte[TinyImages.Length];
        ScoredImage[] scored = Trained.Rows(_context, model.Transform(_context.Data.LoadFromEnumerable(rows)));
        Assert.False(scored[3].IsInDistribution);
        Assert.Contains("First such row: 3.", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void B2_AnOptionMakesItAnException()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.OutOfRange = OutOfRangeAction.Throw;
        using TransformerChain<HdgeTransformer> trained = Trained.Fit(_context, options);
        _context.Model.Save(trained, null, _file);
        var model = (TransformerChain<ITransformer>)_context.Model.Load(_file, out _);
        using var own = (HdgeTransformer)model.LastTransformer;
        Assert.Equal(OutOfRangeAction.Throw, own.OutOfRange);
        LabelledImage[] rows = TinyImages.Labelled(Rows);
        rows[7].Features = Array.ConvertAll(rows[7].Features, value => value * 255);

        IDataView scored = own.Transform(_context.Data.LoadFromEnumerable(rows));
        using (DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Confidence"]]))
        {
            ValueGetter<float> get = cursor.GetGetter<float>(scored.Schema["Confidence"]);
            float value = 0;
            for (int row = 0; row < Rows; row++)
            {
                cursor.MoveNext();
                if (row != 7)
                    get(ref value); // only the row that is bad fails, not the batch around it
                else
                {
                    string message = Assert.Throws<InvalidDataException>(() => get(ref value)).Message;
                    Assert.All(["'Features'", "row 7", "far outside the 0 to 0.9", "bytes of 0..255", "OutOfRange"], part => Assert.Contains(part, message, StringComparison.Ordinal));
                }
            }
        }

        own.OutOfRange = OutOfRangeAction.Flag;
        Assert.False(Trained.Rows(_context, scored)[7].IsInDistribution);
    }

    [Fact]
    public void B7_PredictionSetsWithoutAHeldOutImageAreRefusedBeforeTraining()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.PredictionSetColumnName = "Sets";
        options.ValidationFraction = 0.01;
        options.MetricsCallback = _ => Assert.Fail("It trained.");
        string message = Assert.Throws<ArgumentException>(() => Fit(15, options)).Message;
        Assert.All(["PredictionSetColumnName is 'Sets'", "15 images of 3 classes", "ValidationFraction of 0.01"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void B7_B8_FewHeldOutImagesAreToldOfInTheLog()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.ValidationFraction = 0.01;
        Fit(15, options).Dispose();
        Assert.Contains("No image could be held out", Assert.Single(_warnings), StringComparison.Ordinal);
        _warnings.Clear();
        options.ValidationFraction = 0.1;
        options.PredictionSetColumnName = "Sets";
        using (HdgeTransformer model = Fit(15, options)) // five a class
            Assert.NotNull(model.Model.PredictionSets);
        Assert.Contains("Only 2 images are held out", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void B10_TheEvaluationIsOfTheScoreThatDecides()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.DetectionScore = DetectionScore.Mahalanobis;
        using TransformerChain<HdgeTransformer> model = Trained.Fit(_context, options);
        IDataView known = model.Transform(Trained.View(_context, 60, first: 1000));
        IDataView unknown = model.LastTransformer.Transform(_context.Data.LoadFromEnumerable(
            TinyImages.Labelled(40).Select(image => new LabelledImage { Features = Array.ConvertAll(image.Features, value => 1 - value) })));

        HdgeMetrics metrics = _context.MulticlassClassification.EvaluateHdge(known, ("inverted", unknown));

        float[] ours = [.. known.GetColumn<float>("DetectionScore")], others = [.. unknown.GetColumn<float>("DetectionScore")];
        float[] density = [.. known.GetColumn<float>("LogDensity")], otherDensity = [.. unknown.GetColumn<float>("LogDensity")];
        Decision decision = model.LastTransformer.Model.Decision;
        Assert.NotEqual(ours, density);
        Assert.Equal(Auroc.Of(ours, others), metrics.Unknowns[0].Detection.Auroc);
        Assert.Equal(others.Count(score => !decision.Keeps(score)) / 40.0, metrics.Unknowns[0].FlaggedShare);
        Assert.Equal(ours.Count(score => !decision.Keeps(score)) / 60.0, metrics.FlaggedShare);
        Assert.Equal(Auroc.Of(density, otherDensity), metrics.Unknowns[0].LogDensity!.Auroc);
    }

    private HdgeTransformer Fit(int count, HdgeTrainer.Options options) =>
        _context.MulticlassClassification.Trainers.Hdge(options).Fit(_context.Data.LoadFromEnumerable(KeyedImage.Many(count)));

    private ScoredImage[] Score(TransformerChain<HdgeTransformer> model, Func<float, float> change) => Trained.Rows(_context, model.Transform(_context.Data.LoadFromEnumerable(
        TinyImages.Labelled(Rows).Select(image => new LabelledImage { Number = image.Number, Label = image.Label, Features = [.. image.Features.Select(change)] }))));
}
