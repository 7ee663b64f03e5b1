using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// Ring of the last K negatives for the contrastive term. A negative enters a loss only through its score for the class of the positive, so all the loss
/// needs is one sum a class, S_y = Σ_k e^{score_k[y]}. Sums are kept, as logarithms in double precision, for blocks of about √K entries: a step
/// works out the one or two blocks that it wrote anew and adds up the blocks. Nothing is subtracted, so nothing drifts, and the cost hardly depends on K.
/// </summary>
internal sealed class MemoryBank : IDisposable
{
    private const int SmallestBlock = 64;

    private readonly MemoryBankOptions _options;
    private readonly int _classCount;
    private readonly int _seed;
    private readonly int _blockSize;
    private readonly int _blockCount;
    private Tensor? _ring; // [blocks × block size, C] scores; −∞ where there is no negative
    private Tensor? _blockSums; // [blocks, C] in double precision

    /// <summary>A bank for <paramref name="classCount"/> classes; memory is taken when the first batch comes.</summary>
    public MemoryBank(int classCount, MemoryBankOptions options, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_classCount, _options, _seed) = (classCount, options, seed);
        _blockSize = SmallestBlock;
        while ((long)_blockSize * _blockSize < options.BankSize)
            _blockSize *= 2;
        _blockCount = (options.BankSize + _blockSize - 1) / _blockSize;
    }

    /// <summary>Negatives that the bank can hold: K.</summary>
    public int Capacity => _options.BankSize;

    /// <summary>Negatives that it holds now; the oldest leave once it is full.</summary>
    public int Count { get; private set; }

    /// <summary>Entry that the next negative is written to.</summary>
    public int Head { get; private set; }

    /// <summary>
    /// log S_y for every class, shape [C], less <see cref="ContrastiveScores.UpperBound"/>; −∞ for a class without negatives.
    /// </summary>
    internal Tensor LogSums(ScalarType dtype, Device device)
    {
        using var off = no_grad();
        Allocate(dtype, device);
        using var scope = NewDisposeScope();
        return _blockSums!.logsumexp(0).to(dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Takes a batch in; where it has more than K images, the last K.</summary>
    /// <param name="logits">f(x), shape [N, C]; kept without its graph.</param>
    /// <param name="labels">Classes, shape [N].</param>
    /// <param name="otherLabels">The other classes of mixed images, shape [N]: they are as much an image's own.</param>
    public void Push(Tensor logits, Tensor labels, Tensor? otherLabels = null)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        if (logits.dim() != 2 || logits.shape[1] != _classCount)
            throw new ArgumentException($"The bank takes logits of shape [N, {_classCount}], found [{string.Join(", ", logits.shape)}].", nameof(logits));
        Allocate(logits.dtype, logits.device);
        int count = (int)Math.Min(logits.shape[0], Capacity);
        long skipped = logits.shape[0] - count;
        // In double precision up to here: dividing by T and subtracting the bound would cost single precision its last digits.
        var scores = ContrastiveScores.Of(logits.detach().narrow(0, skipped, count).to(float64), _options);
        if (!_options.KeepSameLabelNegatives)
            foreach (var own in otherLabels is null ? [labels] : new[] { labels, otherLabels })
                scores.scatter_(1, own.narrow(0, skipped, count).unsqueeze(1), TensorNumbers.Filled([count, 1], double.NegativeInfinity, float64, logits.device));
        scores = scores.to(logits.dtype);
        for (int done = 0; done < count;)
        {
            int run = Math.Min(count - done, Capacity - Head);
            using var target = _ring!.narrow(0, Head, run);
            using var source = scores.narrow(0, done, run);
            target.copy_(source);
            Recompute(Head / _blockSize, (Head + run - 1) / _blockSize);
            (Head, done) = ((Head + run) % Capacity, done + run);
        }
        Count = Math.Min(Count + count, Capacity);
    }

    /// <summary>The bank's content for a checkpoint: entries, fill and place; dispose of the tensor.</summary>
    public (Tensor Entries, int Count, int Head)? Save() => _ring is null ? null : (_ring.detach().clone(), Count, Head);

    /// <summary>Takes over what <see cref="Save"/> gave: the next loss is the one that the saved bank would have given.</summary>
    /// <exception cref="ArgumentException">The entries are of another bank size or number of classes, or the counts are out of range.</exception>
    public void Restore(Tensor entries, int count, int head)
    {
        ArgumentNullException.ThrowIfNull(entries);
        long rows = (long)_blockCount * _blockSize;
        if (entries.dim() != 2 || entries.shape[0] != rows || entries.shape[1] != _classCount)
            throw new ArgumentException($"The saved bank has the shape [{string.Join(", ", entries.shape)}], expected [{rows}, {_classCount}] for K = {Capacity}.", nameof(entries));
        if (count < 0 || count > Capacity || head < 0 || head >= Capacity)
            throw new ArgumentException($"The saved bank says {count} entries with the next at {head}, expected at most {Capacity}.", nameof(count));
        using var off = no_grad();
        Dispose();
        Allocate(entries.dtype, entries.device, fill: false);
        _ring!.copy_(entries);
        for (int block = 0; block < _blockCount; block++)
            Recompute(block, block);
        (Count, Head) = (count, head);
    }

    /// <summary>As <see cref="Save"/>, by name and without a copy of the entries; nothing while there are none.</summary>
    internal IEnumerable<KeyValuePair<string, Tensor>> State() => _ring is null
        ? []
        : [new("bank.entries", _ring.detach()), new("bank.place", tensor(new long[] { Count, Head }))];

    /// <summary>Takes over what <see cref="State"/> gave; without entries the bank starts anew.</summary>
    /// <exception cref="InvalidDataException">They are of another bank.</exception>
    internal void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        if (!state.TryGetValue("bank.entries", out var entries) || !state.TryGetValue("bank.place", out var place))
        {
            Dispose();
            return;
        }
        try
        {
            using var host = place.cpu();
            long[] values = host.data<long>().ToArray();
            Restore(entries, checked((int)values[0]), checked((int)values[1]));
        }
        catch (Exception error) when (error is ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"The saved memory bank does not fit: {error.Message}", error);
        }
    }

    /// <summary>Releases the entries.</summary>
    public void Dispose()
    {
        _ring?.Dispose();
        _blockSums?.Dispose();
        (_ring, _blockSums, Count, Head) = (null, null, 0, 0);
    }

    private void Allocate(ScalarType dtype, Device device, bool fill = true)
    {
        if (_ring is not null)
            return;
        _ring = TensorNumbers.Filled([(long)_blockCount * _blockSize, _classCount], double.NegativeInfinity, dtype, device).DetachFromDisposeScope();
        _blockSums = TensorNumbers.Filled([_blockCount, _classCount], double.NegativeInfinity, float64, device).DetachFromDisposeScope();
        if (!fill || !_options.RandomStart)
            return;
        using var generator = new Generator((ulong)Seeds.Mix(_seed, Capacity));
        for (int block = 0; block < _blockCount; block++) // block by block: all at once would take several times the bank's memory
        {
            using var scope = NewDisposeScope();
            long first = (long)block * _blockSize, rows = Math.Min(_blockSize, Capacity - first);
            var random = empty(rows, _classCount, dtype: dtype, device: device).FillNormal(0, 1, generator);
            _ring.narrow(0, first, rows).copy_(ContrastiveScores.Of(random, _options));
            Recompute(block, block);
        }
        Count = Capacity;
    }

    private void Recompute(int first, int last)
    {
        using var scope = NewDisposeScope();
        int blocks = last - first + 1;
        var rows = _ring!.narrow(0, (long)first * _blockSize, (long)blocks * _blockSize).view(blocks, _blockSize, _classCount);
        _blockSums!.narrow(0, first, blocks).copy_(rows.to(float64).logsumexp(1));
    }
}
