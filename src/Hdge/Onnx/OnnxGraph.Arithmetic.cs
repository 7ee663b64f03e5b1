namespace Hdge.Onnx;

public sealed partial class OnnxGraph
{
    internal OnnxValue Add(OnnxValue x, OnnxValue y) => Node("Add", [x, y]);

    internal OnnxValue Subtract(OnnxValue x, OnnxValue y) => Node("Sub", [x, y]);

    internal OnnxValue Multiply(OnnxValue x, OnnxValue y) => Node("Mul", [x, y]);

    internal OnnxValue Divide(OnnxValue x, OnnxValue y) => Node("Div", [x, y]);

    internal OnnxValue Product(OnnxValue x, OnnxValue y) => Node("MatMul", [x, y]);

    internal OnnxValue Exp(OnnxValue x) => Node("Exp", [x]);

    internal OnnxValue Log(OnnxValue x) => Node("Log", [x]);

    internal OnnxValue Not(OnnxValue x) => Node("Not", [x]);

    internal OnnxValue And(OnnxValue x, OnnxValue y) => Node("And", [x, y]);

    /// <summary>x ≥ y; true where one is NaN.</summary>
    internal OnnxValue NotBelow(OnnxValue x, OnnxValue y) => Not(Node("Less", [x, y]));

    /// <summary>x ≤ y; true where one is NaN.</summary>
    internal OnnxValue NotAbove(OnnxValue x, OnnxValue y) => Not(Node("Greater", [x, y]));

    internal OnnxValue Where(OnnxValue condition, OnnxValue x, OnnxValue y) => Node("Where", [condition, x, y]);

    internal OnnxValue Cast<T>(OnnxValue x) where T : unmanaged => Node("Cast", [x], ("to", (long)OnnxTypes.Of(typeof(T))));

    internal OnnxValue Reshape(OnnxValue x, params ReadOnlySpan<long> shape) => Node("Reshape", [x, Constant(shape)]);

    /// <summary>Over some axes, which stay with the length 1 unless told otherwise.</summary>
    /// <param name="op">ReduceMax, ReduceMin, ReduceMean or ReduceSum.</param>
    /// <param name="x">The values.</param>
    /// <param name="keep">Whether the axes stay.</param>
    /// <param name="axes">Which axes.</param>
    internal OnnxValue Reduce(string op, OnnxValue x, bool keep, params long[] axes) => op == "ReduceSum" && Opset >= 13
        ? Node(op, [x, Constant<long>(axes)], ("keepdims", keep ? 1L : 0))
        : Node(op, [x], ("axes", axes), ("keepdims", keep ? 1L : 0));

    /// <summary>Σ of each row, [N, 1].</summary>
    internal OnnxValue RowSum(OnnxValue x) => Reduce("ReduceSum", x, true, 1);

    internal OnnxValue RowMax(OnnxValue x) => Reduce("ReduceMax", x, true, 1);

    internal OnnxValue RowMin(OnnxValue x) => Reduce("ReduceMin", x, true, 1);

    /// <summary>Σ x² of each row, [N, 1].</summary>
    internal OnnxValue SquaredLength(OnnxValue x) => RowSum(Multiply(x, x));

    /// <summary>Whether all of a row hold, [N, 1].</summary>
    internal OnnxValue All(OnnxValue x) => Cast<bool>(RowMin(Cast<int>(x)));

    internal OnnxValue Any(OnnxValue x) => Cast<bool>(RowMax(Cast<int>(x)));

    /// <summary>log Σ e^x of each row of doubles, [N, 1].</summary>
    internal OnnxValue LogSumExp(OnnxValue x)
    {
        var top = RowMax(x);
        return Add(top, Log(RowSum(Exp(Subtract(x, top)))));
    }

    /// <summary>softmax of each row of doubles.</summary>
    internal OnnxValue Softmax(OnnxValue x)
    {
        var e = Exp(Subtract(x, RowMax(x)));
        return Divide(e, RowSum(e));
    }

    /// <summary>The <paramref name="count"/> largest of each row in falling order, and where they stand; of equal ones the first comes first.</summary>
    internal (OnnxValue Values, OnnxValue Indices) Top(OnnxValue x, long count)
    {
        var top = Nodes("TopK", 2, [x, Constant(count)], ("axis", 1L));
        return (top[0], top[1]);
    }
}
