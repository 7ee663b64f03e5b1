namespace Hdge.MLNet.Scoring;

/// <summary>The pictures of the rows read ahead, as values of the model's shape.</summary>
internal interface IPhotoSlots
{
    /// <summary>The slots of the feature column.</summary>
    ColumnBuffer Buffer { get; }

    /// <summary>Slots × image values, channel first.</summary>
    byte[] Pixels { get; }

    /// <summary>Sees to it that the first <paramref name="count"/> slots are read.</summary>
    void Read(int count);

    /// <summary>Whether a slot has no picture, or why it cannot be read: " ('a.jpg') cannot be read: the file is empty."</summary>
    (bool IsMissing, string? Damage) State(int slot);
}
