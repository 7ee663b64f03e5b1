using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

public abstract class ModelParametersBase<TOutput> : ICanSaveModel
{
    private protected ModelParametersBase()
    {
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        SaveCore(ctx);
    }

    private protected abstract void SaveCore(ModelSaveContext ctx);
}

/// <summary>A model that gives one probability a class.</summary>
internal interface IMulticlassScorer
{
    int Classes { get; }

    int Features { get; }

    void Score(in VBuffer<float> features, Span<float> scores);
}
