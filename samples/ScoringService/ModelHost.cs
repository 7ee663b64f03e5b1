using Hdge.Serving;

namespace ScoringService;

/// <summary>Holds the model that answers, and puts another in its place when its file changes or an administrator asks: who is being answered ends with the old one.</summary>
internal sealed partial class ModelHost(ServiceOptions options, Drift drift, ILogger<ModelHost> log) : BackgroundService
{
    private readonly Reloadable<ServedModel> _current = new(ServedModel.Load(options));
    private readonly SemaphoreSlim _reloading = new(1);

    /// <summary>How often another model took the place.</summary>
    public int Reloads { get; private set; }

    /// <summary>The model, until the result is disposed of.</summary>
    public ReloadableLease<ServedModel> Rent() => _current.Rent();

    /// <summary>Loads the file anew. On any error the old model goes on.</summary>
    public async Task Reload(CancellationToken cancellationToken)
    {
        await _reloading.WaitAsync(cancellationToken);
        try
        {
            var next = await Task.Run(() => ServedModel.Load(options), cancellationToken);
            _ = _current.Replace(next);
            drift.Restart();
            Reloads++;
            LogReloaded(log, next.Model);
        }
        finally
        {
            _reloading.Release();
        }
    }

    public override void Dispose()
    {
        _current.Dispose();
        _reloading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Watch == TimeSpan.Zero)
            return;
        try
        {
            using var timer = new PeriodicTimer(options.Watch);
            for (var (seen, failed) = (default(FileStamp), default(FileStamp)); await timer.WaitForNextTickAsync(stoppingToken);)
                (seen, failed) = await Look(seen, failed, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the service ends
        }
    }

    private async Task<(FileStamp Seen, FileStamp Failed)> Look(FileStamp seen, FileStamp failed, CancellationToken stoppingToken)
    {
        var now = FileStamp.Of(options.Model);
        using (var lease = Rent())
            if (!now.Exists || now == lease.Value.Stamp || now == failed || now != seen) // as before, known to be bad, or still being written
                return (now, failed);
        try
        {
            await Reload(stoppingToken);
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            LogRefused(log, options.Model, error.Message);
            return (now, now);
        }
        return (now, failed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Another model answers now: {Model}")]
    private static partial void LogReloaded(ILogger log, Hdge.IScoringModel model);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new model '{Path}' is not used, the old one goes on: {Reason}")]
    private static partial void LogRefused(ILogger log, string path, string reason);
}
