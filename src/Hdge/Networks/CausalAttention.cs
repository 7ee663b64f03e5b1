using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// softmax(q·k/√dh)·v over the pixels that a pattern allows, without working out what it forbids. The tensors are [images · heads, H·W, dh]; equal to softmax over the dense mask up to
/// rounding, gradients too.
/// </summary>
internal static class CausalAttention
{
    public static Tensor Attend(AttentionPattern pattern, Tensor query, Tensor key, Tensor value, int height, int width) => pattern switch
    {
        AttentionPattern.Row => Row(query, key, value, height, width),
        AttentionPattern.Column => Column(query, key, value, height, width),
        _ => nn.functional.scaled_dot_product_attention(query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1), is_casual: true).squeeze(1),
    };

    /// <summary>The dense mask [H·W, H·W] of a pattern: what the definitions say, for comparison.</summary>
    public static bool Allows(AttentionPattern pattern, int query, int key, int width) => key <= query && pattern switch
    {
        AttentionPattern.Row => query - key <= width,
        AttentionPattern.Column => (query - key) % width == 0,
        _ => true,
    };

    private static Tensor Column(Tensor query, Tensor key, Tensor value, int height, int width)
    {
        using var scope = NewDisposeScope();
        var attended = nn.functional.scaled_dot_product_attention(Turned(query), Turned(key), Turned(value), is_casual: true);
        return attended.transpose(1, 2).reshape(query.shape).MoveToOuterDisposeScope();

        Tensor Turned(Tensor x) => x.view(-1, height, width, x.shape[2]).transpose(1, 2);
    }

    // A pixel's keys lie in its own row and in the one above, so a row of queries sees 2·W keys and a mask.
    private static Tensor Row(Tensor query, Tensor key, Tensor value, int height, int width)
    {
        using var scope = NewDisposeScope();
        var attended = nn.functional.scaled_dot_product_attention(Rows(query), WithAbove(key), WithAbove(value), Mask());
        return attended.reshape(query.shape).MoveToOuterDisposeScope();

        Tensor Rows(Tensor x) => x.view(-1, height, width, x.shape[2]);

        Tensor WithAbove(Tensor x)
        {
            var rows = Rows(x);
            var above = cat([rows.narrow(1, 0, 1).zeros_like(), rows.narrow(1, 0, height - 1)], 1);
            return cat([above, rows], 2);
        }

        // [1, H, W, 2·W]: of the row above those from the pixel above on, of the own row those up to the pixel. Above the first row there is none.
        Tensor Mask()
        {
            var square = ones(width, width, dtype: ScalarType.Bool, device: query.device);
            var first = cat([square.zeros_like(), square.tril()], 1).view(1, 1, width, 2 * width);
            var others = cat([square.triu(), square.tril()], 1).view(1, 1, width, 2 * width).expand(1, height - 1, width, 2 * width);
            return cat([first, others], 1);
        }
    }
}
