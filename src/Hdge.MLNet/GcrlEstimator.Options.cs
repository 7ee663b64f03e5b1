using Hdge.Data;
using Hdge.Detection;
using Hdge.MLNet.Representing;
using Hdge.Training;

namespace Hdge.MLNet;

public sealed partial class GcrlEstimator
{
    /// <summary>Columns and training settings of <see cref="GcrlEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>New column with the representations: a vector of Single. Default "Representation".</summary>
        public string OutputColumnName { get; set; } = "Representation";

        /// <summary>
        /// Column with the images: a vector of known size, dense or sparse, of Single (0..1, or what <see cref="Scale"/> brings there) or of Byte (0..255), channel first. Or pictures of any size,
        /// which are brought to <see cref="ImageShape"/> as <see cref="Photos"/> say: MLImages, or texts that are paths of image files. Default "Features".
        /// </summary>
        public string InputColumnName { get; set; } = "Features";

        /// <summary>New column with log p(x) of the image, in its colours and size in the network: Single, in nats. Default "LogLikelihood".</summary>
        public string LogLikelihoodColumnName { get; set; } = "LogLikelihood";

        /// <summary>New column that says whether an image is like those trained on: Boolean. Default "IsInDistribution".</summary>
        public string IsInDistributionColumnName { get; set; } = "IsInDistribution";

        /// <summary>New column with the score that IsInDistribution goes by: Single, higher is more like the training images. Default null: no such column.</summary>
        public string? DetectionScoreColumnName { get; set; }

        /// <summary>Channels, height and width of an image. Default null: what the column's dimensions say, else square grey or colour images, as for <see cref="HdgeTrainer.Options.ImageShape"/>.</summary>
        public ImageShape? ImageShape { get; set; }

        /// <summary>How pictures and image files become images, and what happens to damaged ones. The transformer takes them over. Default: <see cref="PhotoOptions"/>'s own.</summary>
        public PhotoOptions Photos { get; set; } = new();

        /// <summary>What the transformer does with a row far outside the values trained on. Default: it is never in-distribution, and the log tells of the first one.</summary>
        public OutOfRangeAction OutOfRange { get; set; }

        /// <summary>
        /// Everything else about the training. Default <see cref="TrainingPresets.GcrlFast"/>. Of the short ways below those that are set are laid over it when the estimator is made.
        /// </summary>
        public TrainingOptions Training { get; set; } = TrainingPresets.GcrlFast;

        /// <summary>Passes over the training images, at least 1. Default null: that of <see cref="TrainingOptions.Epochs"/>.</summary>
        public int? Epochs { get; set; }

        /// <summary>The score that IsInDistribution goes by, one of <see cref="RepresentationModel.Scores"/>. Default null: that of <see cref="DetectionOptions.Score"/>, or the log-likelihood.</summary>
        public DetectionScore? DetectionScore { get; set; }

        /// <summary>Share of the rows held out for the decision, [0, 1). Default null: that of <see cref="TrainingOptions.ValidationFraction"/>.</summary>
        public double? ValidationFraction { get; set; }

        /// <summary>Where to train and score: "cpu", "cuda", "cuda:1" and so on. Default null: as for <see cref="HdgeTrainer.Options.Device"/>.</summary>
        public string? Device { get; set; }

        /// <summary>Factor that brings values of Single to 0..1. Default null: that of <see cref="TrainingOptions.Scaling"/>, 1; 1/255f for values of 0..255, as ExtractPixels gives them.</summary>
        public float? Scale { get; set; }

        /// <summary>Seed of everything random. Default null: the seed of the MLContext, or where it has none that of <see cref="TrainingOptions.Seed"/>.</summary>
        public int? Seed { get; set; }

        /// <summary>Called after every epoch, on the training thread. Default null. An exception it throws ends the training.</summary>
        public Action<EpochMetrics>? MetricsCallback { get; set; }

        /// <summary>Stops <see cref="Fit"/>; so does <c>MLContext.CancelExecution</c>. Default: none.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal RepresentationColumns Outputs => new(OutputColumnName, LogLikelihoodColumnName, IsInDistributionColumnName, DetectionScoreColumnName);

        /// <summary>One line: the columns, the images' shape and what differs from the default training.</summary>
        public override string ToString() =>
            $"'{InputColumnName}' to '{OutputColumnName}', {(ImageShape is { } shape ? $"images of {shape}" : "the column's image shape")}, {(Training is null ? "no training" : Effective())}";

        /// <summary>A copy that later changes of this object do not reach, with the short ways laid over <see cref="Training"/>.</summary>
        /// <exception cref="ArgumentException">A column name is empty or used for two columns.</exception>
        internal Options Checked()
        {
            ArgumentException.ThrowIfNullOrEmpty(InputColumnName);
            ArgumentNullException.ThrowIfNull(Training);
            ArgumentNullException.ThrowIfNull(Photos);
            Photos.Validate();
            Outputs.Checked();
            var copy = (Options)MemberwiseClone();
            copy.Training = Effective();
            return copy;
        }

        private TrainingOptions Effective() => Training with
        {
            Epochs = Epochs ?? Training.Epochs,
            ValidationFraction = ValidationFraction ?? Training.ValidationFraction,
            Device = Device ?? Training.Device,
            Detection = Training.Detection with { Score = DetectionScore ?? Training.Detection.Score },
            Scaling = Training.Scaling with { Scale = Scale ?? Training.Scaling.Scale },
        };
    }
}
