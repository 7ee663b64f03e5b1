namespace Hdge.Onnx;

/// <summary>What a network gives in a graph: features [N, F], logits [N, C], and where it predicts pixels what adds log p(x), doubles [N, 1], to the graph.</summary>
internal sealed record OnnxNetwork(OnnxValue Features, OnnxValue Logits, Func<OnnxValue>? LogLikelihood);
