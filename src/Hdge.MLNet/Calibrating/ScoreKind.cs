namespace Hdge.MLNet;

/// <summary>What the items of a Score column are.</summary>
public enum ScoreKind
{
    /// <summary>Probabilities where every row that is fitted to has values of 0..1 that sum to 1 (within 0.001), logits otherwise.</summary>
    Auto,

    /// <summary>Class probabilities: their logarithms are the logits.</summary>
    Probabilities,

    /// <summary>Logits, margins or any other finite numbers of which a higher one means a more probable class.</summary>
    Logits,
}
