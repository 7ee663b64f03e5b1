using TorchSharp.Interop;
using IndexKind = TorchSharp.torch.TensorIndex.IndexKind;

namespace TorchSharp;

/// <summary>
/// Carries out an index expression the way PyTorch does: numbers, slices and new axes make a view, index tensors then pick from it.
/// </summary>
internal readonly ref struct IndexPlan
{
    private readonly torch.Tensor view;
    private readonly torch.Tensor?[]? picks;

    public IndexPlan(torch.Tensor source, torch.TensorIndex[] indices)
    {
        torch.Tensor current = source.alias();
        var tensors = new List<torch.Tensor?>();
        long dimension = 0;
        long remaining = source.Dimensions - indices.Sum(Consumed);
        if (remaining < 0) throw new System.Runtime.InteropServices.ExternalException($"too many indices for tensor of dimension {source.Dimensions}");
        foreach (torch.TensorIndex index in indices)
        {
            torch.Tensor before = current;
            switch (index.Kind)
            {
                case IndexKind.Single:
                    current = before.select(dimension, index.Start ?? 0);
                    break;
                case IndexKind.Slice:
                    if (index.Start is null && index.Stop is null && index.Step is null) current = before.alias();
                    else current = Aten.Call("slice.Tensor", before, dimension, index.Start, index.Stop, index.Step ?? 1);
                    dimension++;
                    break;
                case IndexKind.NewAxis:
                    current = before.unsqueeze(dimension++);
                    break;
                case IndexKind.Ellipsis:
                    current = before.alias();
                    dimension += remaining;
                    break;
                case IndexKind.Bool:
                    current = before.unsqueeze(dimension);
                    Pick(tensors, dimension++, torch.tensor(index.Start == 1 ? new long[] { 0 } : []));
                    break;
                default:
                    current = before.alias();
                    Pick(tensors, dimension, index.Indices!);
                    dimension += Consumed(index);
                    break;
            }
            before.Dispose();
        }
        view = current;
        picks = tensors.Count == 0 ? null : [.. tensors];
    }

    public torch.Tensor Get()
    {
        if (picks is null) return view;
        torch.Tensor picked = Aten.Call("index.Tensor", view, picks);
        view.Dispose();
        return picked;
    }

    public void Put(torch.Tensor value)
    {
        if (picks is null) view.copy_(value);
        else Aten.Run("index_put_", view, picks, value);
        view.Dispose();
    }

    private static void Pick(List<torch.Tensor?> tensors, long dimension, torch.Tensor tensor)
    {
        while (tensors.Count < dimension) tensors.Add(null);
        tensors.Add(tensor);
    }

    // A mask uses as many dimensions as it has.
    private static long Consumed(torch.TensorIndex index) => index.Kind switch
    {
        IndexKind.Single or IndexKind.Slice => 1,
        IndexKind.Tensor => index.Indices!.dtype is torch.ScalarType.Bool or torch.ScalarType.Byte ? index.Indices.Dimensions : 1,
        _ => 0,
    };
}
