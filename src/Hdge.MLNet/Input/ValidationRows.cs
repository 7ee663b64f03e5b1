using Hdge.Data;
using Hdge.MLNet.Output;
using Microsoft.ML;

namespace Hdge.MLNet.Input;

/// <summary>Reads a validation set, whose columns must mean what the training data's mean. Every refusal says that it is of the validation set.</summary>
internal static class ValidationRows
{
    /// <summary>The images, and what a user should know of the rows that were read.</summary>
    /// <exception cref="ArgumentException">A column is missing, or is of another kind than in the training data.</exception>
    /// <exception cref="InvalidDataException">There are no rows, or a value is out of range.</exception>
    public static (ImageSet Images, IReadOnlyList<string> Warnings) Read(IDataView input, TrainingRows training, HdgeTrainer.Options options, Action<string> warn, CancellationToken cancellationToken)
    {
        try
        {
            using var rows = new TrainingRows(input, options, message => warn(InputMessages.OfValidation(message)), weighted: false);
            if (!rows.ItemType.Equals(training.ItemType) || rows.Shape != training.Shape)
                throw new ArgumentException(InputMessages.OtherFeatures(options.FeatureColumnName, rows.FeatureType, training.FeatureType));
            if (rows.ClassCount != training.ClassCount || !Texts(rows).SequenceEqual(Texts(training)))
                throw new ArgumentException(InputMessages.OtherLabels(options.LabelColumnName));
            ImageSet images = rows.ReadValidation(input, cancellationToken);
            return (images, [.. rows.Warnings().Select(InputMessages.OfValidation)]);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException(InputMessages.OfValidation(error.Message), error);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(InputMessages.OfValidation(error.Message), error);
        }
    }

    private static IEnumerable<string> Texts(TrainingRows rows) => LabelValues.Of(rows.Label, rows.ClassCount)?.Texts ?? [];
}
