using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Keys and values [N · heads, H·W, dh] that one block has worked out for the pixels so far, so that the next pixel costs one pixel's work.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly int _pixels;
    private Tensor? _keys, _values;

    /// <param name="pixels">H·W.</param>
    public KeyValueCache(int pixels) => _pixels = pixels;

    /// <summary>Adds a pixel's key and value [N · heads, 1, dh]; answers those that its query may look at, the pixel's own last.</summary>
    public (Tensor Keys, Tensor Values) Add(AttentionPattern pattern, int at, Tensor key, Tensor value, int width)
    {
        _keys ??= Room(key);
        _values ??= Room(value);
        _keys.narrow(1, at, 1).copy_(key);
        _values.narrow(1, at, 1).copy_(value);
        var (first, step) = pattern switch
        {
            AttentionPattern.Row => (Math.Max(0, at - width), 1),
            AttentionPattern.Column => (at % width, width),
            _ => (0, 1),
        };
        return (_keys.slice(1, first, at + 1, step), _values.slice(1, first, at + 1, step));
    }

    private Tensor Room(Tensor like) => zeros(like.shape[0], _pixels, like.shape[2], dtype: like.dtype, device: like.device).DetachFromDisposeScope();

    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }
}
