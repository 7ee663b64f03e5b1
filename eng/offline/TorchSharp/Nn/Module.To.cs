using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public Module _to(Tensor other, bool non_blocking)
            {
                _to(other.dtype, non_blocking);
                return _to(other.device_type, other.device_index, non_blocking);
            }

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                RequireReal(dtype);
                RequireDevice(device.type);
                _toEpilog(device, dtype, non_blocking);
                return this;
            }

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                RequireDevice(deviceType);
                _toEpilog(deviceType, deviceType == DeviceType.CUDA ? deviceIndex : -1, non_blocking);
                return this;
            }

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                RequireReal(dtype);
                _toEpilog(dtype, non_blocking);
                return this;
            }

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => Convert(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) => Convert(dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) => Convert(null, new Device(deviceType, deviceIndex), non_blocking);

            private static void RequireReal(ScalarType dtype)
            {
                if (!is_floating_point(dtype) && !is_complex(dtype))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={dtype}");
            }

            private static void RequireDevice(DeviceType type)
            {
                if (type == DeviceType.CUDA && !cuda.is_available()) throw new InvalidOperationException("CUDA is not available.");
            }

            private static ScalarType Wanted(ScalarType? dtype, Tensor tensor) =>
                dtype is ScalarType wanted && (tensor.is_floating_point() || tensor.is_complex()) ? wanted : tensor.dtype;

            private static bool Moved(ScalarType? dtype, Device? device, Tensor tensor, [NotNullWhen(true)] out Tensor? moved)
            {
                Device target = device ?? tensor.device;
                ScalarType type = Wanted(dtype, tensor);
                moved = null;
                if (!tensor.WillCopy(type, target)) return false;
                using IDisposable quiet = no_grad();
                moved = tensor.to(type, target).DetachFromDisposeScope();
                return true;
            }

            // Parameters and buffers are replaced, not changed: what held the old objects (an optimiser) must be made anew.
            private void Convert(ScalarType? dtype, Device? device, bool non_blocking)
            {
                foreach ((_, Module child) in named_children())
                {
                    if (device is null) child._to(dtype!.Value, non_blocking);
                    else if (dtype is null) child._to(device.type, device.index, non_blocking);
                    else child._to(device, dtype.Value, non_blocking);
                }
                foreach ((string key, Parameter parameter) in named_parameters(false).ToList())
                {
                    if (!Moved(dtype, device, parameter, out Tensor? moved)) continue;
                    var replacement = new Parameter(moved, parameter.requires_grad);
                    using Tensor? grad = parameter.grad;
                    if (grad is not null)
                    {
                        using Tensor movedGrad = grad.to(replacement.dtype, replacement.device).DetachFromDisposeScope();
                        replacement.grad = movedGrad;
                    }
                    Replace(key, parameter, replacement);
                    ConditionallyRegisterParameter(key, replacement);
                    parameter.DetachFromDisposeScope().Dispose();
                }
                foreach ((string key, (Tensor buffer, bool persistent)) in _internal_buffers.ToList())
                {
                    if (!Moved(dtype, device, buffer, out Tensor? moved)) continue;
                    Replace(key, buffer, moved);
                    ConditionallyRegisterBuffer(key, moved, persistent);
                    buffer.DetachFromDisposeScope().Dispose();
                }
            }

            private void Replace(string component, Tensor old, Tensor replacement)
            {
                foreach (FieldInfo field in ComponentFields())
                {
                    if (typeof(Tensor).IsAssignableFrom(field.FieldType) && ReferenceEquals(field.GetValue(this), old)) field.SetValue(this, replacement);
                }
            }
        }
    }
}
