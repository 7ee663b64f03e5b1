namespace Hdge.Objectives;

/// <summary>Which scores the contrastive term of <see cref="MemoryBankObjective"/> compares.</summary>
public enum MemoryBankForm
{
    /// <summary>Algorithm 1 with logits divided by their L2 norm: log(e^q + C − 1) as in the published code.</summary>
    PublishedL2,

    /// <summary>Algorithm 1 with softmaxed logits.</summary>
    PublishedSoftmax,

    /// <summary>The paper's equation (13): raw logits f(x)[y].</summary>
    Equation13,
}
