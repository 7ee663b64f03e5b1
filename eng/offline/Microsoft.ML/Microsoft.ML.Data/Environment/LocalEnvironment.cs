using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The root environment that an MLContext hands to its catalogs.</summary>
internal sealed class LocalEnvironment : EnvironmentBase
{
    public LocalEnvironment(int? seed, MessageListener listener)
        : base(null, null, null, seed, seed is { } s ? new Random(s) : new Random(), listener)
    {
    }
}

/// <summary>A named part of an environment.</summary>
internal sealed class Host : EnvironmentBase, IHost
{
    public Host(EnvironmentBase parent, string shortName, string parentFullName, Random rand)
        : base(parent, shortName, parentFullName, parent.Seed, rand, parent.Listener)
        => IsCanceled = parent.IsCanceled;
}
