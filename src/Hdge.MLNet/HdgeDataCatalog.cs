using Hdge.Data;

namespace Microsoft.ML;

/// <summary>Adds folders of image files to the data operations of an <see cref="MLContext"/>.</summary>
public static class HdgeDataCatalog
{
    /// <summary>
    /// The files in a folder's folders, each of which is a class, as rows of two text columns: Label, the folder's name, and ImagePath. No file is read yet:
    /// <c>Trainers.Hdge</c> takes the column ImagePath as features, and so does <c>Transforms.LoadImages</c>.
    /// </summary>
    /// <param name="catalog">The context's data operations.</param>
    /// <param name="folder">Holds a folder for each class. What is hidden is left alone; every other file is taken for an image.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no folders, or they hold no files.</exception>
    public static IDataView LoadImageFolder(this DataOperationsCatalog catalog, string folder)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        LabelledFiles files = ImageFolder.Find(folder);
        return catalog.LoadFromEnumerable(files.Paths.Zip(files.Labels, (path, label) => new Row { Label = files.ClassNames[label], ImagePath = path }).ToList());
    }

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public string ImagePath { get; set; } = "";
    }
}
