using Hdge.Calibration;

namespace Hdge.MLNet;

public sealed partial class MulticlassCalibratorEstimator
{
    /// <summary>Columns and settings of <see cref="MulticlassCalibratorEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>Column with the labels: a key with as many values as the score has items. Default "Label". Only <see cref="Fit"/> reads it.</summary>
        public string LabelColumnName { get; set; } = "Label";

        /// <summary>Column with the scores to calibrate: a vector of Single of known size with an item a class, finite. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>Output column of the calibrated probabilities, with the annotations of the score. Default null: it replaces the score.</summary>
        public string? OutputColumnName { get; set; }

        /// <summary>
        /// Column with the predicted class: a key with as many values as the score has items. It is replaced by the class of the largest calibrated
        /// probability (among equals the class predicted before, else the first), which only temperature scaling never changes. Null leaves it as it is.
        /// Default "PredictedLabel".
        /// </summary>
        public string? PredictedLabelColumnName { get; set; } = "PredictedLabel";

        /// <summary>How to calibrate. Default <see cref="CalibrationMethod.Auto"/>: the simplest method among the best by cross-validation.</summary>
        public CalibrationMethod Method { get; set; } = CalibrationMethod.Auto;

        /// <summary>What the scores are. Default <see cref="ScoreKind.Auto"/>: what the rows fitted to look like.</summary>
        public ScoreKind ScoreKind { get; set; } = ScoreKind.Auto;

        /// <summary>Folds of the cross-validation of <see cref="CalibrationMethod.Auto"/>, at least 2. Default 5.</summary>
        public int Folds { get; set; } = 5;

        /// <summary>Seed that deals the folds. Default null: the seed of the MLContext, or where it has none 0.</summary>
        public int? Seed { get; set; }

        /// <summary>Stops <see cref="Fit"/> with an <see cref="OperationCanceledException"/>. Default: none.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal string Output => OutputColumnName ?? ScoreColumnName;

        /// <summary>One line: the columns and the method.</summary>
        public override string ToString() => $"label '{LabelColumnName}', score '{ScoreColumnName}' to '{Output}', {Method}, scores are {ScoreKind}";

        /// <summary>A copy that later changes of this object do not reach.</summary>
        /// <exception cref="ArgumentException">A column name is empty or used for two columns, or a value is out of range.</exception>
        internal Options Checked()
        {
            ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
            ArgumentException.ThrowIfNullOrEmpty(ScoreColumnName);
            ArgumentException.ThrowIfNullOrEmpty(Output, nameof(OutputColumnName));
            if (PredictedLabelColumnName is { } predicted)
            {
                ArgumentException.ThrowIfNullOrEmpty(predicted, nameof(PredictedLabelColumnName));
                if (predicted == Output)
                    throw new ArgumentException($"Two output columns have the name '{predicted}'; each needs its own.");
            }

            ArgumentNullException.ThrowIfNull(Method);
            if (!Enum.IsDefined(ScoreKind))
                throw new ArgumentOutOfRangeException(nameof(ScoreKind), $"{nameof(ScoreKind)} is {ScoreKind}, expected Auto, Probabilities or Logits.");
            if (Folds < 2)
                throw new ArgumentOutOfRangeException(nameof(Folds), $"{nameof(Folds)} is {Folds}, expected at least 2.");
            return (Options)MemberwiseClone();
        }
    }
}
