using static TorchSharp.torch;

namespace Hdge.Sampling;

/// <summary>How a batch of SGLD chains runs.</summary>
/// <param name="Options">Steps, step size and noise.</param>
/// <param name="Generator">Where the noise comes from; not used with <see cref="SgldOptions.Noise"/> 0.</param>
/// <param name="Range">What <see cref="SgldOptions.ClampToRange"/> clamps to; null leaves the images free.</param>
/// <param name="Progress">Called after each step.</param>
internal sealed record SgldRun(SgldOptions Options, Generator Generator, ImageRange? Range = null, Action? Progress = null);
