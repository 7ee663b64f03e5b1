using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

internal delegate void MessageListener(ChannelMessageKind kind, ChannelMessage message, string source);

/// <summary>What the root environment and the hosts under it have in common: a name, a random source, channels, options.</summary>
internal abstract class EnvironmentBase : IHostEnvironmentInternal, ICancelable
{
    private readonly Lock _lock = new();
    private readonly List<WeakReference<Host>> _children = new();
    private readonly Dictionary<string, object> _options = new();
    private readonly Random _rand;

    protected EnvironmentBase(EnvironmentBase parent, string shortName, string parentFullName, int? seed, Random rand, MessageListener listener)
    {
        Parent = parent;
        ShortName = shortName;
        FullName = string.IsNullOrEmpty(parentFullName) ? shortName : $"{parentFullName}; {shortName}";
        Seed = seed;
        Listener = listener;
        ComponentCatalog = parent?.ComponentCatalog ?? new ComponentCatalog();
        _rand = rand;
    }

    public EnvironmentBase Parent { get; }

    public string ShortName { get; }

    public string FullName { get; }

    public MessageListener Listener { get; }

    public ComponentCatalog ComponentCatalog { get; }

    public int? Seed { get; }

    public string TempFilePath { get; set; } = Path.GetTempPath();

    public bool FallbackToCpu { get; set; }

    public int? GpuDeviceId { get; set; }

    public bool IsCanceled { get; protected set; }

    public string ContextDescription => "HostEnvironment";

    public Random Rand => _rand;

    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Guard.NotEmpty(name, nameof(name));
        lock (_lock)
        {
            _children.RemoveAll(c => !c.TryGetTarget(out _));
            var rand = new Random(seed ?? _rand.Next());
            // The name is the grandparent's, as in ML.NET: the environment's own name is empty.
            var host = new Host(this, name, Parent?.FullName, rand)
            {
                TempFilePath = TempFilePath,
                FallbackToCpu = FallbackToCpu,
                GpuDeviceId = GpuDeviceId,
            };
            _children.Add(new WeakReference<Host>(host));
            return host;
        }
    }

    public IChannel Start(string name) => new Channel(this, Guard.NotEmpty(name, nameof(name)));

    public IPipe<TMessage> StartPipe<TMessage>(string name) => new Pipe<TMessage>(this, Guard.NotEmpty(name, nameof(name)));

    public IProgressChannel StartProgressChannel(string name) => new SilentProgressChannel(Guard.NotEmpty(name, nameof(name)));

    public TException Process<TException>(TException ex)
        where TException : Exception
        => ex is null ? null : Guard.Mark(ex);

    void ICancelable.CancelExecution()
    {
        lock (_lock)
        {
            IsCanceled = true;
            foreach (var child in _children)
            {
                if (child.TryGetTarget(out var host))
                    ((ICancelable)host).CancelExecution();
            }
        }
    }

    public bool TryAddOption<T>(string name, T value)
    {
        CheckOption(name);
        return _options.TryAdd(name, value);
    }

    public void SetOption<T>(string name, T value)
    {
        CheckOption(name);
        _options[name] = value;
    }

    public bool TryGetOption<T>(string name, out T value)
    {
        CheckOption(name);
        var found = _options.TryGetValue(name, out var held) && held is T;
        value = found ? (T)held : default;
        return found;
    }

    public T GetOptionOrDefault<T>(string name)
    {
        TryAddOption<T>(name, default);
        return (T)_options[name];
    }

    public bool RemoveOption(string name)
    {
        CheckOption(name);
        return _options.Remove(name);
    }

    private static void CheckOption(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new ArgumentNullException(nameof(name));
    }
}
