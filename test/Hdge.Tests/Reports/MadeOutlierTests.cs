using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Objectives;
using Hdge.Reports;
using Hdge.Training;

namespace Hdge.Tests.Reports;

public sealed class MadeOutlierTests
{
    private static readonly ImageSet s_train = SmallImages.Patterns(300), s_test = SmallImages.Patterns(60, 9);

    [Fact]
    public void AKindIsScoredByWhatWouldBeChosenWithoutIt()
    {
        using var model = ModelTrainer.Train(s_train, SmallImages.Quick with { Detection = new() { Also = DetectorRegistry.GradientFree } });
        var made = new MadeOutlierEvaluation(model, s_test, seed: 4);
        var kinds = PseudoOutliers.Of(s_test, 4);
        Assert.Equal(kinds.Select(k => k.Kind), made.Kinds.Select(k => k.Kind));
        var scores = model.Detectors.Available.Where(s => AutoScore.IsCandidate(model.Detectors.Find(s).Detector)).ToArray();
        var known = model.DetectionScores(s_test, scores);
        var auroc = kinds.ToDictionary(k => k.Kind, k => model.DetectionScores(k.Images, scores).ToDictionary(s => s.Key, s => Auroc.Of(known[s.Key], s.Value)));
        foreach (var kind in made.Kinds)
        {
            var means = scores.ToDictionary(s => s, s => auroc.Where(k => k.Key != kind.Kind).Average(k => k.Value[s]));
            var best = means.MaxBy(m => m.Value);
            var chosen = best.Value - means[DetectionScore.Combination] > 0.1 ? best.Key : DetectionScore.Combination;
            Assert.Equal((chosen, false), (kind.LeftOutScore, kind.IsTrained));
            Assert.Equal(auroc[kind.Kind][chosen], kind.LeftOutAuroc!.Value, 1e-12);
            Assert.Equal(auroc[kind.Kind][made.Chosen], kind.Auroc, 1e-12);
        }
        var report = EvaluationReport.Of("Title", ["a", "b", "c"], new(model, s_test), null, made);
        Assert.Equal(["combination", "leave-one-kind-out"], Assert.Single(report.Detectors).Columns.Select(c => c == made.Chosen.Name ? "combination" : c));
    }

    [Fact]
    public void AScoreThatWasNamedStaysAndKindsOfTrainingAreNotClaimed()
    {
        using var model = ModelTrainer.Train(s_train, SmallImages.Quick with
        {
            Objective = new CrossEntropyOptions { DensityRatio = new() { ShuffledFeatures = false, Made = [MadeKind.Jigsaw, MadeKind.Smooth] } },
            Detection = new() { Score = DetectionScore.MaxProbability },
        });
        var made = new MadeOutlierEvaluation(model, s_test);
        Assert.All(made.Kinds, k => Assert.Equal((DetectionScore.MaxProbability, k.Kind == "jigsaw"), (k.LeftOutScore, k.IsTrained)));
        Assert.All(made.Kinds, k => Assert.Equal(k.IsTrained ? null : k.Auroc, k.LeftOutAuroc));
        var table = made.Table();
        Assert.True(double.IsNaN(table.Rows.Single(r => r.Name == "jigsaw").Values[1]));
        Assert.Contains("trained against jigsaw:", table.Note, StringComparison.Ordinal);
        Assert.Equal(["shuffled"], MadeOutlierEvaluation.TrainedKinds(OptionText.Of(new() { Objective = new InBatchOptions { DensityRatio = new() } })).Where(k => k.Length > 0));
    }
}
