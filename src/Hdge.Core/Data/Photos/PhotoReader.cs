namespace Hdge.Data;

/// <summary>Reads many image files, on all cores, in their order, a few at a time.</summary>
internal sealed class PhotoReader(ImageShape shape, PhotoOptions options)
{
    private const int MostFiles = 256, MostValues = 1 << 24;

    private readonly PhotoDecoder _decoder = new(shape, options);

    /// <summary>Files to read at once: enough for all cores, little enough for memory.</summary>
    public int WindowSize { get; } = Math.Clamp(MostValues / shape.Length, Math.Min(Environment.ProcessorCount, MostFiles), MostFiles);

    /// <summary>Reads files in parallel.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="into">Takes files × shape values.</param>
    /// <param name="cancellationToken">Looked at between files.</param>
    /// <returns>For each file null, or why it cannot be read; its values are then undefined.</returns>
    public string?[] Read(IReadOnlyList<string> paths, byte[] into, CancellationToken cancellationToken = default)
    {
        var reasons = new string?[paths.Count];
        try
        {
            Parallel.For(0, paths.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
                i => reasons[i] = _decoder.Read(paths[i], into.AsSpan(i * shape.Length, shape.Length)));
        }
        catch (AggregateException error) when (error.InnerException is TypeInitializationException or DllNotFoundException)
        {
            throw NoSkia(error.InnerException);
        }
        return reasons;
    }

    private static PlatformNotSupportedException NoSkia(Exception error) => new(
        $"Image files are read with SkiaSharp, whose native library cannot be loaded: {error.GetBaseException().Message} On Linux it is in SkiaSharp.NativeAssets.Linux.NoDependencies, which this package asks for: "
        + "publish for the system that the program runs on, and let no other version of SkiaSharp take its place.", error);
}
