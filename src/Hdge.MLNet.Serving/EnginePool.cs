using Hdge.Serving;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;

namespace Hdge.MLNet.Serving;

/// <summary>
/// Prediction engines of one model for many threads. A PredictionEngine is for one thread at a time, and making one costs far more than a prediction: engines that are given back are used again. Takes the place of
/// PredictionEnginePool (Microsoft.Extensions.ML), on Microsoft.Extensions.ObjectPool. <see cref="Reload"/> puts another model in the old one's place without a prediction failing. Where single predictions shall share a
/// forward pass, take <see cref="MicroBatcher"/>.
/// </summary>
/// <typeparam name="TSource">The input's class.</typeparam>
/// <typeparam name="TAnswer">The answer's class.</typeparam>
public sealed class EnginePool<TSource, TAnswer> : IDisposable where TSource : class where TAnswer : class, new()
{
    private readonly MLContext _context;
    private readonly DefaultObjectPoolProvider _provider;
    private readonly Reloadable<Generation> _current;

    /// <summary>A pool.</summary>
    /// <param name="context">Makes the engines.</param>
    /// <param name="model">The model, which belongs to the pool from now on.</param>
    /// <param name="mostKept">Engines that are kept for later, at least 1; more are made where more threads predict at once, and not kept. Default null: twice as many as there are cores.</param>
    /// <exception cref="ArgumentException">The model lacks a column of the classes, or the number is out of range.</exception>
    public EnginePool(MLContext context, ITransformer model, int? mostKept = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        if (mostKept < 1)
            throw new ArgumentOutOfRangeException(nameof(mostKept), $"mostKept is {mostKept}, expected at least 1, or null.");
        (_context, _provider) = (context, new() { MaximumRetained = mostKept ?? 2 * Environment.ProcessorCount });
        _current = new(Begin(model));
    }

    /// <summary>Predicts, from any number of threads.</summary>
    /// <param name="example">One row.</param>
    /// <returns>A new answer.</returns>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public TAnswer Predict(TSource example)
    {
        using var lease = _current.Rent();
        var engine = lease.Value.Engines.Get();
        try
        {
            return engine.Predict(example);
        }
        finally
        {
            lease.Value.Engines.Return(engine);
        }
    }

    /// <summary>Puts another model in the old one's place. Predictions that go on end with the old one, which is then disposed of.</summary>
    /// <param name="model">The model, which belongs to the pool from now on.</param>
    /// <returns>Ends when the old model is gone.</returns>
    /// <exception cref="ArgumentException">The model lacks a column of the classes: the old one stays.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public Task Reload(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return _current.Replace(Begin(model));
    }

    /// <summary>Disposes of engines and model as soon as the last prediction has ended.</summary>
    public void Dispose() => _current.Dispose();

    // The first engine is made at once: a model that does not fit is told here, and not in the first prediction.
    private Generation Begin(ITransformer model)
    {
        var engines = _provider.Create(new Policy(_context, model));
        engines.Return(engines.Get());
        return new(model, engines);
    }

    private sealed class Policy(MLContext context, ITransformer model) : PooledObjectPolicy<PredictionEngine<TSource, TAnswer>>
    {
        public override PredictionEngine<TSource, TAnswer> Create() => context.Model.CreatePredictionEngine<TSource, TAnswer>(model, new PredictionEngineOptions { OwnsTransformer = false });

        public override bool Return(PredictionEngine<TSource, TAnswer> obj) => true;
    }

    private sealed record Generation(ITransformer Model, ObjectPool<PredictionEngine<TSource, TAnswer>> Engines) : IDisposable
    {
        public void Dispose()
        {
            (Engines as IDisposable)?.Dispose();
            (Model as IDisposable)?.Dispose();
        }
    }
}
