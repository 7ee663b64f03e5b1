namespace Hdge.Onnx;

#pragma warning disable CA1720 // types are what the names are
/// <summary>What the input of an exported graph holds.</summary>
public enum OnnxInput
{
    /// <summary>32-bit floating point, scaled as the model takes them: 0..1 with the default <see cref="Data.PixelScaling"/>.</summary>
    Single,

    /// <summary>Bytes, 0..255.</summary>
    Byte,
}
