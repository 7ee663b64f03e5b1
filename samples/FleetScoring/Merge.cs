using System.Text;

namespace FleetScoring;

/// <summary>How many inputs there were, and what came of them.</summary>
internal sealed record Counts(long Inputs, long Scored, long Unknown, long Damaged);

/// <summary>Makes one file of all results, if every input has its line.</summary>
internal static class Merge
{
    private const int MostTold = 20;

    /// <exception cref="InvalidDataException">A line is missing, there twice, or of something else.</exception>
    public static Counts Write(Plan plan, string folder, string to)
    {
        var results = new Results(plan, folder);
        var problems = new List<string>(results.Foreign().Select(name => $"{name} is of no shard of the plan"));
        long scored = 0, unknown = 0, damaged = 0;
        try
        {
            Whole.Write(to, file =>
            {
                for (int shard = 0; shard < plan.Shards.Count; shard++)
                    if (results.Problem(shard, Take) is { } problem)
                        problems.Add(problem);
                if (problems.Count > 0)
                    throw new InvalidDataException($"{problems.Count} of {plan.Shards.Count} shards are not complete ('fleet work' scores them): {string.Join("; ", problems.Take(MostTold))}{(problems.Count > MostTold ? "; …" : "")}.");

                void Take(string text, Line line)
                {
                    file.Write(Encoding.UTF8.GetBytes(text + "\n"));
                    (scored, damaged) = line.Problem is null ? (scored + 1, damaged) : (scored, damaged + 1);
                    unknown += line.IsInDistribution == false ? 1 : 0;
                }
            });
        }
        finally
        {
            Array.ForEach(problems.Count > 0 ? [] : Directory.GetFiles(Path.Combine(folder, Results.FolderName), "*.part"), File.Delete); // of killed workers
        }
        return scored + damaged == plan.Inputs ? new(plan.Inputs, scored, unknown, damaged) : throw new InvalidDataException($"{scored + damaged} lines were merged, expected {plan.Inputs}.");
    }
}
