using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// A block of a causal transformer over the pixels [N, H·W, d] (GPT-2's; iGPT, Chen et al. 2020): h ← h + attention(LayerNorm(h)), then h ← h + linear(GELU(linear(LayerNorm(h)))), the
/// hidden layer four times as wide.
/// </summary>
internal sealed class TransformerBlock : nn.Module<Tensor, Tensor>
{
    private readonly AttentionPattern _pattern;
    private readonly int _heads, _height, _width;
#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly LayerNorm norm1, norm2;
    private readonly Linear qkv, output, expand, contract;
#pragma warning restore IDE1006

    public TransformerBlock(AttentionPattern pattern, int width, int heads, int gridHeight, int gridWidth, Device device) : base(nameof(TransformerBlock))
    {
        (_pattern, _heads, _height, _width) = (pattern, heads, gridHeight, gridWidth);
        norm1 = nn.LayerNorm(width, device: device, dtype: float32);
        qkv = nn.Linear(width, 3L * width, device: device, dtype: float32);
        output = nn.Linear(width, width, device: device, dtype: float32);
        norm2 = nn.LayerNorm(width, device: device, dtype: float32);
        expand = nn.Linear(width, 4L * width, device: device, dtype: float32);
        contract = nn.Linear(4L * width, width, device: device, dtype: float32);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var parts = Parts(hidden);
        var attended = CausalAttention.Attend(_pattern, parts[0], parts[1], parts[2], _height, _width);
        return Finish(hidden, attended).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The block for the pixel at <paramref name="at"/> alone, [N, 1, d], whose earlier pixels' keys and values are in the cache; its own are added. No gradients.
    /// </summary>
    public Tensor Next(Tensor hidden, int at, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        var parts = Parts(hidden);
        var (keys, values) = cache.Add(_pattern, at, parts[1], parts[2], _width);
        return Finish(hidden, nn.functional.scaled_dot_product_attention(parts[0], keys, values)).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights: those that add to the stream smaller by √(2 · blocks), as GPT-2's.</summary>
    public void Initialize(Generator generator, int blocks)
    {
        double deviation = 0.02, added = deviation / Math.Sqrt(2 * blocks);
        foreach (var (layer, of) in new[] { (qkv, deviation), (output, added), (expand, deviation), (contract, added) })
        {
            layer.weight!.normal_(0, of, generator);
            layer.bias!.zero_();
        }
    }

    /// <summary>Query, key and value [N · heads, pixels, dh].</summary>
    private Tensor[] Parts(Tensor hidden)
    {
        long pixels = hidden.shape[1], width = hidden.shape[2];
        return qkv.call(norm1.call(hidden)).view(-1, pixels, 3, _heads, width / _heads).permute(2, 0, 3, 1, 4).reshape(3, -1, pixels, width / _heads).unbind(0);
    }

    private Tensor Finish(Tensor hidden, Tensor attended)
    {
        var joined = attended.view(-1, _heads, hidden.shape[1], attended.shape[2]).transpose(1, 2).reshape(hidden.shape);
        var x = hidden.Plus(output.call(joined));
        return x.Plus(contract.call(nn.functional.gelu(expand.call(norm2.call(x)))));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var part in new nn.Module[] { norm1, norm2, qkv, output, expand, contract })
                part.Dispose();
        base.Dispose(disposing);
    }
}
