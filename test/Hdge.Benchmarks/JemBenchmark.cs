using Hdge.Networks;
using Hdge.Objectives;

namespace Hdge.Benchmarks;

/// <summary>
/// Processor time of steps of cross-entropy, HDGE, JEM and HDGE + JEM: WRN-10-1 without normalisation, batches of 64 images of 3×32×32, 20 SGLD steps. HDGE + JEM shares JEM's
/// forward pass, so it should cost hardly more.
/// </summary>
internal static class JemBenchmark
{
    public static void Run(int rounds)
    {
        var rows = new List<object[]>();
        foreach (bool mixed in new[] { false, true })
        {
            ObjectiveOptions[] objectives = [new CrossEntropyOptions(), new MemoryBankOptions(), new JemOptions(), new JemOptions { ConditionalWeight = 1 }];
            Contestant[] all = [.. objectives.Select(o => new Contestant(new WideResNetOptions { Normalization = Normalization.None }, 10, o, mixed: mixed))];
            var results = Rounds.Run(rounds, () => all[0].Time(5), () => all[1].Time(5), () => all[2].Time(), () => all[3].Time());
            rows.Add([mixed ? "Mixed" : "Single", .. results.Select(r => (object)Report.Median(r)), Rounds.Ratio(results[2], results[0]), Rounds.Spread(results[2], results[0]), Rounds.Ratio(results[3], results[2])]);
            foreach (var contestant in all)
                contestant.Dispose();
        }
        Report.Write("jem", "Training step with SGLD, WRN-10-1 without normalisation, batch 64, 3x32x32, processor time",
            ["precision", "cross-entropy ms", "HDGE ms", "JEM ms", "HDGE + JEM ms", "JEM / cross-entropy", "quartiles", "HDGE + JEM / JEM"], rows);
    }
}
