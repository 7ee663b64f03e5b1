using Hdge.MLNet;

namespace Microsoft.ML;

/// <summary>Adds calibrators to the multiclass operations of an <see cref="MLContext"/>; ML.NET itself has them for two classes only.</summary>
public static class MulticlassCalibratorsCatalog
{
    extension(MulticlassClassificationCatalog catalog)
    {
        /// <summary>Calibrators of the Score of any multiclass trainer.</summary>
        public MulticlassCalibrators Calibrators => new(catalog);
    }
}
