using System.Diagnostics;
using System.Globalization;

namespace Hdge.Benchmarks;

/// <summary>PyTorch in a process of its own, which measures when it is asked to: pytorch_steps.py.</summary>
internal sealed class PyTorchProcess : IDisposable
{
    private readonly Process _process;

    private PyTorchProcess(Process process, string version) => (_process, Version) = (process, version);

    /// <summary>"PyTorch 2.11.0".</summary>
    public string Version { get; }

    /// <summary>The first Python with PyTorch: HDGE_PYTHON, python3, /usr/bin/python3; null where none has it.</summary>
    public static PyTorchProcess? Start(string device, int threads)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "pytorch_steps.py");
        foreach (string python in new[] { Environment.GetEnvironmentVariable("HDGE_PYTHON"), "python3", "/usr/bin/python3" }.OfType<string>())
            try
            {
                var process = Process.Start(new ProcessStartInfo(python, [script, device, threads.ToString(CultureInfo.InvariantCulture)])
                {
                    RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
                })!;
                process.ErrorDataReceived += (_, _) => { };
                process.BeginErrorReadLine();
                if (process.StandardOutput.ReadLine() is { } version)
                    return new(process, version);
                process.Dispose();
            }
            catch (System.ComponentModel.Win32Exception) // no such program
            {
            }
        return null;
    }

    /// <summary>Milliseconds a step; NaN where PyTorch failed.</summary>
    /// <param name="kind">"norm" has batch norm, "none" no normalisation, "jem" neither, and trains JEM.</param>
    public double Time(int depth, int width, int batch, string precision, string layout, int steps, string kind = "norm")
    {
        _process.StandardInput.WriteLine($"{depth} {width} {batch} {precision} {layout} {steps} {kind}");
        _process.StandardInput.Flush();
        return double.TryParse(_process.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out double milliseconds) ? milliseconds : double.NaN;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
