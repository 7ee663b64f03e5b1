namespace Hdge.Networks;

/// <summary>The names of the kinds of networks in model files: ours, and those that a program has registered.</summary>
internal static class NetworkKinds
{
    private const string Cure = $"a network of one's own is named by {nameof(NetworkOptions)}.{nameof(NetworkOptions.Register)} before its models are saved or loaded";

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, Type> s_types = new(StringComparer.Ordinal) { ["WideResNet"] = typeof(WideResNetOptions), ["ResNet18"] = typeof(ResNet18Options), ["ResNet50"] = typeof(ResNet50Options), ["Features"] = typeof(FeatureNetworkOptions), ["PixelTransformer"] = typeof(PixelTransformerOptions) };

    public static void Register(Type type, string kind)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        if (type.IsAbstract)
            throw new ArgumentException($"{type.Name} is abstract, expected the options of one kind of network.", nameof(kind));
        if (type.GetProperty(NetworkOptionsConverter.KindProperty) is not null)
            throw new ArgumentException($"{type.Name} has a property {NetworkOptionsConverter.KindProperty}, which is how the model file names the kind; expected another name.", nameof(kind));
        lock (s_lock)
        {
            if (s_types.TryGetValue(kind, out var other) && other != type)
                throw new ArgumentException($"The networks '{kind}' are those of {other}, expected another name for {type}.", nameof(kind));
            if (s_types.FirstOrDefault(pair => pair.Value == type).Key is { } name && name != kind)
                throw new ArgumentException($"The networks of {type} are named '{name}' already, found '{kind}'.", nameof(kind));
            s_types[kind] = type;
        }
    }

    /// <exception cref="InvalidDataException">No such kind is known.</exception>
    public static Type TypeOf(string kind)
    {
        lock (s_lock)
            return s_types.TryGetValue(kind, out var type) ? type
                : throw new InvalidDataException($"the network's {NetworkOptionsConverter.KindProperty} is '{kind}', expected {string.Join(" or ", s_types.Keys)}; {Cure}");
    }

    /// <exception cref="InvalidOperationException">The kind has no name.</exception>
    public static string NameOf(Type type)
    {
        lock (s_lock)
            return s_types.FirstOrDefault(pair => pair.Value == type).Key ?? throw new InvalidOperationException($"The networks of {type.Name} have no name to be saved under: {Cure}.");
    }
}
