using System.Text.Json.Serialization;

namespace Hdge.Calibration;

/// <summary>How logits become probabilities that mean what they say. In order of simplicity.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CalibrationMethod>))]
public enum CalibrationMethod
{
    /// <summary>The simplest of the others whose cross-validated negative log-likelihood cannot be told from the best one's: <see cref="CalibratorFitting"/>.</summary>
    Auto,

    /// <summary>softmax f(x) as it is.</summary>
    None,

    /// <summary>One temperature (Guo et al. 2017, section 4.2): <see cref="TemperatureCalibrator"/>.</summary>
    Temperature,

    /// <summary>A scale and a bias for each class (Guo et al. 2017, section 4.2): <see cref="VectorCalibrator"/>.</summary>
    Vector,

    /// <summary>A matrix and a bias (Guo et al. 2017, section 4.2; regularised as in Kull et al. 2019): <see cref="MatrixCalibrator"/>.</summary>
    Matrix,

    /// <summary>A rising step function for each class (Zadrozny and Elkan 2002): <see cref="IsotonicCalibrator"/>.</summary>
    Isotonic,

    /// <summary>Equal bins for each class (Zadrozny and Elkan 2001): <see cref="HistogramCalibrator"/>.</summary>
    Histogram,
}
