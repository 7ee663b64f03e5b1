using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>A source of random numbers.</summary>
    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            nint handle;
            NativeMethods.Check(NativeMethods.hdge_generator_new(seed, (int)this.device.type, this.device.index, &handle));
            Handle = handle;
        }

        private Generator(nint handle)
        {
            Handle = handle;
            device = CPU;
        }

        ~Generator() => Dispose(false);

        public static Generator Default
        {
            get
            {
                nint handle;
                NativeMethods.Check(NativeMethods.hdge_generator_default((int)DeviceType.CPU, -1, &handle));
                return new Generator(handle);
            }
        }

        public IntPtr Handle { get; private set; }

        public Device device { get; }

        private nint Valid => Handle != 0 ? Handle : throw new ObjectDisposedException(nameof(Generator));

        public Tensor get_state()
        {
            nint state;
            NativeMethods.Check(NativeMethods.hdge_generator_get_state(Valid, &state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            ArgumentNullException.ThrowIfNull(value);
            NativeMethods.Check(NativeMethods.hdge_generator_set_state(Valid, value.Handle));
            GC.KeepAlive(this);
            GC.KeepAlive(value);
        }

        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.hdge_generator_seed(Valid, (ulong)seed));
            return this;
        }

        public long seed()
        {
            long chosen = DateTime.UtcNow.Ticks;
            manual_seed(chosen);
            return chosen;
        }

        public long initial_seed() => NativeMethods.hdge_generator_initial_seed(Valid);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint handle = Handle;
            Handle = 0;
            if (handle != 0) NativeMethods.hdge_generator_delete(handle);
        }
    }
}
