using System.Diagnostics;
using System.Text;

namespace Services.Tests;

/// <summary>A test that needs PostgreSQL's server.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = OperatingSystem.IsLinux() && Directory.Exists("/usr/lib/postgresql") && Directory.GetFiles("/usr/lib/postgresql", "initdb", SearchOption.AllDirectories).Length > 0
        ? null
        : "No PostgreSQL server in /usr/lib/postgresql (Debian: apt-get install postgresql).";
}

[Collection("Service")]
public sealed class FleetKillTests(ServiceFixture fixture)
{
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(85);

    private readonly StringBuilder _said = new();

    [PostgresFact]
    public async Task KilledWorkersAndAKilledDatabaseChangeNothing()
    {
        using var files = new FleetFiles(fixture.ModelFile);
        byte[] expected = File.ReadAllBytes(await files.RunAll("one"));
        string folder = files.In("fleet"), database = Path.Combine(Path.GetTempPath(), $"fleet-postgres-{Guid.NewGuid():N}");
        await FleetFiles.Run("plan", files.Images, "--model", files.Model, "--out", folder, "--shard", "5");
        using var time = new CancellationTokenSource(s_most);
        var workers = new List<Process>();
        try
        {
            string connection = await Postgres("start", database, time.Token);
            workers.AddRange(Enumerable.Range(0, 3).Select(_ => Worker(folder, connection)));
            await Done(folder, 2, time.Token);
            Kill(workers[0]);
            workers.Add(Worker(folder, connection));
            await Done(folder, 5, time.Token);
            Kill(workers[3]);
            await Postgres("kill", database, time.Token);
            await Task.Delay(1500, time.Token);
            Assert.Equal(connection, await Postgres("start", database, time.Token));
            foreach (var worker in workers[1..3])
            {
                await worker.WaitForExitAsync(time.Token);
                Assert.Equal(0, worker.ExitCode);
            }
            Assert.Equal([137, 137], new[] { workers[0], workers[3] }.Select(worker => worker.ExitCode)); // they were at work, not done
            await FleetFiles.Run("merge", folder);
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder, "results.jsonl")));
        }
        catch (OperationCanceledException error)
        {
            lock (_said)
                throw new TimeoutException($"Not done after {s_most.TotalSeconds} s. The workers said: {_said}", error);
        }
        finally
        {
            workers.ForEach(Kill);
            workers.ForEach(worker => worker.Dispose());
            if (Directory.Exists(database))
            {
                await Postgres("stop", database, default);
                Directory.Delete(database, recursive: true);
            }
        }
    }

    private Process Worker(string folder, string connection) =>
        Start("dotnet", Path.Combine(AppContext.BaseDirectory, "FleetScoring.dll"), "work", folder, "--postgres", connection, "--workers", "1", "--timeout", "5", "--slow", "800");

    private static async Task<string> Postgres(string command, string folder, CancellationToken cancellationToken)
    {
        // The server outlives the script: what it says goes to files, else reading the script's output would not end.
        string output = Path.GetTempFileName();
        using var script = Process.Start(new ProcessStartInfo("bash", ["-c", "bash \"$1\" \"$2\" \"$3\" > \"$4\" 2>&1", "-", Path.Combine(AppContext.BaseDirectory, "postgres.sh"), command, folder, output]))!;
        await script.WaitForExitAsync(cancellationToken);
        string said = File.ReadAllText(output).Trim();
        File.Delete(output);
        Assert.True(script.ExitCode == 0 || command == "stop", said);
        return said;
    }

    private Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Hear(object _, DataReceivedEventArgs line)
        {
            lock (_said)
                _said.AppendLine(line.Data);
        }
    }

    private static async Task Done(string folder, int shards, CancellationToken cancellationToken)
    {
        while (Directory.GetFiles(Path.Combine(folder, "results"), "*.jsonl").Length < shards)
            await Task.Delay(50, cancellationToken);
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
            process.Kill(); // SIGKILL
        process.WaitForExit();
    }
}
