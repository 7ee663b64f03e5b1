namespace Hdge.Data;

/// <summary>
/// What the random numbers drawn from a seed are for: each use has a stream of its own, so none changes with how much another draws. The numbers are what makes runs
/// repeatable: do not change them. Streams of one kind of seed differ; those of different kinds, a paragraph each, may have equal numbers.
/// </summary>
#pragma warning disable CA1069 // equal numbers, as said
internal enum SeedStream
{
    // Of a training run's seed.
    HeldOutImages = 1,
    NetworkWeights = 2,
    Objective = 3,
    Batches = 4,
    RunningAverages = 5,
    Detectors = 6,
    LinearStage = 7,
    Calibration = 9,
    Palette = 10,
    Members = 11,

    // Of an objective's seed.
    ReplayBuffer = 1,
    Contrast = 2,
    RotationHead = 3,

    // Of a batch's seed, which itself draws the first view.
    SecondView = 2,
    SampleClasses = 3,
    ReplayDraw = 4,
    Langevin = 5,
    Erasing = 6,
    Mixing = 7,
    ShuffledFeatures = 20,
    MadeImages = 21,
    Turns = 22,
    PixMix = 23,
    Cutout = 24,

    // Of a draw from the replay buffer, whose seed itself draws the places.
    FreshNoise = 1,

    // Of a split's seed, which itself draws the images.
    Remainders = 1,

    // Of the detectors' seed.
    TrainingSample = 1,
    Outliers = 2,
}
#pragma warning restore CA1069
