using Microsoft.ML.Runtime;

namespace Microsoft.ML;

internal interface IInternalCatalog
{
    IHostEnvironment Environment { get; }
}

internal static class CatalogUtils
{
    public static IHostEnvironment GetEnvironment(IInternalCatalog catalog)
        => (catalog ?? throw new ArgumentNullException(nameof(catalog))).Environment;
}
