using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public static class DataViewTypeManager
{
    private static readonly Lock _lock = new();
    private static readonly Dictionary<(Type Raw, DataViewTypeAttribute Attribute), DataViewType> _typeOf = new();
    private static readonly Dictionary<DataViewType, (Type Raw, DataViewTypeAttribute Attribute)> _rawOf = new();

    [Obsolete("This API is deprecated, please use the new form of Register which takes in a single DataViewTypeAttribute instead.", false)]
    public static void Register(DataViewType dataViewType, Type type, IEnumerable<Attribute> typeAttributes)
        => Register(dataViewType, type, AttributeOf(type, typeAttributes));

    public static void Register(DataViewType dataViewType, Type type, DataViewTypeAttribute typeAttribute = null)
    {
        Guard.Argument(ColumnTypeExtensions.PrimitiveTypeOrNull(type) is null, nameof(type), $"{type} is a standard type and cannot be registered again.");
        var raw = (type, typeAttribute);
        lock (_lock)
        {
            if (_typeOf.TryGetValue(raw, out var known))
                Guard.Argument(known.Equals(dataViewType), nameof(type), $"{type} is already registered as {known}; it cannot be {dataViewType} too.");
            if (_rawOf.TryGetValue(dataViewType, out var taken))
                Guard.Argument(taken.Equals(raw), nameof(dataViewType), $"{dataViewType} is already registered for {taken.Raw}; it cannot hold {type} too.");
            _typeOf[raw] = dataViewType;
            _rawOf[dataViewType] = raw;
        }
    }

    internal static DataViewType FindOrNull(Type type, IEnumerable<Attribute> attributes)
    {
        lock (_lock)
            return _typeOf.GetValueOrDefault((type, AttributeOf(type, attributes)));
    }

    private static DataViewTypeAttribute AttributeOf(Type type, IEnumerable<Attribute> attributes)
    {
        var found = attributes?.OfType<DataViewTypeAttribute>().ToArray() ?? [];
        Guard.Argument(found.Length <= 1, nameof(type), $"{type} has more than one attribute that says its column type.");
        return found.FirstOrDefault();
    }
}
