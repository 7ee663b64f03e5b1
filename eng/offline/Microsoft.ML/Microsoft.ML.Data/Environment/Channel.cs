using System.Diagnostics;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

internal class Pipe<TMessage> : IPipe<TMessage>
{
    private readonly MessageListener _listener;
    private readonly string _source;
    private bool _disposed;

    public Pipe(EnvironmentBase parent, string name)
    {
        _listener = parent.Listener;
        _source = string.IsNullOrEmpty(parent.FullName) ? name : $"{parent.FullName}; {name}";
    }

    public string ContextDescription => _source;

    public TException Process<TException>(TException ex)
        where TException : Exception
        => ex is null ? null : Guard.Mark(ex);

    // Only messages have a listener: there is no way to listen to other pipes from outside.
    public void Send(TMessage msg)
    {
        if (msg is ChannelMessage message)
            _listener(message.Kind, message, _source);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Close();
        GC.SuppressFinalize(this);
    }

    protected virtual void Close()
    {
    }
}

internal sealed class Channel : Pipe<ChannelMessage>, IChannel
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public Channel(EnvironmentBase parent, string name)
        : base(parent, name)
        => Trace(MessageSensitivity.None, "Channel started");

    public void Trace(MessageSensitivity sensitivity, string fmt) => Send(new ChannelMessage(ChannelMessageKind.Trace, sensitivity, fmt));

    public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new ChannelMessage(ChannelMessageKind.Trace, sensitivity, fmt, args));

    public void Error(MessageSensitivity sensitivity, string fmt) => Send(new ChannelMessage(ChannelMessageKind.Error, sensitivity, fmt));

    public void Error(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new ChannelMessage(ChannelMessageKind.Error, sensitivity, fmt, args));

    public void Warning(MessageSensitivity sensitivity, string fmt) => Send(new ChannelMessage(ChannelMessageKind.Warning, sensitivity, fmt));

    public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new ChannelMessage(ChannelMessageKind.Warning, sensitivity, fmt, args));

    public void Info(MessageSensitivity sensitivity, string fmt) => Send(new ChannelMessage(ChannelMessageKind.Info, sensitivity, fmt));

    public void Info(MessageSensitivity sensitivity, string fmt, params object[] args) => Send(new ChannelMessage(ChannelMessageKind.Info, sensitivity, fmt, args));

    protected override void Close()
    {
        Trace(MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", _watch.Elapsed);
        Trace(MessageSensitivity.None, "Channel disposed");
    }
}
