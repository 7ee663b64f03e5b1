using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>Tells apart why a label's key has a single value: MapValueToKey gives that to no rows and to rows of one class alike.</summary>
internal static class SingleClasses
{
    /// <summary>Does nothing to a label of another type; reads the label's rows where its key has a single value.</summary>
    /// <exception cref="InvalidDataException">The label's key has a single value, and there are no rows with one, or the value's name is known.</exception>
    public static void Refuse(IDataView input, DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType { Count: 1 })
            return;
        var rows = new LabelledRows(label, 1);
        using DataViewRowCursor cursor = input.GetRowCursor([label]);
        int labelled = rows.Of(cursor, CancellationToken.None).Count();
        if (labelled == 0)
            throw new InvalidDataException(InputMessages.Empty(label.Name, rows.Missing));
        if (LabelValues.Of(label, 1) is { } values)
            throw new InvalidDataException(InputMessages.SingleClass(label.Name, values.Texts.Single(), labelled));
    }
}
