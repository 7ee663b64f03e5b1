namespace Hdge.Data;

/// <summary>Why content cannot be read as an image.</summary>
public enum PhotoFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>It is empty, of no known format, or its header is damaged.</summary>
    UnknownFormat,

    /// <summary>It has more pixels than <see cref="PhotoOptions.MostPixels"/>.</summary>
    TooLarge,

    /// <summary>It is an image, but damaged or cut off.</summary>
    Damaged,
}
