using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Info().Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => Info().NumberOfElements;

        public long ElementSize => Info().ElementSize;

        public ScalarType dtype => (ScalarType)Info().ScalarType;

        public DeviceType device_type => (DeviceType)Info().DeviceType;

        public int device_index => Info().DeviceIndex;

        public Device device
        {
            get
            {
                TensorInfo info = Info();
                return info.DeviceType == (int)DeviceType.CPU ? new Device(DeviceType.CPU) : new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_leaf => (Info().Flags & TensorInfo.Leaf) != 0;

        public bool is_sparse => (Info().Flags & TensorInfo.Sparse) != 0;

        public long[] shape => size();

        public bool requires_grad
        {
            get => (Info().Flags & TensorInfo.RequiresGrad) != 0;
            set
            {
                NativeMethods.Check(NativeMethods.hdge_set_requires_grad(Handle, value ? 1 : 0));
                GC.KeepAlive(this);
            }
        }

        /// <summary>The accumulated gradient: a new tensor object on every read, or null.</summary>
        public Tensor? grad
        {
            get
            {
                nint found;
                NativeMethods.Check(NativeMethods.hdge_get_grad(Handle, &found));
                GC.KeepAlive(this);
                return found == 0 ? null : new Tensor(found);
            }

            set
            {
                NativeMethods.Check(NativeMethods.hdge_set_grad(Handle, value?.Handle ?? 0));
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public Tensor T => Aten.Call("numpy_T", this);

        public Tensor mT => Aten.Call("mT", this);

        public Tensor H => Aten.Call("matrix_H", this);

        public Tensor mH => Aten.Call("mH", this);

        public override string ToString() => $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public long storage_offset() => Info().StorageOffset;

        public bool is_contiguous() => (Info().Flags & TensorInfo.Contiguous) != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
        public bool is_nonzero()
        {
            if (numel() != 1) throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");
            return ToScalar().ToBoolean();
        }

        public long[] size()
        {
            var sizes = new long[Info().Dimensions];
            fixed (long* start = sizes) NativeMethods.Check(NativeMethods.hdge_sizes(Handle, start));
            GC.KeepAlive(this);
            return sizes;
        }

        public long[] stride()
        {
            var strides = new long[Info().Dimensions];
            fixed (long* start = strides) NativeMethods.Check(NativeMethods.hdge_strides(Handle, start));
            GC.KeepAlive(this);
            return strides;
        }

        public long size(int dim) => Aten.Number("size.int", this, dim).Bits;

        public long stride(int dim) => Aten.Number("stride.int", this, dim).Bits;

        public Tensor requires_grad_(bool requires_grad = true) => with_requires_grad(requires_grad);

        public Tensor with_requires_grad(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public void retain_grad()
        {
            NativeMethods.Check(NativeMethods.hdge_retain_grad(Handle));
            GC.KeepAlive(this);
        }

        // The overload with arguments orders them differently in 0.102 and 0.106: use torch.autograd.backward.
        public void backward() => autograd.backward([this]);

        private TensorInfo Info()
        {
            TensorInfo info;
            NativeMethods.Check(NativeMethods.hdge_info(Handle, &info));
            GC.KeepAlive(this);
            return info;
        }
    }
}
