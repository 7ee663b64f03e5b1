using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.MLNet.Output;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet;

public sealed partial class HdgeTrainer
{
    /// <summary>Columns and training settings of <see cref="HdgeTrainer"/>.</summary>
    public sealed class Options
    {
        /// <summary>Column with the labels: a key of 2 classes or more. Default "Label".</summary>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>
        /// Column with the images: a vector of known size, dense or sparse, of Single (0..1, or what <see cref="Scale"/> brings there) or of Byte
        /// (0..255), channel first: all values of the first channel row by row, then those of the next. Or pictures of any size, which are brought to <see cref="ImageShape"/> as <see cref="Photos"/>
        /// say: MLImages, as LoadImages gives them, or texts: the paths of image files. Or with a <see cref="Networks.FeatureNetworkOptions"/> any vector of Single of known size.
        /// Default "Features".
        /// </summary>
        public string FeatureColumnName { get; set; } = "Features";

        /// <summary>
        /// Column with a weight for each row: a Single, finite and at least 0; rows of 0 are left out, with a warning. How much a row counts in training, relative to the others; those held out count alike. Default null: all rows
        /// count alike.
        /// </summary>
        public string? ExampleWeightColumnName { get; set; }

        /// <summary>How much the rows of a class count in training, <see cref="ExampleWeightColumnName"/> besides. Default null: that of <see cref="TrainingOptions.ClassWeights"/>, none.</summary>
        public ClassWeights? ClassWeights { get; set; }

        /// <summary>
        /// Rows to hold out in place of a part of the training data, with the same columns: what comes before the trainer in a pipeline must have been applied to them already, by the same fitted transformers. Early
        /// stopping, calibration, prediction sets and the in-distribution decision go by them, <see cref="ValidationFraction"/> is not used, and all rows given to <see cref="Fit(IDataView)"/> are trained on. Default null.
        /// </summary>
        public IDataView? ValidationSet { get; set; }

        /// <summary>Folder for TensorBoard events. Default null: that of <see cref="TrainingOptions.LogDirectory"/>, none.</summary>
        public string? LogDirectory { get; set; }

        /// <summary>
        /// Channels, height and width of an image. Default null: what the column's dimensions say (H×W, or C×H×W as ExtractPixels gives them),
        /// or the size of its MLImages where that is known; else a square grey (1×H×H) or colour (3×H×H) image where the column's length is that of one. With a <see cref="Networks.FeatureNetworkOptions"/> the column's length decides: leave it null.
        /// </summary>
        public ImageShape? ImageShape { get; set; }

        /// <summary>How pictures of MLImage or path columns become images of <see cref="ImageShape"/>, and whether damaged ones stop the training or are left out and told. It is saved with the model.</summary>
        public PhotoOptions Photos { get; set; } = new();

        /// <summary>Where the images are kept while it trains. Default <see cref="ImageCache.Auto"/>: in memory up to a quarter of what the process may use, else in a file.</summary>
        public ImageCache Cache { get; set; }

        /// <summary>Folder of that file, which is gone when the training ends, however it ends. Default null: see <see cref="ImageCacheOptions.Folder"/>.</summary>
        public string? CacheFolder { get; set; }

        /// <summary>Most bytes that it may take, above 0. Default null: what the disk holds.</summary>
        public long? CacheLimit { get; set; }

        /// <summary>Output column of the most probable class: a key with the label's key values. Default "PredictedLabel".</summary>
        public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

        /// <summary>Output column of the class probabilities: a vector of Single with an item a class, 0..1. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>Output column of the log-density: Single, in nats up to a constant of the model. Default "LogDensity".</summary>
        public string LogDensityColumnName { get; set; } = "LogDensity";

        /// <summary>Output column of the calibrated probability that the predicted class is right: Single, 0..1. Default "Confidence".</summary>
        public string ConfidenceColumnName { get; set; } = "Confidence";

        /// <summary>Output column that says whether an image is like those trained on: Boolean. Default "IsInDistribution".</summary>
        public string IsInDistributionColumnName { get; set; } = "IsInDistribution";

        /// <summary>
        /// Output column of the score that IsInDistribution goes by: Single, higher is more like the training images. Default "DetectionScore". Which score it is was
        /// chosen after training, unless <see cref="DetectionScore"/> says otherwise.
        /// </summary>
        public string DetectionScoreColumnName { get; set; } = "DetectionScore";

        /// <summary>
        /// Output column of all classes' calibrated probabilities: a vector of Single with an item a class, 0..1, sum 1. Default null: no such column.
        /// Confidence is its item of the predicted class.
        /// </summary>
        public string? CalibratedScoreColumnName { get; set; }

        /// <summary>
        /// Output column of the prediction sets: a vector of Boolean with an item a class. Default null: no such column. The set holds the true class of a new
        /// image like those trained on with the probability <see cref="Coverage"/>; which classes it holds is set by the held-out images.
        /// </summary>
        public string? PredictionSetColumnName { get; set; }

        /// <summary>
        /// Output column of how much an ensemble's members disagree: Single, the mutual information of class and member in nats, 0 where all say the same. Default null: no such column. It needs <see cref="Members"/> above 1.
        /// </summary>
        public string? DisagreementColumnName { get; set; }

        /// <summary>
        /// Models that are trained from different seeds, one after another, and score as one (<see cref="HdgeEnsemble"/>): 1..<see cref="HdgeEnsemble.MostMembers"/>. Default 1, a model alone. Training, file and scoring cost as
        /// many times as much; an ensemble has no ONNX graph.
        /// </summary>
        public int Members { get; set; } = 1;

        /// <summary>
        /// Everything else about the training: network, objective, optimiser, schedule, augmentation. Of the short ways below, from <see cref="DetectionScore"/>
        /// to <see cref="Seed"/>, those that are set are laid over it when the trainer is made, whatever the order in which all these were set.
        /// </summary>
        public TrainingOptions Training { get; set; } = new();

        /// <summary>The score that IsInDistribution goes by. Default null: that of <see cref="DetectionOptions.Score"/>, chosen after training; its other settings are in <see cref="TrainingOptions.Detection"/>.</summary>
        public DetectionScore? DetectionScore { get; set; }

        /// <summary>How <see cref="ConfidenceColumnName"/> and <see cref="CalibratedScoreColumnName"/> are calibrated. Default null: that of <see cref="TrainingOptions.CalibrationMethod"/>.</summary>
        public CalibrationMethod? CalibrationMethod { get; set; }

        /// <summary>Share of images whose prediction set shall hold their class, (0, 1). Default null: that of <see cref="TrainingOptions.PredictionSets"/>, 0.9.</summary>
        public double? Coverage { get; set; }

        /// <summary>Which score prediction sets are made from: THR, APS or RAPS. Default null: that of <see cref="TrainingOptions.PredictionSets"/>, RAPS.</summary>
        public ConformalMethod? PredictionSetMethod { get; set; }

        /// <summary>Passes over the training images, at least 1. Default null: that of <see cref="TrainingOptions.Epochs"/>.</summary>
        public int? Epochs { get; set; }

        /// <summary>
        /// What the transformer does with a row whose features lie far outside those it was trained on, as when bytes of 0..255 are given as Single without a <see cref="Scale"/>. Default
        /// <see cref="OutOfRangeAction.Flag"/>: the row is never in-distribution, and the log tells of the first one. It is saved; <see cref="ImageTransformer.OutOfRange"/> changes it.
        /// </summary>
        public OutOfRangeAction OutOfRange { get; set; }

        /// <summary>Share of the labelled rows held out to calibrate confidence and decision, [0, 1). Default null: that of <see cref="TrainingOptions.ValidationFraction"/>.</summary>
        public double? ValidationFraction { get; set; }

        /// <summary>
        /// Where to train and score: "cpu", "cuda", "cuda:1" and so on. Default null: that of <see cref="TrainingOptions.Device"/>; where that is null too, the GPU of
        /// <c>MLContext.GpuDeviceId</c> when that is set, else a GPU when there is one, else the CPU. A model that is loaded from a file goes by the loading MLContext.
        /// </summary>
        public string? Device { get; set; }

        /// <summary>
        /// Factor that brings features of Single to 0..1, finite and not 0; Byte features are divided by 255 instead. Default null: that of
        /// <see cref="TrainingOptions.Scaling"/>, 1; 1/255f for values of 0..255, as ExtractPixels gives them.
        /// </summary>
        public float? Scale { get; set; }

        /// <summary>Mean subtracted after scaling: one value, or one a channel. Default null: that of <see cref="TrainingOptions.Scaling"/>, 0.5.</summary>
        public IReadOnlyList<float>? Mean { get; set; }

        /// <summary>Standard deviation divided by after that: one value above 0, or one a channel. Default null: that of <see cref="TrainingOptions.Scaling"/>, 0.5.</summary>
        public IReadOnlyList<float>? StandardDeviation { get; set; }

        /// <summary>Seed of everything random. Default null: the seed of the MLContext, or where it has none that of <see cref="TrainingOptions.Seed"/>, so that runs repeat either way.</summary>
        public int? Seed { get; set; }

        /// <summary>Called after every epoch, on the training thread. Default null. An exception it throws ends the training.</summary>
        public Action<EpochMetrics>? MetricsCallback { get; set; }

        /// <summary>Called within epochs, at most once a <see cref="ProgressInterval"/>, on the training thread. Default null; the log has it either way. An exception it throws ends the training.</summary>
        public Action<TrainingProgress>? ProgressCallback { get; set; }

        /// <summary>Least time between two reports within an epoch, at least 0. Default null: that of <see cref="TrainingOptions.ProgressInterval"/>, 5 s.</summary>
        public TimeSpan? ProgressInterval { get; set; }

        /// <summary>Stops <see cref="Fit(IDataView)"/> as <see cref="OnCancel"/> says; so does <c>MLContext.CancelExecution</c>. Default: none.</summary>
        public CancellationToken CancellationToken { get; set; }

        /// <summary>Whether a cancelled training throws or returns the best model so far. Default null: that of <see cref="TrainingOptions.OnCancel"/>, <see cref="CancelBehavior.Throw"/>.</summary>
        public CancelBehavior? OnCancel { get; set; }

        internal ImageCacheOptions CacheOptions => new() { Kind = Cache, Folder = CacheFolder, MostBytes = CacheLimit };

        internal OutputColumnNames Outputs => new(
            PredictedLabelColumnName, ScoreColumnName, LogDensityColumnName, ConfidenceColumnName, IsInDistributionColumnName, DetectionScoreColumnName, CalibratedScoreColumnName,
            PredictionSetColumnName, DisagreementColumnName);

        /// <summary>One line: the columns read, the images' shape and what differs from the default training.</summary>
        public override string ToString() =>
            $"label '{LabelColumnName}', features '{FeatureColumnName}', {(ImageShape is { } shape ? $"images of {shape}" : "the column's image shape")}, {(Members > 1 ? $"{Members} members, " : "")}{(Training is null ? "no training" : Effective())}";

        /// <summary>A copy that later changes of this object do not reach, with the short ways laid over <see cref="Training"/>: read them there.</summary>
        /// <exception cref="ArgumentException">A column name is empty or used for two columns, or prediction sets are asked for and no images are held out.</exception>
        internal Options Checked()
        {
            ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
            ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
            ArgumentNullException.ThrowIfNull(Training);
            ArgumentNullException.ThrowIfNull(Photos);
            Photos.Validate();
            CacheOptions.Validate();
            if (ExampleWeightColumnName is { Length: 0 })
                throw new ArgumentException($"{nameof(ExampleWeightColumnName)} is empty, expected a column's name, or null.");
            Outputs.Checked();
            if (Members is < 1 or > HdgeEnsemble.MostMembers)
                throw new ArgumentException($"{nameof(Members)} is {Members}, expected 1..{HdgeEnsemble.MostMembers}.");
            if (DisagreementColumnName is not null && Members == 1)
                throw new ArgumentException($"{nameof(DisagreementColumnName)} is '{DisagreementColumnName}' and {nameof(Members)} is 1, expected at least 2: one model has nobody to disagree with.");
            var copy = (Options)MemberwiseClone();
            copy.Training = Effective();
            double heldOut = copy.Training.ValidationFraction;
            if (PredictionSetColumnName is not null && ValidationSet is null && !(heldOut > 0))
                throw new ArgumentException($"{nameof(PredictionSetColumnName)} is '{PredictionSetColumnName}' and {nameof(ValidationFraction)} is {heldOut}, expected more than 0, or a {nameof(ValidationSet)}: prediction sets are made from held-out images.");
            return copy;
        }

        private TrainingOptions Effective() => Training with
        {
            Detection = Training.Detection with { Score = DetectionScore ?? Training.Detection.Score },
            CalibrationMethod = CalibrationMethod ?? Training.CalibrationMethod,
            PredictionSets = Training.PredictionSets with
            {
                Coverage = Coverage ?? Training.PredictionSets.Coverage,
                Method = PredictionSetMethod ?? Training.PredictionSets.Method,
            },
            Epochs = Epochs ?? Training.Epochs,
            ClassWeights = ClassWeights ?? Training.ClassWeights,
            LogDirectory = LogDirectory ?? Training.LogDirectory,
            ValidationFraction = ValidationFraction ?? Training.ValidationFraction,
            Device = Device ?? Training.Device,
            OnCancel = OnCancel ?? Training.OnCancel,
            ProgressInterval = ProgressInterval ?? Training.ProgressInterval,
            Scaling = Training.Scaling with
            {
                Scale = Scale ?? Training.Scaling.Scale,
                Mean = [.. Mean ?? Training.Scaling.Mean],
                StandardDeviation = [.. StandardDeviation ?? Training.Scaling.StandardDeviation],
            },
        };
    }
}
