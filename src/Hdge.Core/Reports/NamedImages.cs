using Hdge.Data;

namespace Hdge.Reports;

/// <summary>A set of images that a model was not trained to know.</summary>
/// <param name="Name">Name in tables and plots, not empty.</param>
/// <param name="Images">The images; labels are not looked at.</param>
public sealed record NamedImages(string Name, ImageSet Images);
