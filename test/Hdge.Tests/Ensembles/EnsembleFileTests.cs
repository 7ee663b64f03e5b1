using System.Text;
using Hdge.Detection;
using Hdge.Fuzz;
using Hdge.Training;

namespace Hdge.Tests.Ensembles;

public sealed class EnsembleFileTests : IDisposable
{
    private static readonly TrainingOptions s_options = SmallImages.Quick with { Epochs = 2, Detection = new() { Score = DetectionScore.LogDensity } };
    private static readonly ImageSet s_train = SmallImages.Patterns(90), s_images = SmallImages.Patterns(20, seed: 9);

    private readonly string _folder = Directory.CreateTempSubdirectory("ensemble").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FilesBringTheSameEnsembleBackAndDamageIsRefused()
    {
        using var ensemble = HdgeEnsemble.Train(s_train, s_options with { Epochs = 1 }, 2);
        string path = Path.Combine(_folder, "two.hdge");
        ensemble.Save(path);
        using (var read = HdgeEnsemble.Load(path, "cpu"))
        {
            EnsembleTests.Same(ensemble.Score(s_images), read.Score(s_images));
            Assert.Equal((2, ensemble.Decision, ensemble.Calibrator.ToJson()), (read.Members.Count, read.Decision, read.Calibrator.ToJson()));
        }
        string alone = Path.Combine(_folder, "one.hdge");
        ensemble.Members[0].Save(alone);
        Assert.Contains("HdgeEnsemble.Load reads it", Assert.Throws<InvalidDataException>(() => HdgeModel.Load(path, "cpu")).Message, StringComparison.Ordinal);
        string message = Assert.Throws<InvalidDataException>(() => HdgeEnsemble.Load(alone, "cpu")).Message;
        Assert.Contains("HdgeModel.Load reads it", message, StringComparison.Ordinal);
        Assert.Contains("one.hdge", message, StringComparison.Ordinal);
        byte[] file = File.ReadAllBytes(path);
        Changed("ensemble.json", "\"Members\": 2", "\"Members\": 3", "'member-3.hdge'");
        Changed("ensemble.json", "\"Members\": 2", "\"Members\": 1", "'member-2.hdge', which such a model does not have");
        Changed("ensemble.json", "\"Members\": 2", "\"Members\": 0", "Members is 0");
        Changed("ensemble.json", "log-density", "vim", "decides by vim");
        Changed("calibration.json", "\"ClassCount\":3", "\"ClassCount\":4", "is for 4 classes");
        byte[] cut = file[..^30];
        Assert.Throws<InvalidDataException>(() => HdgeEnsemble.Load(new MemoryStream(cut), "cpu"));
        var random = new Random(3);
        for (int i = 0; i < 20; i++)
        {
            byte[] damaged = [.. file];
            damaged[random.Next(2000, damaged.Length - 3000)] ^= (byte)(1 << random.Next(8));
            Assert.Throws<InvalidDataException>(() => HdgeEnsemble.Load(new MemoryStream(damaged), "cpu"));
        }

        void Changed(string entry, string from, string to, string problem)
        {
            var parts = ModelParts.Read(file);
            string text = Encoding.UTF8.GetString(parts[entry]);
            Assert.Contains(from, text, StringComparison.Ordinal);
            parts[entry] = Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
            Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => HdgeEnsemble.Load(new MemoryStream(ModelParts.Write(parts)), "cpu")).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AnInterruptedRunGoesOnWithTheMemberThatWasInterrupted()
    {
        using var expected = HdgeEnsemble.Train(s_train, s_options, 3);
        var options = s_options with { Checkpoint = new() { Path = Path.Combine(_folder, "run.checkpoint") } };
        using var cancel = new CancellationTokenSource();
        int epochs = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => HdgeEnsemble.Train(s_train, options, 3, new TrainingCallbacks { Epoch = _ => Stop() }, cancel.Token));
        Assert.True(File.Exists(options.Checkpoint.Path + ".member1.finished"));
        Assert.Contains("resume it", Assert.Throws<IOException>(() => HdgeEnsemble.Train(s_train, options, 3)).Message, StringComparison.Ordinal);
        var resume = options with { Checkpoint = options.Checkpoint with { Resume = true } };
        Assert.Contains("LearningRate was 0.05 and is 0.01", Assert.Throws<ArgumentException>(() => HdgeEnsemble.Train(s_train, resume with { LearningRate = 0.01 }, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("the images are others", Assert.Throws<ArgumentException>(() => HdgeEnsemble.Train(s_images, resume, 3)).Message, StringComparison.Ordinal);

        var log = new List<string>();
        using var ensemble = HdgeEnsemble.Train(s_train, resume, 3, new TrainingCallbacks { Log = log.Add });
        Assert.Contains(log, l => l.StartsWith("Member 1 of 3 is finished", StringComparison.Ordinal));
        Assert.Contains(log, l => l.StartsWith("Going on from", StringComparison.Ordinal) && l.Contains("member2", StringComparison.Ordinal));
        EnsembleTests.Same(expected.Score(s_images), ensemble.Score(s_images));

        void Stop()
        {
            if (++epochs == 3) // the first of the second member
                cancel.Cancel();
        }
    }
}
