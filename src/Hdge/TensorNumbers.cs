using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>
/// The operators between tensors and numbers, and those of two tensors to which TorchSharp adds a number of its own (a sum is a + 1·b). They hold the number until
/// the call is over (see <see cref="HeldScalar"/>); nothing else in this assembly may give a number to an operator, which a test sees to. Numbers are read in double precision and
/// rounded to the tensor's type, as by the operators themselves.
/// </summary>
internal static class TensorNumbers
{
    private static readonly HeldScalar s_one = new(1L), s_two = new(2L);

    /// <summary>x + y.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.Plus(y, s_one);

    /// <summary>x + factor · y.</summary>
    public static Tensor Plus(this Tensor x, Tensor y, HeldScalar factor)
    {
        var sum = x.add(y, factor.Scalar);
        GC.KeepAlive(factor);
        return sum;
    }

    /// <summary>x + number.</summary>
    public static Tensor Plus(this Tensor x, double number)
    {
        using var held = new HeldScalar(number);
        return x.add(held.Scalar, s_one.Scalar);
    }

    /// <summary>x − number.</summary>
    public static Tensor Minus(this Tensor x, double number)
    {
        using var held = new HeldScalar(number);
        return x.sub(held.Scalar);
    }

    /// <summary>x · number.</summary>
    public static Tensor Times(this Tensor x, double number)
    {
        using var held = new HeldScalar(number);
        return x.mul(held.Scalar);
    }

    /// <summary>x · number.</summary>
    public static Tensor Times(this Tensor x, HeldScalar number)
    {
        var product = x.mul(number.Scalar);
        GC.KeepAlive(number);
        return product;
    }

    /// <summary>x / number.</summary>
    public static Tensor Over(this Tensor x, double number)
    {
        using var held = new HeldScalar(number);
        return x.div(held.Scalar);
    }

    /// <summary>x².</summary>
    public static Tensor Squared(this Tensor x) => x.pow(s_two.Scalar);

    /// <summary>x to a power.</summary>
    public static Tensor Power(this Tensor x, double exponent)
    {
        using var held = new HeldScalar(exponent);
        return x.pow(held.Scalar);
    }

    /// <summary>The larger of x and the number; NaN stays.</summary>
    public static Tensor AtLeast(this Tensor x, double lowest)
    {
        using var held = new HeldScalar(lowest);
        return x.clamp(min: held.Scalar);
    }

    /// <summary>The smaller of x and the number; NaN stays.</summary>
    public static Tensor AtMost(this Tensor x, double highest)
    {
        using var held = new HeldScalar(highest);
        return x.clamp(max: held.Scalar);
    }

    /// <summary>Whether x is above the number.</summary>
    public static Tensor Above(this Tensor x, double number)
    {
        using var held = new HeldScalar(number);
        return x.gt(held.Scalar);
    }

    /// <summary>Whether x is below the number.</summary>
    public static Tensor Below(this Tensor x, double number)
    {
        using var held = new HeldScalar(number);
        return x.lt(held.Scalar);
    }

    /// <summary>The number where the mask says so, x elsewhere.</summary>
    public static Tensor Masked(this Tensor x, Tensor mask, double number)
    {
        using var held = new HeldScalar(number);
        return x.masked_fill(mask, held.Scalar);
    }

    /// <summary>max(x, 0) + slope · min(x, 0); in place it answers a further handle to the same tensor.</summary>
    public static Tensor LeakyRelu(this Tensor x, HeldScalar slope, bool inPlace)
    {
        var activated = inPlace ? x.leaky_relu_(slope.Scalar).alias() : x.leaky_relu(slope.Scalar);
        GC.KeepAlive(slope);
        return activated;
    }

    /// <summary>A new tensor full of the number.</summary>
    public static Tensor Filled(long[] shape, double number, ScalarType? dtype = null, Device? device = null) => empty(shape, dtype: dtype, device: device).FillInPlace(number);

    /// <summary>A new tensor of the shape, type and device of x, full of the number.</summary>
    public static Tensor FilledLike(this Tensor x, double number) => empty_like(x).FillInPlace(number);

    /// <summary>x ← number.</summary>
    public static Tensor FillInPlace(this Tensor x, double number)
    {
        using var held = new HeldScalar(number);
        return x.fill_(held.Scalar);
    }

    /// <summary>x ← x + y.</summary>
    public static Tensor AddInPlace(this Tensor x, Tensor y) => x.AddInPlace(y, s_one);

    /// <summary>x ← x + factor · y.</summary>
    public static Tensor AddInPlace(this Tensor x, Tensor y, double factor)
    {
        using var held = new HeldScalar(factor);
        return x.AddInPlace(y, held);
    }

    /// <summary>x ← x + factor · y.</summary>
    public static Tensor AddInPlace(this Tensor x, Tensor y, HeldScalar factor)
    {
        x.add_(y, factor.Scalar);
        GC.KeepAlive(factor);
        return x;
    }

    /// <summary>x ← x + number.</summary>
    public static Tensor AddInPlace(this Tensor x, HeldScalar number)
    {
        x.add_(number.Scalar, s_one.Scalar);
        GC.KeepAlive(number);
        return x;
    }

    /// <summary>x ← x + 1; integers stay integers.</summary>
    public static Tensor CountInPlace(this Tensor x) => x.AddInPlace(s_one);

    /// <summary>x ← x · number.</summary>
    public static Tensor ScaleInPlace(this Tensor x, HeldScalar number)
    {
        x.mul_(number.Scalar);
        GC.KeepAlive(number);
        return x;
    }

    /// <summary>x ← x / number.</summary>
    public static Tensor DivideInPlace(this Tensor x, HeldScalar number)
    {
        x.div_(number.Scalar);
        GC.KeepAlive(number);
        return x;
    }

    /// <summary>x ← x + factor · y · z, element by element.</summary>
    public static Tensor AddProductInPlace(this Tensor x, Tensor y, Tensor z, HeldScalar factor)
    {
        x.addcmul_(y, z, factor.Scalar);
        GC.KeepAlive(factor);
        return x;
    }

    /// <summary>x ← x + factor · y / z, element by element.</summary>
    public static Tensor AddQuotientInPlace(this Tensor x, Tensor y, Tensor z, HeldScalar factor)
    {
        x.addcdiv_(y, z, factor.Scalar);
        GC.KeepAlive(factor);
        return x;
    }

    /// <summary>Adds each row of <paramref name="rows"/> to the row of x that <paramref name="index"/> says.</summary>
    public static Tensor AddRowsInPlace(this Tensor x, Tensor index, Tensor rows) => x.index_add_(0, index, rows, s_one.Scalar);
}
