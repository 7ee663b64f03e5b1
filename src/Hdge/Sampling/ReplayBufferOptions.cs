namespace Hdge.Sampling;

/// <summary>Size and parts of a <see cref="ReplayBuffer"/>.</summary>
/// <param name="Size">Images. 10,000 in the published code; at least 1, a class where conditional; a class's part is size / classes, rounded down.</param>
/// <param name="ReinitProbability">Probability with which a drawn image is replaced by a fresh one, [0, 1]. 0.05 in the published code.</param>
/// <param name="ClassCount">Classes with a part of their own; null for one part without classes.</param>
internal sealed record ReplayBufferOptions(int Size, double ReinitProbability, int? ClassCount = null);
