using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hdge.Data;

namespace ScoringService;

/// <summary>Measures the service: a process of its own with micro-batching and one without, turn and turn about, under clients that send one image after another.</summary>
internal static class Load
{
    public static async Task<int> Run(string[] args)
    {
        int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
        string model = Array.IndexOf(args, "--model") is >= 0 and var m ? args[m + 1] : new ServiceOptions().Model;
        int seconds = Number("--seconds", 60), clients = Number("--clients", 200), rounds = Number("--rounds", 1);
        bool failed = false, both = Array.IndexOf(args, "--batching-only") < 0;
        Console.WriteLine("batching  requests/s  p50 ms  p99 ms  errors  reloads  cpu ms/request  RSS MB/minute  images a pass");
        var speeds = new Dictionary<bool, List<double>> { [true] = [], [false] = [] };
        for (int round = 0; round < rounds; round++)
            foreach (bool batching in both ? new[] { true, false } : [true])
            {
                var figures = await Measure(model, batching, seconds, clients);
                Console.WriteLine(FormattableString.Invariant($"{(batching ? "on" : "off"),-8}  {figures.PerSecond,10:F0}  {figures.P50,6:F1}  {figures.P99,6:F1}  {figures.Errors,6}  {figures.Reloads,7}  {figures.CpuMs,14:F3}  {figures.Slope,13:F1}  {figures.Batch,13:F1}"));
                speeds[batching].Add(figures.PerSecond);
                failed |= figures.Errors > 0 || figures.Reloads != 2;
            }
        if (both)
            Console.WriteLine(FormattableString.Invariant($"with micro-batching {speeds[true].Average() / speeds[false].Average():F2} times as many requests a second"));
        return failed ? 1 : 0;
    }

    private static async Task<Figures> Measure(string model, bool batching, int seconds, int clients)
    {
        using var service = Start(model, batching, out var address);
        try
        {
            using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = clients + 4, PooledConnectionLifetime = Timeout.InfiniteTimeSpan };
            using var http = new HttpClient(handler) { BaseAddress = await address, Timeout = TimeSpan.FromSeconds(60) };
            byte[][] pictures = Pictures(await http.GetFromJsonAsync<JsonElement>("model"));
            var (times, errors, end) = (new List<double>(), 0, Stopwatch.StartNew());
            var memory = new List<(double At, double Megabytes)>();
            var clock = TimeSpan.FromSeconds(seconds);
            TimeSpan warm = clock / 6, cpuBefore = default;
            Task[] users = [.. Enumerable.Range(0, clients).Select(async client =>
            {
                var own = new List<double>();
                for (int i = client; end.Elapsed < clock; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    using var content = new ByteArrayContent(pictures[i % pictures.Length]);
                    content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
                    try
                    {
                        using var answer = await http.PostAsync("score", content);
                        if (!answer.IsSuccessStatusCode)
                            Interlocked.Increment(ref errors);
                    }
                    catch (HttpRequestException)
                    {
                        Interlocked.Increment(ref errors);
                    }
                    if (end.Elapsed > warm)
                        own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
                lock (times)
                    times.AddRange(own);
            })];
            int reloads = 0;
            while (end.Elapsed < clock)
            {
                await Task.Delay(Math.Min(1000, seconds * 20));
                service.Refresh();
                if (end.Elapsed > warm && cpuBefore == default)
                    cpuBefore = service.TotalProcessorTime;
                if (end.Elapsed > warm)
                    memory.Add((end.Elapsed.TotalMinutes, service.WorkingSet64 / 1048576.0));
                if (reloads < 2 && end.Elapsed > clock * (reloads + 1) / 3)
                {
                    using var answer = await http.PostAsync("admin/reload", null);
                    reloads += answer.IsSuccessStatusCode ? 1 : 100;
                }
            }
            var cpu = service.TotalProcessorTime - cpuBefore;
            await Task.WhenAll(users);
            var stats = await http.GetFromJsonAsync<JsonElement>("stats");
            times.Sort();
            // Only the time after the second reload tells of a leak: before it, code is still being compiled and pools fill.
            var late = memory.Where(m => m.At > clock.TotalMinutes * 0.7).ToList();
            return new(times.Count / (clock - warm).TotalSeconds, times[times.Count / 2], times[times.Count * 99 / 100], errors, reloads, cpu.TotalMilliseconds / times.Count, Slope(late), stats.GetProperty("batchSize").GetDouble());
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync();
        }
    }

    private static Process Start(string model, bool batching, out Task<Uri> address)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(Load).Assembly.Location);
        foreach (string argument in new[] { "--urls", "http://127.0.0.1:0", "--Service:Model", model, "--Service:MicroBatching", batching ? "true" : "false", "--Service:Watch", "0:0:0", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information" })
            start.ArgumentList.Add(argument);
        var service = Process.Start(start)!;
        var found = new TaskCompletionSource<Uri>();
        service.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text && text.Contains("Now listening on: ", StringComparison.Ordinal))
                found.TrySetResult(new Uri(text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim()));
            else if (line.Data is null)
                found.TrySetException(new IOException("The service ended before it listened."));
        };
        service.BeginOutputReadLine();
        address = found.Task;
        return service;
    }

    // Noise in the model's proportions does: the network takes as long.
    private static byte[][] Pictures(JsonElement model)
    {
        var sides = System.Text.RegularExpressions.Regex.Match(model.GetProperty("description").GetString()!, @"images of (\d+)x(\d+)x(\d+)").Groups;
        int Side(int at) => int.Parse(sides[at].Value, CultureInfo.InvariantCulture);
        var shape = new ImageShape(Side(1), Side(2), Side(3));
        var random = new Random(1);
        return [.. Enumerable.Range(0, 50).Select(_ =>
        {
            var pixels = new byte[shape.Length];
            random.NextBytes(pixels);
            return Prepare.Png(pixels, shape);
        })];
    }

    private static double Slope(List<(double At, double Megabytes)> points)
    {
        if (points.Count < 3)
            return double.NaN;
        double x = points.Average(p => p.At), y = points.Average(p => p.Megabytes);
        return points.Sum(p => (p.At - x) * (p.Megabytes - y)) / points.Sum(p => (p.At - x) * (p.At - x));
    }

    private sealed record Figures(double PerSecond, double P50, double P99, int Errors, int Reloads, double CpuMs, double Slope, double Batch);
}
