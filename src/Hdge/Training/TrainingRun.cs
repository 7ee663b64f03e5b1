using System.Diagnostics;
using System.Globalization;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>The loop over the epochs: steps, validation, checkpoints, and the way back after divergence.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly RunInput _whole; // over images, where this one is over their features
    private readonly HdgeModel _model;
    private readonly ImageSet _train, _heldOut;
    private readonly TrainingOptions _options;
    private readonly Action<EpochMetrics>? _progress;
    private readonly Action<TrainingEnd>? _ended;
    private readonly EventLog? _events;
    private readonly Action<string> _log;
    private readonly IObjective _objective;
    private readonly Optimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly SeededDropout[] _dropouts;
    private readonly RunState _state;
    private readonly SharedRun? _shared;
    private readonly Parameter[] _afterFeatures;
    private readonly CancellationTokenSource _together = new(); // all processes end at the same step
    private readonly StateSnapshot _lastGood = new();
    private readonly BestEpoch _best;
    private readonly ProgressReporter _reporter;
    private readonly LossMonitor _monitor;
    private readonly LearningRateSchedule _schedule;
    private readonly ResidentImages? _resident;
    private readonly int _restartsAllowed;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _before; // what the pass of a frozen network took, and a resumed run until its checkpoint
    private TimeSpan _stepTime; // of the last epoch
    private BatchLoader _loader;
    private List<EpochMetrics> _metrics = []; // one an epoch done
    private int _restarts;

    public TrainingRun(RunInput run, TrainingCallbacks callbacks, EventLog? events = null)
    {
        var (model, _, _, options) = run;
        (_model, _train, _heldOut, _options) = run;
        (_whole, _before, _events) = (run.Whole ?? run, run.Spent, events);
        (_progress, _ended, _log) = (callbacks.Epoch, callbacks.Ended, callbacks.Log ?? (_ => { }));
        var network = model.Network;
        network.IsMixed = network.IsFlexible && options.Precision == Precision.Mixed;
        _shared = run.Shared;
        _objective = options.Objective.CreateWhole(new ObjectiveContext(network, options.Scaling, model.Device, Seeds.Mix(options.Seed, SeedStream.Objective)) { TrainsLastLayerAlone = options.TrainsLastLayerAlone, Shard = _shared?.Shard });
        _afterFeatures = [.. network.Classifier.parameters(), .. _objective.Parameters];
        _optimizer = Optimizers.Create([.. Optimizers.Groups(network, options), new([.. _objective.Parameters])], options);
        _average = options.EmaDecay is { } decay ? new WeightAverage(network, _optimizer, decay) : null;
        _dropouts = SeededDropout.In(network);
        _state = new RunState(network, _optimizer, _objective, model.Device, _average);
        _best = new BestEpoch(options, _heldOut.Count);
        _monitor = new LossMonitor(model.Device);
        _resident = ResidentImages.Fit(_train, options.Augmentation, model.Device) ? new(_train, options.Scaling, options.Augmentation, model.Device) : null;
        _loader = Loader();
        _schedule = new LearningRateSchedule(options, _loader.BatchCount);
        _reporter = new ProgressReporter(callbacks.Step, options.ProgressInterval, options.Epochs);
        _restartsAllowed = options.DivergenceRestarts ?? options.Objective.DivergenceRestarts;
    }

    public void Run(CancellationToken cancellationToken)
    {
        var saving = _options.Checkpoint is { } checkpoint ? new RunCheckpoint(checkpoint, OptionText.Of(_whole.Options), CheckpointDescription.Fingerprint(_whole.Train, _whole.HeldOut), _log, _shared) : null;
        if (saving?.Resume(_state, _best) is { } saved)
        {
            (_metrics, _restarts, _before) = ([.. saved.Metrics], saved.Restarts, _before + (saved.Metrics is [.., var last] ? last.Elapsed : default));
            _loader = Loader();
            _monitor.GoTo(FirstStep, saved.LossLimit);
            _metrics.ForEach(m => _progress?.Invoke(m));
        }
        else if (_shared is not null)
            using (NewDisposeScope())
                _shared.Broadcast(_state.Tensors().OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value));
        var mayEnd = cancellationToken;
        if (_shared is not null)
            cancellationToken = _together.Token;
        if (_metrics.Count < _options.Epochs)
            saving?.RequireRoom(_state, _best, _options.Epochs - _metrics.Count);
        if (_restartsAllowed > 0 || _metrics.Count > 0)
            Keep();
        if (!_best.Decides && _options.EarlyStopping is { } stopping && stopping != new EarlyStoppingOptions())
            _log($"{nameof(TrainingOptions.EarlyStopping)} decides nothing: expected {stopping.FewestImages} held-out images or more, found {_heldOut.Count}, and an objective that trains a classifier. All epochs are run, and the last is kept.");
        _reporter.Begin();
        while (!IsOver)
        {
            var sums = new double[5]; // loss, cross-entropy, contrastive, density, images classified right
            try
            {
                if (Epoch(sums, cancellationToken, mayEnd) is { } bad)
                {
                    GoBack(bad);
                    continue;
                }
            }
            catch (OperationCanceledException) when (ReturnsBest && _best.Metrics is not null && cancellationToken.IsCancellationRequested)
            {
                ReturnBest(_best.Metrics);
                Finish(_best.Metrics);
                return;
            }
            // An epoch that may be returned is validated in any case.
            _metrics.Add(Describe(sums, ReturnsBest ? CancellationToken.None : cancellationToken));
            _best.Add(_metrics[^1], _state);
            if (saving is not null && saving.IsDue(_metrics.Count, IsOver))
                saving.Write(_state, _best, _metrics, _restarts, _monitor.Limit);
            _events?.Add(_metrics[^1]);
            _progress?.Invoke(_metrics[^1]);
        }
        _model.UseTrained(_objective.Trained());
        _model.Network.eval();
        var kept = _metrics[^1];
        if (_best.Decides && _best.Metrics is { } best && best.Epoch < kept.Epoch)
        {
            _best.Restore(_state);
            kept = best;
        }
        else
            _average?.Swap();
        Finish(kept);
    }

    /// <summary>How the run ended; null before.</summary>
    public TrainingEnd? End { get; private set; }

    private void Finish(EpochMetrics kept)
    {
        End = new() { Epochs = _metrics.Count, AskedFor = _options.Epochs, Kept = kept };
        _ended?.Invoke(End);
    }

    public void Dispose()
    {
        _together.Dispose();
        _objective.Dispose();
        _average?.Dispose();
        _optimizer.Dispose();
        _monitor.Dispose();
        _resident?.Dispose();
        _lastGood.Dispose();
        _best.Dispose();
    }

    /// <summary>Time since training began, before a resumption included.</summary>
    public TimeSpan Elapsed => _before + _clock.Elapsed;

    private bool IsOver => _metrics.Count >= _options.Epochs || _best.IsOver(_metrics.Count);

    private bool ReturnsBest => _options.OnCancel == CancelBehavior.ReturnBestSoFar;

    /// <summary>Number of the next epoch's first step, counted from 0 over all epochs.</summary>
    private long FirstStep => (long)_metrics.Count * _loader.BatchCount;

    /// <summary>Order, augmentation and all that is drawn in a step follow from the loader's seed: another one after every restart.</summary>
    private BatchLoader Loader() =>
        new(_train, _options.BatchSize, _options.Scaling, _options.Augmentation, shuffle: true, Seeds.Mix(_options.Seed, SeedStream.Batches, _restarts), _options.Objective.ViewCount, _resident is not null)
        {
            Needed = _shared is not null && _options.Objective.SeesFeaturesAlone ? Needed : null,
        };

    private (int First, int Count) Needed(int rows)
    {
        var (first, count) = _shared!.Shard.Part(rows);
        return ((int)first, (int)count);
    }

    /// <summary>One epoch; answers the step that went wrong, if one did.</summary>
    private (long Step, double Loss)? Epoch(double[] sums, CancellationToken cancellationToken, CancellationToken mayEnd)
    {
        _model.Network.train();
        long step = FirstStep;
        var started = _clock.Elapsed;
        int done = 0;
        _reporter.BeginEpoch();
        foreach (var batch in _loader.Epoch(_metrics.Count, cancellationToken))
        {
            _optimizer.LearningRate = _schedule.At(step++);
            if (_monitor.Add(Step(batch), sums) is { } bad)
                return bad; // on all processes, for all have the same loss
            _average?.Add(step - 1);
            if (_shared is not null && _shared.Any(mayEnd.IsCancellationRequested))
                _together.Cancel();
            _reporter.Add(_metrics.Count + 1, ++done, _loader.BatchCount, batch.Count, _before);
        }
        if (_monitor.Flush(sums) is { } late)
            return late;
        _stepTime = (_clock.Elapsed - started) / _loader.BatchCount;
        _model.Network.eval();
        return Keep() ? null : (step - 1, double.NaN);
    }

    /// <summary>Keeps the state as the last good one; false when a weight is not finite. Without restarts the weights suffice.</summary>
    private bool Keep()
    {
        using var scope = NewDisposeScope();
        return _lastGood.TryTake(_restartsAllowed > 0 ? _state.Tensors() : _state.ModelWeights());
    }

    private void ReturnBest(EpochMetrics best)
    {
        _model.Network.eval();
        _best.Restore(_state);
        string why = best.ValidationAccuracy is { } accuracy ? string.Create(CultureInfo.InvariantCulture, $"the best so far, {100 * accuracy:F1} % right of the held-out images") : "the last whole one";
        _log($"Training was cancelled in epoch {_metrics.Count + 1} of {_options.Epochs}: the model of epoch {best.Epoch} is returned, {why}.");
    }

    private void GoBack((long Step, double Loss) bad)
    {
        int epoch = (int)(bad.Step / _loader.BatchCount) + 1;
        if (_restarts >= _restartsAllowed)
            throw new DivergenceException(epoch, bad.Step, bad.Loss, _monitor.Limit ?? double.PositiveInfinity, _metrics.Count > 0 ? LastGoodModel() : null);
        _restarts++;
        _log($"Training diverged at step {bad.Step} (epoch {epoch}): the loss is {bad.Loss}. Back to the state after epoch {_metrics.Count} with other random numbers, restart {_restarts} of {_restartsAllowed}.");
        _state.Restore(_lastGood.Tensors);
        _loader = Loader();
        _monitor.GoTo(FirstStep, _monitor.Limit);
    }

    private HdgeModel LastGoodModel()
    {
        var (network, images) = (_model.Network, _whole.Model);
        var good = new HdgeModel(_whole.Options.Network.Create(images.InputShape, images.ClassCount), _whole.Options.Scaling, _model.Device, _options.ScoringPrecision, _options.FlipAveraging);
        using (no_grad())
        {
            foreach (var (name, weight) in network.state_dict())
                weight.copy_(_lastGood.Tensors.GetValueOrDefault(RunState.AveragePrefix + name) ?? _lastGood.Tensors[RunState.NetworkPrefix + name]);
            foreach (var (name, weight) in images.Network.state_dict())
                good.Network.state_dict()[name].copy_(weight);
            if (images != _model)
                FrozenRun.Copy(network, good.Network);
        }
        good.Kept = images.Kept;
        ModelTrainer.Finish(_whole with { Model = good }, progress: null, elapsed: default, CancellationToken.None);
        good.Kept = null;
        return good;
    }

    private EpochMetrics Describe(double[] sums, CancellationToken cancellationToken)
    {
        int batches = _loader.BatchCount;
        bool classifies = _options.Objective.TrainsClassifier;
        double? accuracy = classifies ? Present(sums[4] / _train.Count / _options.Objective.ViewCount) : null;
        var validation = classifies && _heldOut.Count > 0 ? Validate(cancellationToken) : default((double Loss, double Accuracy, double Ece)?);
        return new EpochMetrics
        {
            Epoch = _metrics.Count + 1,
            Epochs = _options.Epochs,
            Loss = sums[0] / batches,
            CrossEntropy = Mean(1),
            Contrastive = Mean(2),
            Density = Mean(3),
            TrainAccuracy = accuracy,
            ValidationLoss = validation?.Loss,
            ValidationAccuracy = validation?.Accuracy,
            ValidationEce = validation is { Ece: var ece } ? Present(ece) : null,
            LearningRate = _schedule.At(FirstStep + batches - 1),
            Elapsed = Elapsed,
            StepTime = _stepTime,
        };

        double? Mean(int term) => Present(sums[term] / batches);
        static double? Present(double value) => double.IsNaN(value) ? null : value;
    }

    /// <summary>Validates what the model would be if training ended now.</summary>
    private (double Loss, double Accuracy, double Ece) Validate(CancellationToken cancellationToken)
    {
        _average?.Swap();
        _model.Scoring.Invalidate();
        try
        {
            return Validation.Run(_model, _heldOut, _options.ClassWeights, cancellationToken, _shared);
        }
        finally
        {
            _average?.Swap();
        }
    }

    /// <summary>One forward and one backward pass; answers [loss, cross-entropy, contrastive, density, images right], still on the device; NaN for a term that the objective does not have.</summary>
    private Tensor Step(PixelBatch batch)
    {
        using var scope = NewDisposeScope();
        var (input, targets) = _resident is { } resident ? resident.Batch(batch, _options.LabelSmoothing) : DeviceBatch.Of(batch, _train.Shape, _model.Device, _options.LabelSmoothing);
        DeviceBatch.AddNoise(input, _options.Augmentation.NoiseDeviation, batch.Seed);
        foreach (var dropout in _dropouts)
            dropout.Reseed((int)batch.Seed);
        var step = new TrainingStep(_model.Network, input, targets) { Seed = (int)batch.Seed, Shard = _shared?.Shard };
        using var terms = _objective.Compute(step);
        _optimizer.ZeroGradients();
        terms.Loss.backward();
        _shared?.ReduceGradients(_optimizer, _afterFeatures);
        _optimizer.Step();
        using var off = no_grad();
        var loss = terms.Loss.detach();
        var none = loss.FilledLike(double.NaN); // a term that the objective does not have
        var right = step.HasLogits ? targets.Right(step.Logits).to(loss.dtype) : none;
        var all = stack([loss, terms.CrossEntropy ?? none, terms.Contrastive ?? none, terms.Density ?? none, right]);
        _shared?.Broadcast([all]); // machines may differ in a last digit, and must not in what they decide by it
        return all.MoveToOuterDisposeScope();
    }
}
