using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Several members of a trainer: one transformer, one file.</summary>
public sealed class EnsembleTests : IDisposable
{
    private static readonly Lazy<TransformerChain<HdgeTransformer>> Shared = new(() => Trained.Fit(Trained.Context, Options()));

    private readonly MLContext _context = Trained.Context;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"hdge-{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void TheColumnsAreWhatTheEnsembleSays()
    {
        HdgeTransformer transformer = Shared.Value.LastTransformer;
        HdgeEnsemble ensemble = transformer.Ensemble!;
        Assert.Equal(2, ensemble.Members.Count);
        Assert.Same(ensemble, transformer.ScoringModel);
        var said = new ScoreBatch(60, 3);
        ensemble.Score([.. TinyImages.Labelled(60).SelectMany(image => image.Features)], 60, said);
        Row[] rows = Rows(Shared.Value);
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(said.Disagreement[i], rows[i].Disagreement, 1e-5);
            Assert.Equal(said.LogDensity[i], rows[i].LogDensity, 1e-3);
            Assert.Equal(said.Probabilities.Skip(3 * i).Take(3), rows[i].Score, (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal(said.IsInDistribution[i], rows[i].IsInDistribution);
        }
        Assert.Contains(rows, row => row.Disagreement > 1e-4);
        var last = Shared.Value.GetOutputSchema(Trained.View(_context, 3).Schema)[^1];
        Assert.Equal(("Disagreement", NumberDataViewType.Single), (last.Name, last.Type));
    }

    [Fact]
    public void TheFirstMemberIsTheModelAlone()
    {
        using var alone = Trained.Fit(_context, Trained.QuickOptions());
        byte[] image = [.. Enumerable.Repeat((byte)100, TinyImages.Labelled(1)[0].Features.Length)];
        var (one, first) = (new ScoreBatch(1, 3), new ScoreBatch(1, 3));
        alone.LastTransformer.Model.Score(image, 1, one);
        Shared.Value.LastTransformer.Ensemble!.Members[0].Score(image, 1, first);
        Assert.Equal(one.Probabilities, first.Probabilities);
    }

    [Fact]
    public void ItComesBackFromItsFile()
    {
        _context.Model.Save(Shared.Value, Trained.View(_context, 3).Schema, _file);
        ITransformer loaded = new MLContext().Model.Load(_file, out _);
        using HdgeTransformer transformer = HdgeTransformer.From(loaded);
        Assert.Equal(2, transformer.Ensemble!.Members.Count);
        Assert.Equal(Shared.Value.LastTransformer.Ensemble!.Decision, transformer.Ensemble.Decision);
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(Rows(Shared.Value)), System.Text.Json.JsonSerializer.Serialize(Rows(loaded)));
        using var engine = _context.Model.CreatePredictionEngine<LabelledImage, Row>(loaded, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal(Rows(loaded)[0].Disagreement, engine.Predict(TinyImages.Labelled(1)[0]).Disagreement, 1e-5);
        Assert.Contains("ensemble", Assert.Throws<InvalidDataException>(() => Trained.Fit(_context, new() { Training = new() { Pretrained = _file, Epochs = 1 } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMemberIsNeverTakenForTheWhole()
    {
        HdgeTransformer transformer = Shared.Value.LastTransformer;
        Assert.Contains("ensemble of 2", Assert.Throws<InvalidOperationException>(() => transformer.Model).Message, StringComparison.Ordinal);
        Assert.Contains("ensemble of 2", Assert.Throws<NotSupportedException>(() => transformer.SaveOnnx(_file)).Message, StringComparison.Ordinal);
        Assert.Contains("ensemble of 2", Assert.Throws<NotSupportedException>(() => transformer.SaveOnnxInt8(_file, Trained.View(_context, 60))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_file));
        using var alone = Trained.Fit(_context);
        Assert.Null(alone.LastTransformer.Ensemble);
        Assert.Same(alone.LastTransformer.Model, alone.LastTransformer.ScoringModel);
    }

    [Theory]
    [InlineData(0, null, "Members is 0, expected 1..14")]
    [InlineData(15, null, "Members is 15")]
    [InlineData(1, "Disagreement", "DisagreementColumnName is 'Disagreement' and Members is 1")]
    [InlineData(2, "Score", "'Score'")]
    public void WrongOptionsAreRefused(int members, string? column, string message) => Assert.Contains(message,
        Assert.Throws<ArgumentException>(() => _context.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options { Members = members, DisagreementColumnName = column })).Message, StringComparison.Ordinal);

    private static HdgeTrainer.Options Options()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Members = 2;
        options.DisagreementColumnName = "Disagreement";
        return options;
    }

    private Row[] Rows(ITransformer model) => [.. _context.Data.CreateEnumerable<Row>(model.Transform(Trained.View(_context, 60)), reuseRowObject: false)];

    private sealed class Row
    {
        public float[] Score { get; set; } = [];

        public float LogDensity { get; set; }

        public bool IsInDistribution { get; set; }

        public float Disagreement { get; set; }
    }
}
