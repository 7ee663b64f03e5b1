using Hdge.Data;

namespace PaperTables.Evaluation;

/// <summary>A set of images that a model was not trained to know.</summary>
internal sealed record NamedImages(string Name, ImageSet Images);
