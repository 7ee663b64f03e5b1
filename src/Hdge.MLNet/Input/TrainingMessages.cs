using System.Globalization;

namespace Hdge.MLNet.Input;

/// <summary>The words about what a trainer was given.</summary>
internal static partial class InputMessages
{
    public static string LargeValues(string name, float largest) =>
        $"The feature column '{name}' holds values up to {largest} after scaling, expected 0 to 1: see {nameof(HdgeTrainer.Options)}.{nameof(HdgeTrainer.Options.Scale)}.";

    public static string SmallValues(string name, float largest, bool isBytes, float scale) => isBytes
        ? $"The feature column '{name}' holds bytes up to {largest * 255:F0}, expected 0 to 255: were they divided by 255 before they became bytes?"
        : $"The feature column '{name}' holds no value above {largest} after scaling, expected 0 to 1: was it scaled twice? "
            + $"{nameof(HdgeTrainer.Options)}.{nameof(HdgeTrainer.Options.Scale)} is {scale}; for values that are 0 to 1 already, or standardised, it is 1.";

    public static string NegativeValues(string name, float least) =>
        $"The feature column '{name}' holds values down to {least} after scaling, expected 0 to 1: was it standardised before? Then set {nameof(HdgeTrainer.Options)}."
        + $"{nameof(HdgeTrainer.Options.Mean)} = [0] and {nameof(HdgeTrainer.Options.StandardDeviation)} = [1], for the network's input is (value − mean) / standard deviation.";

    public static string NothingHeldOut(string sets, double fraction, int images, int classes) => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(HdgeTrainer.Options.PredictionSetColumnName)} is '{sets}', but of {images} images of {classes} classes a {nameof(HdgeTrainer.Options.ValidationFraction)} of {fraction} holds out none: ")
        + "prediction sets are made from held-out images. Expected more images, at least two of a class, or a larger fraction.";
}
