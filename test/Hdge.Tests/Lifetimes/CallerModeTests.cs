using Hdge.Detection;
using Hdge.Networks;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests.Lifetimes;

/// <summary>What the caller's thread has set in torch neither stops the work nor changes its result, and is as before afterwards.</summary>
public class CallerModeTests
{
    private static readonly ImageSet s_train = SmallImages.Patterns(48), s_images = SmallImages.Patterns(12, seed: 9);

    public static TheoryData<string> Modes => ["no_grad", "inference_mode", "dispose scope", "default type"];

    [Theory]
    [MemberData(nameof(Modes))]
    public void B14_EverythingWorksInsideTheCallersMode(string mode)
    {
        var expected = Work(mode);
        float[][] found;
        using (Enter(mode))
        {
            bool gradients = is_grad_enabled(), inference = is_inference_mode_enabled();
            found = Work(mode);
            Assert.Equal((gradients, inference), (is_grad_enabled(), is_inference_mode_enabled()));
        }
        Assert.Equal(expected, found);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void B14_AModelMadeInsideTheCallersModeWorksOutsideOfIt(string mode)
    {
        using var file = new MemoryStream();
        HdgeModel trained, loaded;
        Backbone network;
        using (Enter(mode))
        {
            trained = Train(mode);
            trained.Save(file);
            file.Position = 0;
            loaded = HdgeModel.Load(file, "cpu");
            network = new WideResNetOptions { Normalization = Normalization.Layer }.Create(SmallImages.Shape, 3);
        }
        using (trained)
        using (loaded)
        using (network)
        {
            Assert.Equal(Use(trained), Use(loaded));
            using var images = zeros(2, 1, 8, 8);
            using var loss = network.call(images).sum();
            loss.backward();
            Assert.All(network.parameters(), p => Assert.NotNull(p.grad));
            foreach (var kind in Enum.GetValues<Normalization>())
            {
                using var scope = Enter(mode);
                using var other = new WideResNetOptions { Normalization = kind }.Create(SmallImages.Shape, 3);
                Assert.Equal(other.Options.WeightShapes(SmallImages.Shape, 3).Select(w => w.Name).Order(), other.state_dict().Where(w => !w.Value.IsInvalid).Select(w => w.Key).Order());
            }
        }
    }

    private static HdgeModel Train(string mode) => ModelTrainer.Train(s_train, SmallImages.Quick with
    {
        Network = new WideResNetOptions { Normalization = mode == "default type" ? Normalization.Instance : Normalization.Batch }, // torch's batch norm takes its type from the default
        Detection = new DetectionOptions { Score = DetectionScore.ApproximateMass, Also = [DetectionScore.Mahalanobis, DetectionScore.Vim, DetectionScore.NearestNeighbors] },
    });

    private static float[][] Work(string mode)
    {
        using var model = Train(mode);
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var loaded = HdgeModel.Load(file, "cpu");
        return [.. Use(model), .. Use(loaded)];
    }

    private static float[][] Use(HdgeModel model)
    {
        var scores = model.Score(s_images);
        var sampled = model.Sample(new SampleOptions { Count = 3, Chain = new SgldOptions { Steps = 3 } });
        var attacked = Pgd.Attack(model, s_images, new PgdOptions { Steps = 3 });
        var all = model.DetectionScores(s_images, model.Detectors.Available);
        return [scores.LogDensity, scores.DetectionScore, [.. sampled.Bytes(0, 3).ToArray().Select(b => (float)b)], attacked.Images.Singles(0, 12).ToArray(), .. all.OrderBy(s => s.Key.Name, StringComparer.Ordinal).Select(s => s.Value)];
    }

    private static IDisposable Enter(string mode)
    {
        if (mode != "default type")
            return mode switch { "no_grad" => no_grad(), "inference_mode" => inference_mode(), _ => NewDisposeScope() };
        set_default_dtype(float64);
        return new Restore();
    }

    private sealed class Restore : IDisposable
    {
        public void Dispose() => set_default_dtype(float32);
    }
}
