using Microsoft.ML.Data;

namespace Hdge.MLNet.Output;

/// <summary>Fills a getter's vector; its memory is used again where it is large enough.</summary>
internal static class DenseVector
{
    public static void CopyTo<T>(this ReadOnlySpan<T> items, ref VBuffer<T> target)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref target, items.Length);
        items.CopyTo(editor.Values);
        target = editor.Commit();
    }
}
