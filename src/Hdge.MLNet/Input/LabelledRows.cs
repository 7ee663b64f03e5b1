using Microsoft.ML;

namespace Hdge.MLNet.Input;

/// <summary>The rows that have a label, of whatever unsigned type the label's key is.</summary>
/// <param name="label">The label column, a key.</param>
/// <param name="classCount">Number of classes.</param>
internal sealed class LabelledRows(DataViewSchema.Column label, int classCount)
{
    /// <summary>The label column.</summary>
    public DataViewSchema.Column Label => label;

    /// <summary>Rows left out because their label is missing.</summary>
    public long Missing { get; private set; }

    /// <summary>Begins anew.</summary>
    public void Restart() => Missing = 0;

    /// <summary>Moves the cursor to each row that has a label, and answers its class, from 0.</summary>
    /// <exception cref="InvalidDataException">A label is out of range.</exception>
    public IEnumerable<int> Of(DataViewRowCursor cursor, CancellationToken cancellationToken)
    {
        Func<ulong> getKey = LabelReader.Create(cursor, label);
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            ulong key = getKey();
            if (key == 0)
                Missing++;
            else if (key > (ulong)classCount)
                throw new InvalidDataException(InputMessages.LabelOutOfRange(label.Name, cursor.Position, key, classCount));
            else
                yield return (int)key - 1;
        }
    }
}
