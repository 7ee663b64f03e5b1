namespace Hdge.Data;

/// <summary>Turns stored images into network input, with random changes.</summary>
internal interface IBatchAugmenter
{
    /// <summary>Fills <paramref name="into"/> with one view of each image of <paramref name="indices"/>; all randomness comes from <paramref name="random"/>.</summary>
    /// <param name="into">Count × image length values.</param>
    /// <param name="indices">Images.</param>
    /// <param name="epoch">The epoch, counted from 0.</param>
    /// <param name="random">What is drawn.</param>
    void Fill(Span<float> into, ReadOnlySpan<int> indices, int epoch, Random random);
}
