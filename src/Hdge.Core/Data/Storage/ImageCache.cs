namespace Hdge.Data;

/// <summary>Where decoded images are kept while a model is trained on them.</summary>
public enum ImageCache
{
    /// <summary>In memory up to <see cref="ImageCacheOptions.MostMemory"/>, a quarter of what the process may use, else in a file.</summary>
    Auto,

    /// <summary>In memory, however many there are.</summary>
    Memory,

    /// <summary>In a file: the memory that training needs does not grow with the number of images.</summary>
    Disk,
}
