using System.Globalization;
using Hdge.Data;
using Hdge.MLNet.Scoring;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>The words of every refusal of input: which column, what was found, what was expected. Rows count from 0.</summary>
internal static partial class InputMessages
{
    private const string MissingCure = "(An empty path, no MLImage, or a vector without a value, as ExtractPixels gives where the path of LoadImages is empty.)";

    private const string SkipCure = $"Options.{nameof(ImageTransformer.Photos)} = new {nameof(PhotoOptions)} {{ {nameof(PhotoOptions.Damaged)} = {nameof(DamagedAction)}.{nameof(DamagedAction.SkipAndCount)} }}";

    public const string KeyExpected = "a key (map the labels with Transforms.Conversion.MapValueToKey)";

    public static string Missing(string role, string name, IEnumerable<string> present) =>
        $"The {role} column '{name}' is missing: the input has {List(present)}.";

    public static string WrongType(string role, string name, object found, string expected) =>
        $"The {role} column '{name}' has the type {found}, expected {expected}.";

    public static string WrongFeatures(string name, object found, string cure) =>
        $"The feature column '{name}' has the type {found}, expected a vector of Single or Byte of known size: {cure}.";

    public static string WrongLabel(string name, object found, string cure) =>
        $"The label column '{name}' has the type {found}, expected a key: {cure}.";

    public static string WrongClassCount(string name, ulong found, ulong most) =>
        $"The key type of the label column '{name}' has {found} values, expected 2 to {most} classes. "
        + "A key of unknown count can be given one by KeyTypeAttribute(count) or by MapValueToKey.";

    public static string WrongLength(string name, int found, ImageShape shape) =>
        $"The feature column '{name}' has {found} values a row, expected {shape.Length} for images of {shape}.";

    public static string FeaturesOfSingle(string name, VectorDataViewType found) =>
        $"The feature column '{name}' has the type {found}, but the network takes features: expected a vector of Single. Convert it with Transforms.Conversion.ConvertType(outputKind: DataKind.Single).";

    public static string NoVector(string name, int found, ImageShape? given) => given is { } shape
        ? $"The feature column '{name}' has {found} values a row, but the network takes vectors of {shape.Length} features and the shape is {shape}: expected a column of that length and the shape ImageShape.Vector({shape.Length}), or none in training."
        : $"The feature column '{name}' has no values, expected at least 1 a row.";

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

    public static string UnclearDimensions(string name, VectorDataViewType found) =>
        $"The feature column '{name}' has the dimensions {Dimensions(found)}: expected an ImageShape, or dimensions of height and width or of channels (up to 4), height and width.";

    public static string Interleaved(string name, VectorDataViewType found, ImageShape shape) =>
        $"The feature column '{name}' has the dimensions {Dimensions(found)}, colours last: expected channel first, {shape} "
        + "(ExtractPixels gives that with interleavePixelColors: false, its default; or turn the values round yourself).";

    public static string OtherOrder(string name, VectorDataViewType found, ImageShape given, ImageShape? told, bool coloursLast) =>
        $"The feature column '{name}' has the dimensions {Dimensions(found)}, but the ImageShape is {given}: as many values in another order. "
        + (coloursLast ? "The column has its colours last: expected channel first, which ExtractPixels gives with interleavePixelColors: false, its default."
            : told is { } shape ? $"Expected {shape}, or no ImageShape: the column's dimensions tell it. An ImageShape is channels, height, width."
            : "Expected dimensions of channels, height and width, as ExtractPixels gives them, or of the whole length.");

    public static string GuessedShape(string name, int length, ImageShape guess, IReadOnlyList<ImageShape> others)
    {
        string guessed = guess.Channels == 1 ? $"{guess}, square and grey" : $"{guess}, square and in colour, channel first";
        string could = others.Count == 0 ? "" : $" It could be {string.Join(" or ", others.Take(3))}{(others.Count > 3 ? " and more" : "")} as well.";
        return $"The feature column '{name}' is a vector of {length} values without dimensions, and no ImageShape was given: it is taken for images of {guessed}.{could} "
            + "Set ImageShape, or give the column its dimensions: VectorType(channels, height, width).";
    }

    public static string NotFinite(string name, long row) =>
        $"The feature column '{name}' holds NaN or an infinite value in row {row}, expected finite numbers.";

    public static string Overflow(string name, long row) =>
        $"The network has no finite answer for the feature column '{name}' in row {row}: expected values near those it was trained on.";

    public static string OutOfRange(string name, long row, string? problem) => $"The feature column '{name}' {problem} First such row: {row}. Rows out of range are never in-distribution; "
        + $"Options.{nameof(ImageTransformer.OutOfRange)} = {nameof(OutOfRangeAction.Throw)} refuses them.";

    public static string RefusedRange(string transformer, string name, long row, string? problem) =>
        $"The feature column '{name}' in row {row} {problem} ({transformer}.{nameof(ImageTransformer.OutOfRange)} is {nameof(OutOfRangeAction.Throw)}.)";

    public static string RowLength(string name, long row, int found, int expected) =>
        $"The feature column '{name}' has {found} values in row {row}, expected {expected}.";

    public static string LabelOutOfRange(string name, long row, ulong found, int classCount) =>
        $"The label column '{name}' holds the key {found} in row {row}, expected 1 to {classCount}.";

    public static string Empty(string labelName, long missing) =>
        $"There is nothing to train on: the data has no rows{(missing == 0 ? "" : " with a label")}, found 0 rows with a value in the label column '{labelName}'"
        + (missing == 0 ? ", expected at least 2." : $" and {missing} rows where it is missing, expected at least 2 rows with one.");

    public static string WrongWeight(string name, long row, float found) => string.Create(CultureInfo.InvariantCulture,
        $"The weight column '{name}' holds {found} in row {row}, expected a finite number of at least 0.");

    public static string NoWeights(string name, long rows) =>
        $"There is nothing to train on: the weight column '{name}' is 0 in all {rows} rows with a label, expected weights above 0.";

    public static string ZeroWeights(string name, long rows) => $"{rows} rows were left out: their weight column '{name}' is 0.";

    public static string OfValidation(string message) => $"In the validation set: {message}";

    public static string OtherFeatures(string name, DataViewType found, DataViewType expected) =>
        $"The feature column '{name}' has the type {found}, expected {expected} as in the training data: transform both by the same fitted pipeline.";

    public static string OtherLabels(string name) =>
        $"The key values of the label column '{name}' are not those of the training data, expected the same in the same order: map both by the same fitted MapValueToKey.";

    public static string NoValidationRows(string name, long missing) =>
        $"There are 0 rows with a value in the label column '{name}'{(missing == 0 ? "" : $" and an image, and {missing} where one is missing")}, expected at least 1.";

    public static string MissingLabels(string name, long missing) => $"{missing} rows were left out: their label column '{name}' is missing.";

    public static string NoImages(string name, long missing, long damaged) => damaged > 0
        ? $"There is nothing to train on: in all {missing + damaged} rows with a label the image of the feature column '{name}' is missing or damaged, in {damaged} it is damaged: the log names each."
        : $"There is nothing to train on: in all {missing} rows with a label the image of the feature column '{name}' is missing. {MissingCure}";

    public static string TooFewImages(string name, int found, long missing, long damaged) => $"There is nothing to train on: the column '{name}' has {found} images, {missing} rows where the image is missing "
        + $"and {damaged} where it is damaged, expected at least 2 images.";

    public static string Damaged(string name, long row, string what, string reason) =>
        $"The image of the feature column '{name}' in row {row}{what} cannot be read: {End(reason)} {SkipCure} leaves such rows out.";

    public static string LeftOut(string name, long row, string what, string reason) =>
        $"Row {row} was left out: the image of its feature column '{name}'{what} cannot be read: {End(reason)}";

    public static string DamagedImages(string name, long damaged, long rows) =>
        $"{damaged} of {rows} rows were left out: the image of their feature column '{name}' is damaged or cannot be read. Each is named above.";

    public static string RefusedImage(string transformer, string name, long row, string damage) =>
        $"The image of the feature column '{name}' in row {row}{damage} With {transformer}.{nameof(ImageTransformer.Photos)} that say {nameof(DamagedAction.SkipAndCount)} "
        + "such rows are scored as black images and are never in distribution.";

    public static string ScoredDamaged(string name, string damage) =>
        $"The image of the feature column '{name}'{damage} It was scored as a black image and is never in distribution.";

    public static string MissingImages(string name, long missing) =>
        $"{missing} rows were left out: the image of their feature column '{name}' is missing. {MissingCure}";

    public static string ScoredMissingImages(string name, long missing, long scored) =>
        $"In {missing} of {scored} rows scored the image of the feature column '{name}' is missing or cannot be read: they were scored as black images and are never in distribution. {MissingCure}";

    public static string ScoredMissingImage(string name) =>
        $"The image of the feature column '{name}' is missing: it was scored as a black image and is never in distribution. {MissingCure} Later such rows are not told.";

    public static string SingleClass(string name, string? className, int rows) => className is null
        ? $"The label column '{name}' holds a single class in all {rows} rows, expected at least 2."
        : $"The label column '{name}' holds a single class in all {rows} rows ('{className}'), expected at least 2: a single class ('{className}') leaves nothing to tell apart.";

    public static string Damage(string what, string reason) => $"{what} cannot be read: {End(reason)}";

    private static string End(string reason) => reason.EndsWith('.') ? reason : reason + ".";

    private static string Dimensions(VectorDataViewType type) => string.Join('x', type.Dimensions);

    private static string List(IEnumerable<string> names)
    {
        string list = string.Join(", ", names.Distinct().Select(name => $"'{name}'"));
        return list.Length == 0 ? "no columns" : list;
    }
}
