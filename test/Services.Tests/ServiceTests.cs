using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hdge.MLNet;
using Microsoft.ML;
using ScoringService;
using SkiaSharp;

namespace Services.Tests;

[Collection("Service")]
public sealed class ServiceTests(ServiceFixture fixture)
{
    [Fact]
    public async Task AnswersAsTheModelScores()
    {
        using var model = ServedModel.Load(new() { Model = fixture.ModelFile });
        var scores = new Hdge.ScoreBatch(1, 10);
        var pixels = new byte[28 * 28];
        Assert.Equal(Hdge.Data.PhotoFault.None, model.Decoder.Decode(fixture.Picture, pixels, out _));
        model.Model.Score(pixels, 1, scores);

        var answer = await Score(fixture.Http, fixture.Picture, "?top=3");
        Assert.Equal(model.ClassNames[scores.PredictedClass[0]], answer.GetProperty("class").GetString());
        Assert.Equal(scores.LogDensity[0], answer.GetProperty("logDensity").GetSingle(), 1e-4f);
        Assert.Equal(scores.Confidence[0], answer.GetProperty("confidence").GetSingle(), 1e-4f);
        Assert.Equal(scores.IsInDistribution[0], answer.GetProperty("isInDistribution").GetBoolean());
        float[] all = [.. answer.GetProperty("probabilities").EnumerateArray().Select(c => c.GetProperty("probability").GetSingle())];
        Assert.All(all.Zip(scores.CalibratedProbabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        Assert.Equal(all.OrderDescending().Take(3), answer.GetProperty("top").EnumerateArray().Select(c => c.GetProperty("probability").GetSingle()));
        Assert.Equal(model.Reference!.ShareBelow(scores.DetectionScore[0]), answer.GetProperty("shareBelow").GetDouble(), 0.01);
        Assert.Contains("validation images have a lower one", answer.GetProperty("why").GetString());
    }

    [Fact]
    public async Task AnEnsembleIsServedAsAWhole()
    {
        string folder = Path.Combine(fixture.Folder, "ensemble"), file = Path.Combine(folder, "model.zip");
        var random = new Random(1);
        foreach (string name in new[] { "bright", "dark" })
        {
            Directory.CreateDirectory(Path.Combine(folder, "pictures", name));
            for (int i = 0; i < 20; i++)
                File.WriteAllBytes(Path.Combine(folder, "pictures", name, $"{i}.png"), Prepare.Png([.. Enumerable.Range(0, 64).Select(_ => (byte)((name == "dark" ? 0 : 128) + random.Next(128)))], new(1, 8, 8)));
        }
        var ml = new MLContext(seed: 1);
        var files = ml.Data.LoadImageFolder(Path.Combine(folder, "pictures"));
        var options = new HdgeTrainer.Options { FeatureColumnName = "ImagePath", ImageShape = new(1, 8, 8), Members = 2, Epochs = 1, ValidationFraction = 0.2 };
        using var chain = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.MulticlassClassification.Trainers.Hdge(options)).Fit(files);
        ml.Model.Save(chain, files.Schema, file);
        var ensemble = chain.LastTransformer.Ensemble!;

        var (app, http) = await fixture.Start("--Service:Model", file);
        await using var service = app;
        using var client = http;
        byte[] picture = File.ReadAllBytes(Path.Combine(folder, "pictures", "dark", "3.png")), pixels = new byte[64];
        using var served = ServedModel.Load(new() { Model = file });
        Assert.Equal(Hdge.Data.PhotoFault.None, served.Decoder.Decode(picture, pixels, out _));
        var (whole, first) = (new Hdge.ScoreBatch(1, 2), new Hdge.ScoreBatch(1, 2));
        ensemble.Score(pixels, 1, whole);
        ensemble.Members[0].Score(pixels, 1, first);
        var answer = await Score(http, picture);
        Assert.Equal(whole.LogDensity[0], answer.GetProperty("logDensity").GetSingle(), 1e-4f);
        Assert.Equal(whole.Confidence[0], answer.GetProperty("confidence").GetSingle(), 1e-4f);
        Assert.NotEqual(first.LogDensity[0], answer.GetProperty("logDensity").GetSingle(), 1e-3f);
    }

    [Fact]
    public async Task EveryFormatAndTheExportedModelAnswerAlike()
    {
        var (app, onnx) = await fixture.Start("--Service:Model", Path.Combine(fixture.Folder, "model.onnx"));
        await using (app)
        using (onnx)
            foreach (byte[] picture in new[] { Malformed.Encode(SKEncodedImageFormat.Png), Malformed.Encode(SKEncodedImageFormat.Jpeg), Malformed.Encode(SKEncodedImageFormat.Webp), Malformed.Bmp(20, 20), Malformed.Gif(), fixture.Letter })
            {
                JsonElement one = await Score(fixture.Http, picture), other = await Score(onnx, picture);
                Assert.Equal(one.GetProperty("class").GetString(), other.GetProperty("class").GetString());
                Assert.Equal(one.GetProperty("logDensity").GetSingle(), other.GetProperty("logDensity").GetSingle(), 1e-3f);
                Assert.Equal(one.GetProperty("predictionSet").ToString(), other.GetProperty("predictionSet").ToString());
            }
    }

    [Fact]
    public async Task AHundredKindsOfMalformedUploadsAreRefusedWithAReason()
    {
        var (app, http) = await fixture.Start("--Service:MostBytes", "1048576");
        await using var service = app;
        using var client = http;
        var uploads = Malformed.All().ToList();
        Assert.True(uploads.Count >= 100, $"there are {uploads.Count}");
        var wrong = new List<string>();
        foreach (var upload in uploads)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "score" + upload.Query) { Content = ServiceFixture.Content(upload.Content, upload.Type) };
            if (upload.Encoding is not null)
                request.Content.Headers.ContentEncoding.Add(upload.Encoding);
            using var response = await http.SendAsync(request);
            var problem = await ServiceFixture.Json(response);
            if (upload.Content.Length > 1048576)
                Assert.True(response.Headers.ConnectionClose, upload.Name); // else the caller's next request meets what is left of this one
            string reason = problem.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";
            if ((int)response.StatusCode != upload.Status || response.Content.Headers.ContentType?.MediaType != "application/problem+json" || reason.Length < 15)
                wrong.Add($"{upload.Name}: {(int)response.StatusCode}, expected {upload.Status}: {response.Content.Headers.ContentType?.MediaType} {problem}");
        }
        Assert.Equal([], wrong);
        await Score(http, fixture.Picture); // and nobody was harmed
    }

    [Theory]
    [InlineData(413, "image/png", null, true)]
    [InlineData(413, "image/png", null, false)]
    [InlineData(415, "text/plain", null, true)]
    [InlineData(401, "image/png", "not the key", true)]
    public async Task ARefusalBeforeTheBodyIsReadReachesTheCaller(int status, string type, string? key, bool announced)
    {
        // A connection that is closed over unread bytes is reset, and the reason is lost with it.
        var (app, http) = await fixture.Start("--Service:MostBytes", "1048576", "--Service:ApiKeys:0", "a-key-of-twenty-letters");
        await using var service = app;
        using var client = http;
        byte[] body = new byte[3 << 20];
        for (int i = 0; i < 20; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "score") { Content = ServiceFixture.Content(body, type) };
            request.Headers.Add("X-Api-Key", key ?? "a-key-of-twenty-letters");
            request.Headers.TransferEncodingChunked = !announced;
            using var response = await http.SendAsync(request);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.True((await ServiceFixture.Json(response)).GetProperty("detail").GetString()!.Length > 15);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnUploadOfTwoGigabytesIsCutShort(bool announced)
    {
        long before = Environment.WorkingSet;
        var uri = fixture.Http.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(uri.Host, uri.Port);
        await using var stream = client.GetStream();
        const long Size = 2L << 30;
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /score HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n{(announced ? $"Content-Length: {Size}" : "Transfer-Encoding: chunked")}\r\n\r\n"));
        byte[] block = new byte[1 << 20], head = Encoding.ASCII.GetBytes("100000\r\n"), tail = "\r\n"u8.ToArray();
        long sent = 0;
        var reading = ReadAll(stream);
        try
        {
            for (; sent < Size && !reading.IsCompleted; sent += block.Length)
            {
                if (!announced)
                    await stream.WriteAsync(head);
                await stream.WriteAsync(block);
                if (!announced)
                    await stream.WriteAsync(tail);
            }
        }
        catch (IOException)
        {
            // the service has hung up
        }
        string answer = await reading.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.StartsWith("HTTP/1.1 413", answer);
        Assert.Contains("more than 20971520 bytes", answer);
        Assert.True(sent < 200L << 20, $"{sent} bytes were taken");
        Assert.True(Environment.WorkingSet - before < 200L << 20, $"{(Environment.WorkingSet - before) >> 20} MB more");
        await Score(fixture.Http, fixture.Picture);
    }

    [Fact]
    public async Task SlowClientsAreCutOffAndHarmNobody()
    {
        var uri = fixture.Http.BaseAddress!;
        var slow = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 50; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync(uri.Host, uri.Port);
                // Half of them never end their headers, half send a byte of the body and no more.
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n" + (i % 2 == 0 ? "X-Slow: " : "\r\nx")));
                slow.Add(client);
            }
            await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Score(fixture.Http, fixture.Picture)));
            string[] ends = await Task.WhenAll(slow.Select(client => ReadAll(client.GetStream()))).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.All(ends, end => Assert.StartsWith("HTTP/1.1 408", end));
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task ReloadsUnderLoadDropNothing()
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(fixture.Folder, "reload")).FullName, "model.zip");
        File.Copy(fixture.ModelFile, file, overwrite: true);
        var (app, http) = await fixture.Start("--Service:Model", file, "--Service:Watch", "0:0:0.1");
        await using var service = app;
        using var client = http;
        using var end = new CancellationTokenSource();
        byte[] picture = fixture.Picture;
        long answers = 0;
        Task[] users = [.. Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!end.IsCancellationRequested)
            {
                await Score(http, picture);
                Interlocked.Increment(ref answers);
            }
        })];
        using (var asked = await http.PostAsync("admin/reload", null))
            Assert.Equal(1, (await ServiceFixture.Json(asked)).GetProperty("reloads").GetInt32());

        // A new file is taken by itself, a damaged one is not.
        File.Copy(fixture.ModelFile, file + ".part");
        File.SetLastWriteTimeUtc(file + ".part", DateTime.UtcNow.AddMinutes(1));
        File.Move(file + ".part", file, overwrite: true);
        for (int i = 0; i < 600 && await Reloads() < 2; i++)
            await Task.Delay(100);
        Assert.Equal(2, await Reloads());
        await File.WriteAllBytesAsync(file + ".part", [1, 2, 3]);
        File.Move(file + ".part", file, overwrite: true);
        using (var refused = await http.PostAsync("admin/reload", null))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("The old model goes on", (await ServiceFixture.Json(refused)).GetProperty("detail").GetString());
        }
        long before = Interlocked.Read(ref answers);
        for (int i = 0; i < 600 && Interlocked.Read(ref answers) < before + 20; i++)
            await Task.Delay(100);
        await end.CancelAsync();
        await Task.WhenAll(users); // none of which has failed
        Assert.Equal(2, await Reloads());

        async Task<int> Reloads() => (await http.GetFromJsonAsync<JsonElement>("stats")).GetProperty("reloads").GetInt32();
    }

    [Fact]
    public async Task AFullQueueIsTold()
    {
        var (app, http) = await fixture.Start("--Service:QueueCapacity", "1", "--Service:MaxDelay", "0:0:1", "--Service:MaxBatch", "2");
        await using var service = app;
        using var client = http;
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => http.PostAsync("score", ServiceFixture.Content(fixture.Picture))));
        Assert.Contains(answers, answer => answer.IsSuccessStatusCode);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        Assert.Contains("queue", (await ServiceFixture.Json(refused)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task KeysAreAskedFor()
    {
        const string Key = "a-key-of-a-caller", Admin = "an-administrators-key";
        var (app, http) = await fixture.Start("--Service:ApiKeys:0", "another-callers-key", "--Service:ApiKeys:1", Key, "--Service:AdminKey", Admin);
        await using var service = app;
        using var client = http;
        Assert.Equal(401, await Status("score", null));
        Assert.Equal(401, await Status("score", Key + "x"));
        Assert.Equal(401, await Status("score", Admin));
        Assert.Equal(200, await Status("score", Key));
        Assert.Equal(200, await Status("score", null, "Bearer " + Key));
        Assert.Equal(401, await Status("admin/reload", Key));
        Assert.Equal(200, await Status("admin/reload", Admin));
        foreach (string path in new[] { "model", "stats", "metrics" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(path)).StatusCode);
        foreach (string path in new[] { "", "health/live", "health/ready" })
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(path)).StatusCode);
        Assert.Contains("16 characters", Assert.Throws<ArgumentException>(() => Service.Build(["--Service:Model", fixture.ModelFile, "--Service:ApiKeys:0", "short"])).Message);

        async Task<int> Status(string path, string? key, string? bearer = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = ServiceFixture.Content(fixture.Picture) };
            if (key is not null)
                request.Headers.Add("X-Api-Key", key);
            if (bearer is not null)
                request.Headers.TryAddWithoutValidation("Authorization", bearer);
            using var response = await http.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task TheDocumentListsTheRoutesAndMetersAreThere()
    {
        await Score(fixture.Http, fixture.Letter);
        var paths = (await fixture.Http.GetFromJsonAsync<JsonElement>("openapi/v1.json")).GetProperty("paths");
        Assert.Equal(["/admin/reload", "/health/live", "/health/ready", "/model", "/score", "/stats"], paths.EnumerateObject().Select(p => p.Name).Where(p => p != "/metrics").Order(StringComparer.Ordinal));
        var post = paths.GetProperty("/score").GetProperty("post");
        Assert.True(post.GetProperty("requestBody").GetProperty("content").TryGetProperty("image/png", out _));
        Assert.True(post.GetProperty("responses").TryGetProperty("415", out _));

        string metrics = "";
        for (int i = 0; i < 100 && !metrics.Contains("service_answers", StringComparison.Ordinal); i++, await Task.Delay(100)) // the answer is kept for a moment
            metrics = await fixture.Http.GetStringAsync("metrics");
        foreach (string name in new[] { "hdge_batch_size", "hdge_batch_duration_seconds", "hdge_queue_wait_seconds", "hdge_queue_length", "service_answers", "service_latency_seconds", "service_unknown_share", "service_unknown_drift_probability", "service_unknown_drift_alarm", "http_server_request_duration_seconds" })
            Assert.Contains(name, metrics);
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Http.GetAsync("nothing")).StatusCode);
        Assert.Equal("application/problem+json", (await fixture.Http.GetAsync("score")).Content.Headers.ContentType!.MediaType); // 405
    }

    [Fact]
    public async Task AStopLetsRequestsEnd()
    {
        var (app, http) = await fixture.Start("--Service:MaxDelay", "0:0:1", "--Service:MaxBatch", "256");
        await using var service = app;
        using var client = http;
        await Score(http, fixture.Picture);
        var running = Enumerable.Range(0, 10).Select(_ => Score(http, fixture.Picture)).ToArray();
        await Task.Delay(300); // they wait for others now
        await app.StopAsync();
        Assert.All(await Task.WhenAll(running), answer => Assert.True(answer.GetProperty("batchSize").GetInt32() >= 1));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("health/live"));
    }

    [Fact]
    public void AModelThatIsNoneIsToldAtTheStart()
    {
        string path = Path.Combine(fixture.Folder, "none.zip");
        File.WriteAllText(path, "no model");
        Assert.Contains("none.zip", Assert.Throws<InvalidDataException>(() => Service.Build(["--Service:Model", path])).Message);
        Assert.Contains("prepare", Assert.Throws<FileNotFoundException>(() => Service.Build(["--Service:Model", path + "x"])).Message);
        Assert.Contains("MostBytes", Assert.Throws<ArgumentException>(() => Service.Build(["--Service:MostBytes", "3"])).Message);
    }

    private static async Task<string> ReadAll(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int read = 1; read > 0 && !text.ToString().Contains("bytes.\"", StringComparison.Ordinal);)
            {
                read = await stream.ReadAsync(buffer);
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // hung up
        }
        return text.ToString();
    }

    private static async Task<JsonElement> Score(HttpClient http, byte[] picture, string query = "")
    {
        using var response = await http.PostAsync("score" + query, ServiceFixture.Content(picture, "application/octet-stream"));
        var answer = await ServiceFixture.Json(response);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }
}
