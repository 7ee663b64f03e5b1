namespace Hdge.Data;

/// <summary>How a picture is brought to other proportions.</summary>
public enum PhotoResizing
{
    /// <summary>The largest part of the shape's proportions, from the middle: what lies outside is lost.</summary>
    Crop,

    /// <summary>The whole picture in the middle, with black bars.</summary>
    Pad,

    /// <summary>The whole picture, stretched.</summary>
    Stretch,
}
