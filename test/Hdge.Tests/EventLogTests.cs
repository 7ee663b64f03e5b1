using Hdge.Objectives;
using Hdge.Training;
using Tensorboard;

namespace Hdge.Tests;

/// <summary>TensorBoard's event files, read as TensorBoard reads them: length, masked CRC-32C, message, masked CRC-32C.</summary>
public sealed class EventLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-events-").FullName;

    private string Events => Path.Combine(_folder, "runs", "one");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<Event> Read(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            byte[] length = reader.ReadBytes(8);
            Assert.Equal(Masked(length), reader.ReadUInt32());
            byte[] message = reader.ReadBytes((int)BitConverter.ToInt64(length));
            Assert.Equal(Masked(message), reader.ReadUInt32());
            yield return Event.Parser.ParseFrom(message);
        }
    }

    private static uint Masked(byte[] bytes)
    {
        uint crc = 0xFFFFFFFF; // CRC-32C bit by bit
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0x82F63B78 & (0 - (crc & 1)));
        }
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }

    private List<(string Tag, long Step, float Value)> All() =>
        [.. Directory.GetFiles(Events).Order().SelectMany(Read).Where(e => e.Summary is not null).SelectMany(e => e.Summary.Value.Select(v => (v.Tag, e.Step, v.SimpleValue)))];

    [Fact]
    public void EveryEpochIsThereAsSoonAsItIsOverAndAResumedRunGoesOn()
    {
        var images = SmallImages.Patterns(60);
        TrainingOptions Options(bool resume) => SmallImages.Quick with { Epochs = 3, Objective = new InBatchOptions(), LogDirectory = Events, Checkpoint = new() { Path = Path.Combine(_folder, "state"), Resume = resume } };
        Assert.Throws<TimeoutException>(() => ModelTrainer.Train(images, Options(false), m =>
        {
            Assert.Equal(Enumerable.Range(1, m.Epoch).Select(e => (long)e), All().Where(e => e.Tag == "loss/train").Select(e => e.Step));
            if (m.Epoch == 2)
                throw new TimeoutException();
        }));
        var metrics = new List<EpochMetrics>();
        ModelTrainer.Train(images, Options(true), metrics.Add).Dispose();
        Assert.Equal(2, Directory.GetFiles(Events).Length);
        var events = All();
        (string Tag, Func<EpochMetrics, double?> Of)[] expected =
        [
            ("loss/train", m => m.Loss), ("loss/cross_entropy", m => m.CrossEntropy), ("loss/contrastive", m => m.Contrastive), ("loss/validation", m => m.ValidationLoss), ("accuracy/train", m => m.TrainAccuracy),
            ("accuracy/validation", m => m.ValidationAccuracy), ("ece/validation", m => m.ValidationEce), ("learning_rate", m => m.LearningRate),
        ];
        foreach (var (tag, of) in expected)
            Assert.Equal(metrics.Select(m => ((long)m.Epoch, (float)of(m)!.Value)), events.Where(e => e.Tag == tag).Select(e => (e.Step, e.Value)));
        Assert.DoesNotContain(events, e => e.Tag == "loss/density"); // this objective has none
    }

    [Fact]
    public void TheLinearStageHasTagsOfItsOwn()
    {
        ModelTrainer.Train(SmallImages.Patterns(40), SmallImages.Quick with { Epochs = 1, LogDirectory = Events, Objective = new SupervisedContrastiveOptions { LinearEpochs = 2 } }).Dispose();
        Assert.Equal([1L, 2], All().Where(e => e.Tag == "linear_loss/train").Select(e => e.Step));
        Assert.Equal([1L], All().Where(e => e.Tag == "loss/train").Select(e => e.Step));
    }

    [Fact]
    public void AFolderThatCannotBeIsRefusedAndOneThatGoesAwayIsToldOnce()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        var options = SmallImages.Quick with { Epochs = 3 };
        var images = SmallImages.Patterns(40);
        var error = Assert.Throws<IOException>(() => ModelTrainer.Train(images, options with { LogDirectory = Path.Combine(_folder, "file") }));
        Assert.Contains("LogDirectory is '", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ModelTrainer.Train(images, options with { LogDirectory = " " }));

        var log = new List<string>();
        using var model = ModelTrainer.Train(images, options with { LogDirectory = Events }, new TrainingCallbacks
        {
            Started = _ =>
            {
                Directory.Delete(Events, recursive: true);
                File.WriteAllText(Events, "");
            },
            Log = SmallImages.Log(log),
        });
        Assert.Contains("The events of epoch 1 could not be written to", Assert.Single(log), StringComparison.Ordinal);
    }
}
