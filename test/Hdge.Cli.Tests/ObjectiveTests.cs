using Hdge.Objectives;
using Hdge.Training;
using Hdge.Cli.Training;
using Spectre.Console;

namespace Hdge.Cli.Tests;

public class ObjectiveTests
{
    [Fact]
    public void List_prints_the_names_one_a_line_and_nothing_else()
    {
        var (exit, output, _) = Terminal.Run("train", "--list");
        Assert.Equal(0, exit);
        Assert.Equal(string.Concat(Objective.All.Select(o => o.Name + Environment.NewLine)), output);
    }

    [Fact]
    public void No_two_names_train_the_same()
    {
        Assert.Equal(Objective.All.Count, Objective.All.Select(o => o.Name).Distinct().Count());
        Assert.Equal(Objective.All.Count, Objective.All.Select(o => (o.Options, o.LabelSmoothing)).Distinct().Count());
    }

    [Fact]
    public void Every_objective_of_the_library_has_a_name()
    {
        var kinds = typeof(ObjectiveOptions).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ObjectiveOptions)) && !t.IsAbstract);
        Assert.Equal(kinds.Select(k => k.Name).Order(), Objective.All.Select(o => o.Options.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void Every_objective_can_train_the_network_of_every_preset()
    {
        foreach (string preset in TrainingPresets.Names)
            foreach (var objective in Objective.All)
                new TrainSettings { Objective = objective.Name, Dataset = "", Preset = preset }.ToOptions().Validate(new(3, 32, 32));
    }

    [Fact]
    public void A_bank_size_reaches_the_objectives_that_have_a_bank()
    {
        TrainingOptions Of(string name) => new TrainSettings { Objective = name, Dataset = "", Bank = 77 }.ToOptions();
        Assert.Equal(77, Assert.IsType<MemoryBankOptions>(Of("hdge").Objective).BankSize);
        Assert.Equal(77, Assert.IsType<JemOptions>(Of("hdge-jem").Objective).Contrast.BankSize);
        Assert.Equal(77, Assert.IsType<ContrastiveDensityOptions>(Of("contrastive-density").Objective).BankSize);
        Assert.Contains("no memory bank", Assert.Throws<ArgumentException>(() => Of("jem")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_survive_the_command_line()
    {
        var settings = new TrainSettings
        {
            Objective = "jem", Dataset = "a b", Preset = "Jem", Seed = 5, Epochs = 2, Limit = 10, Shape = "1x8x8", Batch = 8, Network = "wrn-16-2",
            Normalization = Hdge.Networks.Normalization.Layer, LearningRate = 0.125, Bank = 3, Device = "cpu",
            Validation = "v w", Patience = 4, ClassWeights = "1,2.5", LabelSmoothing = 0.1, Mixup = 0.2, CutMix = 1, Erasing = 0.5, RandAugment = "2,9", Log = "l",
            InputSize = 64, Pretrained = "w.safetensors", Freeze = Hdge.Networks.Freeze.Stage1, SkipDamaged = true, Members = 3, Calibration = "isotonic",
        };
        var command = new TrainCommand(new(AnsiConsole.Console, TextWriter.Null, CancellationToken.None));
        var parsed = command.Parse([.. settings.ToArguments(), "--out", "o"]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(settings, command.Settings(parsed));
        Assert.Equal(command.Options.Select(o => o.Name).Except(["--out", "--resume", "--list", "--distributed"]).Order(), settings.ToArguments().Where(a => a.StartsWith("--", StringComparison.Ordinal)).Order());
        var network = Assert.IsType<Hdge.Networks.WideResNetOptions>((settings with { Bank = null, InputSize = null }).ToOptions().Network);
        Assert.Equal((16, 2, Hdge.Networks.Normalization.Layer), (network.Depth, network.Width, network.Normalization));
        var options = (settings with { Bank = null, InputSize = null }).ToOptions();
        Assert.Equal([1, 2.5], options.ClassWeights.Values);
        Assert.Equal(Hdge.Calibration.CalibrationMethod.Isotonic, options.CalibrationMethod);
        Assert.Equal((0.1, 0.2, 1, 0.5, 2, 9, 4, "l"), (options.LabelSmoothing, options.Augmentation.Mixup, options.Augmentation.CutMix, options.Augmentation.Erasing!.Probability,
            options.Augmentation.RandAugment!.Operations, options.Augmentation.RandAugment.Magnitude, options.EarlyStopping!.Patience, options.LogDirectory));
    }

    [Fact]
    public void Options_that_are_not_given_are_the_presets()
    {
        var settings = new TrainSettings { Objective = "cross-entropy-smoothed", Dataset = "" };
        var options = settings.ToOptions();
        Assert.Equal((0.1, "None"), (options.LabelSmoothing, options.ClassWeights.Name));
        Assert.Equal(new Hdge.Data.AugmentationOptions(), options.Augmentation);
        Assert.Equal(20, options.EarlyStopping!.Patience);
        Assert.Null((settings with { Preset = "jem" }).ToOptions().EarlyStopping); // the paper's regimes keep the last epoch
        Assert.Null((settings with { Patience = 0 }).ToOptions().EarlyStopping);
        Assert.Equal("Balanced", (settings with { ClassWeights = "balanced" }).ToOptions().ClassWeights.Name);
        Assert.Contains("--class-weights is '1,x'", Assert.Throws<ArgumentException>(() => (settings with { ClassWeights = "1,x" }).ToOptions()).Message, StringComparison.Ordinal);
        Assert.Contains("--randaugment is '2'", Assert.Throws<ArgumentException>(() => (settings with { RandAugment = "2" }).ToOptions()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unknown objective 'x'", "--objective", "x", "--dataset", "d")]
    [InlineData("cross-entropy", "--objective", "x", "--dataset", "d")]
    [InlineData("preset 'slow'", "--objective", "hdge", "--dataset", "d", "--preset", "slow")]
    [InlineData("--network is 'vgg'", "--objective", "hdge", "--dataset", "d", "--network", "vgg")]
    [InlineData("--normalization is 'some'", "--objective", "hdge", "--dataset", "d", "--normalization", "some")]
    [InlineData("'--dataset' is required", "--objective", "hdge")]
    [InlineData("'--objective' is required", "--dataset", "d")]
    public void Unknown_names_are_refused_with_the_known_ones(string message, params string[] args)
    {
        var (exit, _, errors) = Terminal.Run(["train", .. args, "--out", "never-made"]);
        Assert.Equal(ExitCodes.BadInput, exit);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists("never-made"));
    }
}
