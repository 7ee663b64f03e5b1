using System.Text.Json.Serialization;

namespace Hdge.Conformal;

/// <summary>Which score a conformal prediction set is made from. A class is in the set when its score is at most the threshold.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConformalMethod>))]
public enum ConformalMethod
{
    /// <summary>THR, also LAC: 1 − p_y (Sadinle et al. 2019). The smallest sets on average, at the cost of the hard images.</summary>
    Thr,

    /// <summary>APS: the probability of the classes ranked above y plus u · p_y (Romano et al. 2020). Sets grow with how hard the image is.</summary>
    Aps,

    /// <summary>RAPS: APS plus λ · max(0, rank of y − k_reg) (Angelopoulos et al. 2021), which keeps sets from growing long tails.</summary>
    Raps,
}
