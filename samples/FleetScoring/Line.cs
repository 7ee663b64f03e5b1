using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetScoring;

/// <summary>What is known of one input: a line of a result. Nothing in it depends on who scored it, or when.</summary>
/// <param name="Index">Number of the input in the plan, 0-based.</param>
/// <param name="Input">Its path.</param>
/// <param name="Problem">Why it could not be scored; then the rest is missing.</param>
/// <param name="Class">The most probable class.</param>
/// <param name="Confidence">Calibrated probability that it is right, 0..1.</param>
/// <param name="IsInDistribution">Whether the image is like those learnt; if not, the class means nothing.</param>
/// <param name="IsInRange">Whether the pixel values are within those learnt.</param>
/// <param name="LogDensity">In nats, up to a constant of the model.</param>
/// <param name="DetectionScore">The score that decides; higher is more like the images learnt.</param>
/// <param name="PredictionSet">Classes that hold the true one with the coverage chosen in training; missing where the model makes no sets.</param>
/// <param name="Probabilities">Calibrated probability of every class, in the model's order.</param>
internal sealed record Line(long Index, string Input, string? Problem = null, string? Class = null, float? Confidence = null, bool? IsInDistribution = null, bool? IsInRange = null, float? LogDensity = null, float? DetectionScore = null,
    IReadOnlyList<string>? PredictionSet = null, IReadOnlyList<float>? Probabilities = null)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public void Write(Stream to)
    {
        JsonSerializer.Serialize(to, this, s_options);
        to.WriteByte((byte)'\n');
    }

    /// <summary>Null where the text is no line.</summary>
    public static Line? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text, s_options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
