using Hdge.Calibration;
using Hdge.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet;

/// <summary>
/// Calibrators of the Score of any multiclass trainer, as <c>mlContext.MulticlassClassification.Calibrators</c>. Fit one on scored data that the trainer was not
/// trained on. Settings beside the columns are in <see cref="MulticlassCalibratorEstimator.Options"/>.
/// </summary>
public sealed class MulticlassCalibrators
{
    private readonly IHostEnvironment _environment;

    internal MulticlassCalibrators(MulticlassClassificationCatalog catalog) => _environment = HostEnvironments.Of(catalog);

    /// <summary>The simplest method whose cross-validated negative log-likelihood cannot be told from the best one's.</summary>
    /// <param name="labelColumnName">Column with the labels: a key with as many values as the score has items.</param>
    /// <param name="scoreColumnName">Column with the scores, which is replaced: a vector of Single of known size with an item a class.</param>
    /// <exception cref="ArgumentException">A column name is empty.</exception>
    public MulticlassCalibratorEstimator Auto(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.Auto, labelColumnName, scoreColumnName);

    /// <summary>One temperature for all classes (Guo et al. 2017): never changes the predicted class.</summary>
    /// <inheritdoc cref="Auto"/>
    public MulticlassCalibratorEstimator Temperature(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.Temperature, labelColumnName, scoreColumnName);

    /// <summary>A mixture of softmax at one temperature, plain softmax and equal probabilities (Zhang et al. 2020): never changes the predicted class.</summary>
    /// <inheritdoc cref="Auto"/>
    public MulticlassCalibratorEstimator EnsembleTemperature(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.EnsembleTemperature, labelColumnName, scoreColumnName);

    /// <summary>A scale and a bias for each class (Guo et al. 2017).</summary>
    /// <inheritdoc cref="Auto"/>
    public MulticlassCalibratorEstimator Vector(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.Vector, labelColumnName, scoreColumnName);

    /// <summary>A matrix and a bias (Guo et al. 2017; regularised as in Kull et al. 2019).</summary>
    /// <inheritdoc cref="Auto"/>
    public MulticlassCalibratorEstimator Matrix(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.Matrix, labelColumnName, scoreColumnName);

    /// <summary>A rising step function for each class (Zadrozny and Elkan 2002).</summary>
    /// <inheritdoc cref="Auto"/>
    public MulticlassCalibratorEstimator Isotonic(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.Isotonic, labelColumnName, scoreColumnName);

    /// <summary>Bins for each class (Zadrozny and Elkan 2001).</summary>
    /// <inheritdoc cref="Auto"/>
    public MulticlassCalibratorEstimator Histogram(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.Histogram, labelColumnName, scoreColumnName);

    /// <summary>A temperature that rises as the log-density told by the row's scores falls (<see cref="DensityTemperatureCalibrator"/>): never changes the predicted class.</summary>
    /// <inheritdoc cref="Auto"/>
    public MulticlassCalibratorEstimator DensityTemperature(string labelColumnName = "Label", string scoreColumnName = "Score") => Of(CalibrationMethod.DensityTemperature, labelColumnName, scoreColumnName);

    /// <summary>A calibrator with all its settings.</summary>
    /// <param name="options">The settings. They are copied: later changes do not reach the estimator.</param>
    /// <exception cref="ArgumentException">A column name is empty or used for two columns, or a value is out of range.</exception>
    public MulticlassCalibratorEstimator Of(MulticlassCalibratorEstimator.Options options) => new(_environment, options);

    private MulticlassCalibratorEstimator Of(CalibrationMethod method, string labelColumnName, string scoreColumnName) =>
        Of(new MulticlassCalibratorEstimator.Options { Method = method, LabelColumnName = labelColumnName, ScoreColumnName = scoreColumnName });
}
