using System.Buffers;
using Microsoft.AspNetCore.Mvc;

namespace ScoringService;

/// <summary>Reads what callers send, within limits for one and for all of them together.</summary>
internal sealed class Upload(ServiceOptions options)
{
    private const int First = 1 << 16;

    private long _held;

    /// <summary>A request's body, in memory that is given back when the result is disposed of.</summary>
    /// <exception cref="Refusal">It is too large, too slow, empty, or of a type that is no image's.</exception>
    public async Task<Body> Read(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentType is { } type && !type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
            throw new Refusal(415, $"The content type is '{(type.Length > 100 ? type[..100] : type)}', expected image/* or application/octet-stream: send the picture's file as the body, not a form.");
        if (request.Headers.ContentEncoding.Count > 0)
            throw new Refusal(415, $"The content encoding is '{request.Headers.ContentEncoding}', expected none: pictures are compressed already.");
        if (request.ContentLength > options.MostBytes)
            throw TooLarge();
        var body = new Body(this);
        using var slow = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        slow.CancelAfter(options.UploadTime);
        try
        {
            body.Grow((int)Math.Min(request.ContentLength ?? First, options.MostBytes) + 1);
            while (true)
            {
                int read = await request.Body.ReadAsync(body.Rest(), slow.Token);
                if (read == 0)
                    break;
                body.Length += read;
                if (body.Length > options.MostBytes)
                    throw TooLarge();
                if (body.Rest().Length == 0)
                    body.Grow(Math.Min(2 * body.Length, options.MostBytes + 1));
            }
            return body.Length > 0 ? body : throw new Refusal(422, "The body is empty, expected a picture's file.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            body.Dispose();
            throw new Refusal(408, FormattableString.Invariant($"The upload took longer than {options.UploadTime.TotalSeconds} s."));
        }
        catch (BadHttpRequestException error)
        {
            body.Dispose();
            throw error.StatusCode == 413 ? TooLarge() : new Refusal(error.StatusCode, error.Message);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Where an answer ends the connection, takes what is still sent, for 5 s and <paramref name="most"/> bytes: closing over unread bytes resets the connection, and the answer is lost.</summary>
    public static async Task Linger(HttpContext context, RequestDelegate next, long most)
    {
        await next(context);
        if (context.Response.Headers.Connection != "close")
            return;
        try
        {
            await context.Response.CompleteAsync();
            using var slow = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            slow.CancelAfter(TimeSpan.FromSeconds(5));
            var body = context.Request.BodyReader;
            for (bool ended = false; !ended && most > 0;)
            {
                var read = await body.ReadAsync(slow.Token);
                most -= read.Buffer.Length;
                ended = read.IsCompleted || read.IsCanceled;
                body.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // too slow, or hung up
        }
    }

    private Refusal TooLarge() => new(413, $"The body has more than {options.MostBytes} bytes.");

    /// <summary>Bytes of an upload.</summary>
    internal sealed class Body(Upload owner) : IDisposable
    {
        private byte[] _bytes = [];

        public int Length { get; set; }

        public ArraySegment<byte> Bytes => new(_bytes, 0, Length);

        public Memory<byte> Rest() => _bytes.AsMemory(Length);

        public void Grow(int size)
        {
            byte[] next = ArrayPool<byte>.Shared.Rent(size);
            if (Interlocked.Add(ref owner._held, next.Length) > owner.AtOnce)
            {
                Interlocked.Add(ref owner._held, -next.Length);
                ArrayPool<byte>.Shared.Return(next);
                throw new Refusal(503, "Too many uploads at once.");
            }
            _bytes.AsSpan(0, Length).CopyTo(next);
            Release();
            _bytes = next;
        }

        public void Dispose() => Release();

        private void Release()
        {
            if (_bytes.Length == 0)
                return;
            Interlocked.Add(ref owner._held, -_bytes.Length);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private long AtOnce => options.MostBytesAtOnce;
}

/// <summary>A request that is not answered, and why.</summary>
internal sealed class Refusal(int status, string reason) : Exception(reason)
{
    public int Status => status;

    public IResult Result() => Results.Problem(new ProblemDetails { Status = status, Detail = Message });
}
