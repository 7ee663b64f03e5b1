using System.Security.Cryptography;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;
namespace Hdge.Tests.Scalars;
public sealed class ScratchTests
{
    [Fact]
    public void Hashes()
    {
        var lines = new List<string>();
        foreach (var norm in Enum.GetValues<Normalization>())
            foreach (var opt in new[] { OptimizerKind.Sgd, OptimizerKind.Adam })
                foreach (ObjectiveOptions objective in new ObjectiveOptions[] { new CrossEntropyOptions(), new HybridObjectiveOptions { BankSize = 50 }, new HybridObjectiveOptions { BankSize = 50, RandomStart = true, Form = HybridForm.PublishedL2 }, new InBatchObjectiveOptions(),
                    new SupervisedContrastiveOptions { LinearEpochs = 1 }, new ContrastiveDensityOptions { BankSize = 50 }, new AdversarialTrainingOptions { Inner = new CrossEntropyOptions(), Attack = new PgdOptions { Steps = 2, Norm = opt == OptimizerKind.Sgd ? PgdNorm.L2 : PgdNorm.LInfinity } },
                    new JemOptions { BufferSize = 40, Sampler = new SgldOptions { Steps = 2 }, ConditionalWeight = 0.5, Contrast = new HybridObjectiveOptions { BankSize = 50 } } })
                {
                    if (objective is JemOptions && norm == Normalization.Batch) continue;
                    var options = SmallImages.Quick with { Epochs = 1, Optimizer = opt, LearningRate = 0.001, Augmentation = new AugmentationOptions { NoiseDeviation = 0.05 }, Network = new WideResNetOptions { DropoutRate = 0.1, Normalization = norm }, Objective = objective };
                    using var model = ModelTrainer.Train(SmallImages.Patterns(60), options);
                    using var scope = NewDisposeScope();
                    double[] all = [.. model.Network.state_dict().OrderBy(w => w.Key, StringComparer.Ordinal).SelectMany(w => w.Value.to(float64).data<double>().ToArray()), model.Temperature, model.DensityThreshold];
                    lines.Add($"{norm} {opt} {objective.GetType().Name} {Convert.ToHexString(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(all.AsSpan())))[..16]} {string.Join(',', model.Network.state_dict().Keys.Take(12))}");
                    if (objective is HybridObjectiveOptions && opt == OptimizerKind.Sgd)
                    {
                        model.FitDetectors(SmallImages.Patterns(60), SmallImages.Patterns(60, 2), new Hdge.Detection.DetectionOptions { Also = Hdge.Detection.DetectionScoreKinds.GradientFree });
                        foreach (var (k, v) in model.DetectionScores(SmallImages.Patterns(20, 4), model.Detectors.Available).OrderBy(k => k.Key))
                            lines.Add($"   {k} {Convert.ToHexString(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(v.AsSpan())))[..16]}");
                    }
                }
        File.WriteAllLines(Environment.GetEnvironmentVariable("SCRATCH") ?? "/tmp/scalars_hash.txt", lines);
    }
}
