using System.Globalization;
using Hdge.Data;

namespace Hdge.MLNet.Input;

/// <summary>The words of every refusal of input: which column, what was found, what was expected. Rows count from 0.</summary>
internal static class InputMessages
{
    public const string KeyExpected = "a key (map the labels with Transforms.Conversion.MapValueToKey)";

    public static string Missing(string role, string name, IEnumerable<string> present) =>
        $"The {role} column '{name}' is missing: the input has {List(present)}.";

    public static string WrongType(string role, string name, object found, string expected) =>
        $"The {role} column '{name}' has the type {found}, expected {expected}.";

    public static string WrongClassCount(string name, ulong found, ulong most) =>
        $"The key type of the label column '{name}' has {found} values, expected 2 to {most} classes. "
        + "A key of unknown count can be given one by KeyTypeAttribute(count) or by MapValueToKey.";

    public static string WrongLength(string name, int found, ImageShape shape) =>
        $"The feature column '{name}' has {found} values a row, expected {shape.Length} for images of {shape}.";

    public static string OtherClassCount(string role, string name, ulong found, int classCount) =>
        $"The key type of the {role} column '{name}' has {found} values, expected {classCount}, one an item of the score.";

    public static string OtherKeyValues(string labelName, string predictedName) =>
        $"The label column '{labelName}' and the predicted label column '{predictedName}' have different key values, expected the same in the same order: "
        + "the labels were mapped to keys by another MapValueToKey than in training.";

    public static string NotProbabilities(string name, long row, double sum) =>
        $"The score column '{name}' holds no probabilities in row {row} (their sum is {sum:G6}), expected values of 0 to 1 with the sum 1. "
        + "MulticlassClassification.Calibrators makes probabilities of any scores.";

    public static string NotFiniteScore(string role, string name, long row) =>
        $"The {role} column '{name}' holds NaN or an infinite value in row {row}, expected finite numbers.";

    public static string ScoreLength(string name, long row, int found, int expected) =>
        $"The score column '{name}' has {found} values in row {row}, expected {expected}.";

    public static string NotAConfidence(string name, long row, float found) =>
        $"The confidence column '{name}' holds {found} in row {row}, expected 0 to 1.";

    public static string NothingToEvaluate(string labelName, long missing) =>
        $"There is nothing to evaluate: found 0 rows with a value in the label column '{labelName}'" + (missing == 0 ? "." : $" and {missing} rows where it is missing.");

    public static string UnclearShape(string name, int length) =>
        $"The feature column '{name}' has {length} values a row, which is no square grey (H×H) or colour (3×H×H) image without doubt: expected an ImageShape.";

    public static string Interleaved(string name, int height, int width, int channels) =>
        $"The feature column '{name}' has the dimensions {height}x{width}x{channels}, colours last: expected channel first, {channels}x{height}x{width} "
        + "(ExtractPixels gives that with interleavePixelColors: false), or an ImageShape.";

    public static string NotFinite(string name, long row) =>
        $"The feature column '{name}' holds NaN or an infinite value in row {row}, expected finite numbers.";

    public static string Overflow(string name, long row) =>
        $"The network has no finite answer for the feature column '{name}' in row {row}: expected values near those it was trained on.";

    public static string OutOfRange(string name, long row, string? problem) => $"The feature column '{name}' {problem} First such row: {row}. Rows out of range are never in-distribution; "
        + $"{nameof(HdgeTrainer.Options)}.{nameof(HdgeTrainer.Options.OutOfRange)} = {nameof(OutOfRangeAction.Throw)} refuses them.";

    public static string RefusedRange(string name, long row, string? problem) =>
        $"The feature column '{name}' in row {row} {problem} ({nameof(HdgeTransformer)}.{nameof(HdgeTransformer.OutOfRange)} is {nameof(OutOfRangeAction.Throw)}.)";

    public static string NothingHeldOut(string sets, double fraction, int images, int classes) => string.Create(CultureInfo.InvariantCulture,
        $"{nameof(HdgeTrainer.Options.PredictionSetColumnName)} is '{sets}', but of {images} images of {classes} classes a {nameof(HdgeTrainer.Options.ValidationFraction)} of {fraction} holds out none: ")
        + "prediction sets are made from held-out images. Expected more images, at least two of a class, or a larger fraction.";

    public static string RowLength(string name, long row, int found, int expected) =>
        $"The feature column '{name}' has {found} values in row {row}, expected {expected}.";

    public static string LabelOutOfRange(string name, long row, ulong found, int classCount) =>
        $"The label column '{name}' holds the key {found} in row {row}, expected 1 to {classCount}.";

    public static string Empty(string labelName, long missing) =>
        $"There is nothing to train on: found 0 rows with a value in the label column '{labelName}'"
        + (missing == 0 ? ", expected at least 2." : $" and {missing} rows where it is missing, expected at least 2 rows with one.");

    public static string SingleClass(string name, int rows) =>
        $"The label column '{name}' holds a single class in all {rows} rows, expected at least 2.";

    private static string List(IEnumerable<string> names)
    {
        string list = string.Join(", ", names.Distinct().Select(name => $"'{name}'"));
        return list.Length == 0 ? "no columns" : list;
    }
}
