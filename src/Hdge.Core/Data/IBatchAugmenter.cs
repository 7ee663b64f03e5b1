namespace Hdge.Data;

/// <summary>Turns stored images into network input, with random changes.</summary>
internal interface IBatchAugmenter
{
    /// <summary>Fills <paramref name="into"/> with one view of each image of <paramref name="indices"/>; all randomness comes from <paramref name="random"/>.</summary>
    void Fill(Span<float> into, ReadOnlySpan<int> indices, Random random);
}
