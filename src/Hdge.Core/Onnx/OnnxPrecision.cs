namespace Hdge.Onnx;

#pragma warning disable CA1720 // types are what the names are
/// <summary>In which numbers an exported network computes.</summary>
public enum OnnxPrecision
{
    /// <summary>32-bit floating point: the same scores as the model's own.</summary>
    Single,

    /// <summary>8-bit whole numbers: a quarter of the size, several times as fast on a processor, slightly different scores. Calibrator and decision are fitted anew.</summary>
    Int8,
}
