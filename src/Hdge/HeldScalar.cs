using TorchSharp;

namespace Hdge;

/// <summary>
/// A number that native code reads, alive until it is disposed of. TorchSharp makes a finalizable <see cref="TorchSharp.Scalar"/> of every C# number that an operator gets and
/// passes on its handle alone, so a busy garbage collector frees it while native code reads it: wrong numbers, or an exception. The scalar inside is for
/// <see cref="TensorNumbers"/> alone, whose operators keep it alive over the call.
/// </summary>
internal sealed class HeldScalar : IDisposable
{
    /// <summary>A number of double precision.</summary>
    public HeldScalar(double value) => Scalar = value.ToScalar();

    /// <summary>A whole number, which leaves the type of integer tensors as it is.</summary>
    public HeldScalar(long value) => Scalar = value.ToScalar();

    internal Scalar Scalar { get; }

    /// <summary>Releases it.</summary>
    public void Dispose() => Scalar.Dispose();
}
