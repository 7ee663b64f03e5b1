using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Distributed;
using Hdge.Networks;
using Hdge.Objectives;

namespace Hdge.Training;

/// <summary>Everything a training run depends on; with the same images and machine, equal options give equal weights.</summary>
public sealed record TrainingOptions
{
    /// <summary>The network. Default WRN-10-1 with batch norm; WRN-28-10 in the paper.</summary>
    public NetworkOptions Network { get; init; } = new WideResNetOptions();

    /// <summary>
    /// Weights that the network starts from. Default null: drawn from the seed. Either <c>imagenet-resnet18</c>, for a <see cref="ResNet18Options"/>: a ResNet-18 trained on ImageNet, which the
    /// package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 brings when the application references it. Or the path of a file: <c>.safetensors</c>, or PyTorch's <c>.pth</c>, with the names of our weights, which are
    /// torchvision's; <c>.hdge</c> or ML.NET's <c>.zip</c> with one of our models, to go on training it or to teach it other classes; <c>.onnx</c>, that package's ResNet18.onnx. <see cref="Network"/>
    /// must be of the kind the weights are of. The last layer is drawn anew where its number of classes is another, or the weights have none. The mean and deviation of the input that belong to
    /// the weights are taken with them: of <see cref="Scaling"/> the factor alone counts (of a .safetensors or .pth file with a ResNet ImageNet's usual ones, unless Scaling gives others).
    /// </summary>
    public string? Pretrained { get; init; }

    /// <summary>How much of the pre-trained network stays as it is. Default <see cref="Freeze.None"/>: all of it is fine-tuned.</summary>
    public Freeze Freeze { get; init; }

    /// <summary>
    /// What the learning rate is multiplied by for all weights before the last layer. Default null: 0.1 with <see cref="Pretrained"/>, whose weights are good already, else 1. Finite and at
    /// least 0.
    /// </summary>
    public double? BackboneLearningRateFactor { get; init; }

    /// <summary>The objective. Default HDGE contrasted within the batch, which measured best by far (docs/method.md); with a memory bank in the paper.</summary>
    public ObjectiveOptions Objective { get; init; } = new InBatchOptions();

    /// <summary>Random changes to training images. Default none.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>
    /// Share ε of each target that is spread evenly over all classes, in the cross-entropy of whatever objective (Szegedy et al. 2016, section 7). Range [0, 1). Default 0, as in the paper; 0.1 is usual.
    /// It holds logits down, and with them the log-density.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// How much the images of a class count in training, with their own weights (<see cref="ImageSet.WithWeights"/>) besides. Default <see cref="ClassWeights.None"/>. Held-out images count alike in
    /// calibration, prediction sets and decision: what those promise is of images as they come. The figures by which an epoch is kept weigh classes as training does.
    /// </summary>
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>How values become network input. A <see cref="FeatureNetworkOptions"/> has a way of its own, <see cref="FeatureNetworkOptions.Scaling"/>; of this it takes the factor.</summary>
    public PixelScaling Scaling { get; init; } = new();

    /// <summary>Passes over the training images. Default 8, at least 1; 200 in the paper.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Images a step, of each process where several train (<see cref="Distributed"/>). Default 64, the paper's value, at least 1.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Default <see cref="OptimizerKind.Adam"/>.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>Highest learning rate. Above 0. Default 0.002, for Adam in short runs; 0.0001 with Adam and 0.1 with SGD in the paper.</summary>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>Momentum of SGD. Default 0.9, range [0, 1).</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>L2 penalty on all weights; with AdamW their decay a step, times the learning rate. Default 0, at least 0; 5e-4 with SGD in the paper.</summary>
    public double WeightDecay { get; init; }

    /// <summary>β₂ of Adam and AdamW, the share of the past in the average of squared gradients. Range [0, 1). Default 0.999; 0.95 is usual for transformers.</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>Whether weight decay leaves norms and biases alone, and takes matrices and kernels only. Default false, as in the paper.</summary>
    public bool DecayMatricesOnly { get; init; }

    /// <summary>Largest length (L2) of a step's gradient over all weights; a longer one is shortened to it. Above 0. Default null: none.</summary>
    public double? GradientClipping { get; init; }

    /// <summary>
    /// Share d of the past in a moving average of the weights after each step (0.999, say); early it is smaller, (1 + t)/(10 + t) at step t. Validation, checkpoints and the finished model then have
    /// the averages. Range (0, 1). Default null: the weights themselves.
    /// </summary>
    public double? EmaDecay { get; init; }

    /// <summary>Default <see cref="ScheduleKind.Cosine"/>.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    /// <summary>Epochs (0-based) at which the step schedule lowers the rate. Default 60, 120, 160 as in the paper.</summary>
    public IReadOnlyList<int> StepEpochs { get; init; } = [60, 120, 160];

    /// <summary>Factor of the step schedule. Default 0.2 as in the paper, range (0, 1].</summary>
    public double StepFactor { get; init; } = 0.2;

    /// <summary>Steps over which the learning rate rises linearly. Default 0, at least 0; 1000 in JEM's settings. Must be 0 with <see cref="ScheduleKind.OneCycle"/> and <see cref="ScheduleKind.Triangular"/>.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>Share of all steps in which <see cref="ScheduleKind.OneCycle"/> and <see cref="ScheduleKind.Triangular"/> rise. Default 0.3, range (0, 1).</summary>
    public double OneCycleWarmUp { get; init; } = 0.3;

    /// <summary>
    /// Share of the images held out, class by class, for validation, the temperature and the decision on what is in-distribution; not used where a validation set is given. Range [0, 1). Default 0.1. With 0
    /// confidences are not calibrated (temperature 1) and the decision comes from the training images themselves. Below 100 held-out images the log warns.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>
    /// Which epoch is kept and when the run ends early. Default: the best epoch by the held-out images, and an end after 20 epochs without a better one, where 100 images or more are held out. Null: all epochs are
    /// run and the last is kept, as in the paper (and in its presets).
    /// </summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; } = new();

    /// <summary>Share of the held-out images that the decision keeps as in-distribution, whichever score decides. Range (0, 1]. Default 0.95.</summary>
    public double InDistributionRate { get; init; } = 0.95;

    /// <summary>Which constant the logits of an image have in common, and the log-density with them. Default <see cref="DensityGauge.Auto"/>.</summary>
    public DensityGauge DensityGauge { get; init; }

    /// <summary>The score that decides what is in-distribution, and others to fit. Default <see cref="DetectionScore.Auto"/>.</summary>
    public DetectionOptions Detection { get; init; } = new();

    /// <summary>How confidences are calibrated on the held-out images. Default <see cref="CalibrationMethod.Temperature"/>, which never changes the order of the classes.</summary>
    public CalibrationMethod CalibrationMethod { get; init; } = CalibrationMethod.Temperature;

    /// <summary>
    /// How prediction sets are made. Default: RAPS with 90 % coverage, not randomized, for a randomized set may change with the last digits of the probabilities,
    /// and those with the batch that an image is scored in.
    /// </summary>
    public ConformalOptions PredictionSets { get; init; } = new() { Randomized = false };

    /// <summary>Seed of the split, the initial weights, order and augmentation. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// How often a run that diverges goes back to the state after its last good epoch and goes on with other random numbers, before it gives up with a
    /// <see cref="DivergenceException"/>. Default null: what the objective asks for, 5 for <see cref="JemOptions"/>, else 0. At least 0. Costs a copy of the state in memory.
    /// </summary>
    public int? DivergenceRestarts { get; init; }

    /// <summary>Where and how often to save a state from which a killed run can go on. Default null: never.</summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>
    /// Folder for TensorBoard events, made where it is missing: losses, accuracies, ECE, learning rate and times of each epoch (<c>tensorboard --logdir</c>). Default null: none. They are on the disk as soon as an epoch
    /// is over; a resumed run goes on with a further file in the folder.
    /// </summary>
    public string? LogDirectory { get; init; }

    /// <summary>What to do when the run is cancelled. Default <see cref="CancelBehavior.Throw"/>.</summary>
    public CancelBehavior OnCancel { get; init; }

    /// <summary>Least time between two reports within an epoch, at least 0, which reports every step. Default 5 s.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How other processes are found that train the same model on the same images together with this one: <c>MpiOptions</c> of the package Hdge.Distributed. Default null: this process trains alone. Each process
    /// passes <see cref="BatchSize"/> images a step; n of them give the weights, but for the order of sums, that one gives with n times the batch. Images and options must be equal on all; the callbacks are called, and files
    /// written, on rank 0 alone; every process gets the model (docs/scaling.md).
    /// </summary>
    public DistributedOptions? Distributed { get; init; }

    /// <summary>Where to train: "cpu", "cuda", "cuda:1" …; null takes a GPU when there is one, of several processes on a machine each another.</summary>
    public string? Device { get; init; }

    /// <summary>In how many bits the network is trained. Default <see cref="Precision.Auto"/>: mixed where bfloat16 is fast. The log says which, and why. Initial weights, and what is saved, are the same kind either way.</summary>
    public Precision Precision { get; init; }

    /// <summary>
    /// In how many bits the finished model scores. Default <see cref="Precision.Single"/>. Calibrator, decision and detectors are fitted in it and belong to it, so the model keeps it, also on a machine
    /// where bfloat16 is slow.
    /// </summary>
    public Precision ScoringPrecision { get; init; } = Precision.Single;

    /// <summary>
    /// Whether the finished model scores each image as the mean of it and its mirror image: their features, and so their logits, are averaged. Twice the work, often a little better. Like
    /// <see cref="ScoringPrecision"/> the model keeps it. Default false; wrong for digits and letters, and refused where the network takes features or is a pixel transformer.
    /// </summary>
    public bool FlipAveraging { get; init; }

    /// <summary>
    /// Whether a GPU may train with TensorFloat-32, which keeps 10 bits of mantissa in convolutions and matrix products and about doubles the speed of cards that have it.
    /// Default false: scores on GPU and processor then agree to 1e-4. Scoring never uses it.
    /// </summary>
    public bool AllowTf32 { get; init; }

    /// <summary>
    /// Threads on the processor that a run computes with, at least 1. Default null: what libtorch is set to, which is OMP_NUM_THREADS or else as many as the process may use
    /// (affinity and a container's CPU quota are honoured). The last digits of a result may depend on it. Afterwards the thread has the number that it had before.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>Threads on the processor that a run with these options computes with: <see cref="Threads"/>, or what its default says here. Loads libtorch.</summary>
    public int ThreadCount() => TorchThreads.Count(Threads);

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate(ImageShape shape)
    {
        Network.Validate(shape);
        Argument.Require(Pretrained is null || Pretrained.Trim().Length > 0, Pretrained ?? "", "a name or a path, or null", nameof(Pretrained));
        Argument.Require(Enum.IsDefined(Freeze), Freeze, "None, Stem, Stage1, Stage2, Stage3 or Backbone");
        if (Freeze != Freeze.None && Pretrained is null)
            throw new ArgumentException($"{nameof(Freeze)} is {Freeze}, but {nameof(Pretrained)} names no weights: random ones would stay as they are. Expected weights, or {Freeze.None}.");
        Argument.Require(BackboneLearningRateFactor is null || (BackboneLearningRateFactor >= 0 && double.IsFinite(BackboneLearningRateFactor.Value)), BackboneLearningRateFactor ?? 0, "finite and at least 0, or null", nameof(BackboneLearningRateFactor));
        Objective.Validate();
        Objective.Validate(Network, shape);
        Objective.ValidateBeside(Network, shape);
        Checkpoint?.Validate();
        EarlyStopping?.Validate();
        Argument.Require(DivergenceRestarts is null or >= 0, DivergenceRestarts ?? 0, "at least 0, or null", nameof(DivergenceRestarts));
        Argument.Require(Threads is null or >= 1, Threads ?? 0, "at least 1, or null", nameof(Threads));
        Argument.Require(Enum.IsDefined(OnCancel), OnCancel, "Throw or ReturnBestSoFar");
        Argument.Require(Enum.IsDefined(Precision), Precision, "Auto, Single or Mixed");
        Argument.Require(Enum.IsDefined(ScoringPrecision), ScoringPrecision, "Auto, Single or Mixed");
        Argument.Require(ProgressInterval >= TimeSpan.Zero, ProgressInterval, "at least 0");
        if (Network.TakesFeatures && Augmentation != new AugmentationOptions { NoiseDeviation = Augmentation.NoiseDeviation, Mixup = Augmentation.Mixup, MixProbability = Augmentation.MixProbability })
            throw new ArgumentException($"{nameof(Augmentation)} is {Augmentation}, but the network takes features: they cannot be cropped, mirrored or changed as images are. Expected {nameof(AugmentationOptions.NoiseDeviation)} and {nameof(AugmentationOptions.Mixup)} alone, or nothing.");
        if (FlipAveraging && !Network.TakesMirrorImages)
            throw new ArgumentException($"{nameof(FlipAveraging)} is true, expected false with {Network.GetType().Name}: there are no mirror images of what it takes, or it says how likely one image is.");
        Augmentation.Validate(shape);
        Scaling.Validate(shape.Channels);
        Network.Validate(Scaling);
        Detection.Validate(shape);
        Detection.Validate(Network);
        if (Detection.Score == DetectionScore.Rotation && Objective.Rotation is null)
            throw new ArgumentException($"{nameof(Detection)}.{nameof(DetectionOptions.Score)} is {Detection.Score}, {DetectorFitting.TrainedBy}.");
        Argument.Require(Epochs >= 1, Epochs, "at least 1");
        Argument.Require(BatchSize >= 1, BatchSize, "at least 1");
        Argument.Require(BatchSize >= Objective.SmallestBatch, BatchSize, $"at least {Objective.SmallestBatch} for {Objective.GetType().Name}: it compares the images of a step");
        if (Objective.ViewCount == 2 && Augmentation == new AugmentationOptions())
            throw new ArgumentException($"{nameof(Objective)} takes 2 views of each image, but {nameof(Augmentation)} changes nothing: both would be the same image. Expected an augmentation, or 1 view.");
        if (Objective.ViewCount == 1 && Augmentation.SecondView is not null)
            throw new ArgumentException($"{nameof(Augmentation)}.{nameof(AugmentationOptions.SecondView)} is set, but {nameof(Objective)} takes 1 view of each image, expected none: it would never be made.");
        Argument.Require(Enum.IsDefined(DensityGauge), DensityGauge, "Auto, Centred or Raw");
        if (LogDirectory is not null && string.IsNullOrWhiteSpace(LogDirectory))
            throw new ArgumentException($"{nameof(LogDirectory)} is empty, expected a folder's path, or null.");
        ArgumentNullException.ThrowIfNull(ClassWeights);
        Argument.Require(LabelSmoothing >= 0 && LabelSmoothing < 1, LabelSmoothing, "in [0, 1)");
        if (LabelSmoothing > 0 && !Objective.Takes.HasFlag(TargetKinds.Smoothed))
            throw new ArgumentException(FormattableString.Invariant($"{nameof(LabelSmoothing)} is {LabelSmoothing}, but {Objective} trains no cross-entropy that could be smoothed. Expected 0, or another objective."));
        if (ClassWeights.Name != ClassWeights.None.Name)
            RequireWeighted(nameof(ClassWeights));
        if (BatchMixer.IsWanted(Augmentation))
        {
            if (!Objective.Takes.HasFlag(TargetKinds.Mixed))
                throw new ArgumentException(FormattableString.Invariant($"{nameof(Augmentation)}.{nameof(AugmentationOptions.Mixup)} is {Augmentation.Mixup} and {nameof(AugmentationOptions.CutMix)} {Augmentation.CutMix}, but {Objective} takes no images of two classes. Expected 0, or another objective (docs/augmentation.md)."));
            Argument.Require(BatchSize >= 2, BatchSize, $"at least 2 with {nameof(AugmentationOptions.Mixup)} or {nameof(AugmentationOptions.CutMix)}: images of a step are mixed");
        }
        if (Distributed is not null && !Objective.Distributes)
            throw new ArgumentException($"{nameof(Distributed)} is set, but {Objective} cannot be trained by several processes together: its steps pass images through the network that the processes do not share ({nameof(ObjectiveOptions)}.{nameof(ObjectiveOptions.Distributes)}). Expected null, or another objective.");
        Argument.Require(Enum.IsDefined(Optimizer), Optimizer, "Sgd, Adam or AdamW");
        Argument.Require(Enum.IsDefined(Schedule), Schedule, "Constant, Step, Cosine, OneCycle or Triangular");
        Argument.Require(LearningRate > 0 && double.IsFinite(LearningRate), LearningRate, "finite and above 0");
        Argument.Require(Momentum >= 0 && Momentum < 1, Momentum, "in [0, 1)");
        Argument.Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), WeightDecay, "finite and at least 0");
        Argument.Require(GradientClipping is null || (GradientClipping > 0 && double.IsFinite(GradientClipping.Value)), GradientClipping ?? 0, "finite and above 0, or null", nameof(GradientClipping));
        Argument.Require(AdamBeta2 >= 0 && AdamBeta2 < 1, AdamBeta2, "in [0, 1)");
        Argument.Require(EmaDecay is null or (> 0 and < 1), EmaDecay ?? 0, "in (0, 1), or null", nameof(EmaDecay));
        Argument.Require(StepFactor > 0 && StepFactor <= 1, StepFactor, "in (0, 1]");
        Argument.Require(WarmUpSteps >= 0, WarmUpSteps, "at least 0");
        Argument.Require(WarmUpSteps == 0 || Schedule is not (ScheduleKind.OneCycle or ScheduleKind.Triangular), WarmUpSteps, $"0 with {Schedule}, which warms up by itself");
        Argument.Require(OneCycleWarmUp > 0 && OneCycleWarmUp < 1, OneCycleWarmUp, "in (0, 1)");
        Argument.Require(ValidationFraction >= 0 && ValidationFraction < 1, ValidationFraction, "in [0, 1)");
        ArgumentNullException.ThrowIfNull(CalibrationMethod);
        PredictionSets.Validate();
        Argument.Require(InDistributionRate > 0 && InDistributionRate <= 1, InDistributionRate, "in (0, 1]");
    }

    /// <summary>Whether nothing before the last layer is trained.</summary>
    internal bool TrainsLastLayerAlone => Freeze == Freeze.Backbone || Network is FeatureNetworkOptions { Hidden.Count: 0 };

    /// <exception cref="ArgumentException">The objective takes no weights, which <paramref name="what"/> asks for.</exception>
    internal void RequireWeighted(string what)
    {
        if (!Objective.Takes.HasFlag(TargetKinds.Weighted))
            throw new ArgumentException($"There are {what}, but {Objective} takes all images alike. Expected none, or another objective.");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}
