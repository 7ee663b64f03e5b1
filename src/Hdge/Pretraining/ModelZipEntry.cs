using System.IO.Compression;

namespace Hdge.Pretraining;

/// <summary>The model's own file inside a model.zip of ML.NET, or an ensemble's.</summary>
internal static class ModelZipEntry
{
    public const string Name = "Model.hdge", Ensemble = "Ensemble.hdge"; // as the transformers save them

    /// <summary>A copy in memory, no longer than the entry turns out to be; at most 2 GiB.</summary>
    /// <exception cref="InvalidDataException">The zip is damaged, holds no such model, or several.</exception>
    public static Stream Open(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var models = zip.Entries.Where(entry => entry.Name == Name).ToList();
            if (zip.Entries.Any(entry => entry.Name == Ensemble))
                throw new InvalidDataException("It holds an ensemble, expected a single model.");
            if (models is not [var model])
                throw new InvalidDataException($"It holds {models.Count} models of HDGE, expected one.");
            var copy = new MemoryStream();
            using (var packed = model.Open())
                packed.CopyTo(copy);
            copy.Position = 0;
            return copy;
        }
        catch (Exception error) when (error is EndOfStreamException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"It is damaged: {error.Message}", error);
        }
    }
}
