using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private bool areComponentsRegistered;

            /// <exception cref="ArgumentNullException">There is no tensor, or it was disposed.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid) throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (_internal_buffers.ContainsKey(name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                _internal_buffers.Add(name, (tensor, persistent));
            }

            /// <exception cref="ArgumentNullException">There is no parameter, or it was disposed.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid) throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (_internal_params.ContainsKey(name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                _internal_params.Add(name, param);
            }

            /// <exception cref="ArgumentException">The name is empty or has a dot.</exception>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.isDisposed)
                {
                    _internal_submodules.Remove(name);
                    return;
                }
                if (name.Contains('.', StringComparison.Ordinal)) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (string.IsNullOrEmpty(name)) throw new ArgumentException("module name can't be empty string \"\"");
                if (_internal_submodules.ContainsKey(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual bool has_buffer(string target) => Find(target, (module, last) => module._internal_buffers.ContainsKey(last) ? module : null) is not null;

            public virtual bool has_parameter(string target) => Find(target, (module, last) => module._internal_params.ContainsKey(last) ? module : null) is not null;

            public virtual Tensor? get_buffer(string target) =>
                Find(target ?? throw new ArgumentNullException(nameof(target)), (module, last) => module._internal_buffers.TryGetValue(last, out (Tensor,
                    bool) found) ? found.Item1 : null);

            public virtual Parameter? get_parameter(string target) =>
                Find(target, (module, last) => module._internal_params.TryGetValue(last, out Parameter? found) ? found : null);

            /// <summary>Registers every field that holds a module, a parameter or a tensor, under the field's name.</summary>
            protected virtual void RegisterComponents()
            {
                if (areComponentsRegistered) return;
                foreach (FieldInfo field in ComponentFields())
                {
                    string component = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    if (_internal_submodules.ContainsKey(component) || _internal_params.ContainsKey(component) || _internal_buffers.ContainsKey(component)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }
                areComponentsRegistered = true;
            }

            protected void ConditionallyRegisterParameter(string name, Tensor value)
            {
                if (value is null) _internal_params.Remove(name);
                else _internal_params[name] = value as Parameter ?? new Parameter(value);
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null) _internal_buffers.Remove(name);
                else _internal_buffers[name] = (value, persistent);
            }

            protected void ClearModules() => _internal_submodules.clear();

            /// <summary>What the weight and bias properties of the layers do when they are set.</summary>
            internal void SetParameter(string component, ref Parameter? slot, Parameter? value)
            {
                if (ReferenceEquals(value, slot)) return;
                slot?.Dispose();
                value?.DetachFromDisposeScope();
                slot = value;
                ConditionallyRegisterParameter(component, value!);
            }

            /// <summary>The same for buffers.</summary>
            internal void SetBuffer(string component, ref Tensor? slot, Tensor? value)
            {
                if (ReferenceEquals(value, slot)) return;
                slot?.Dispose();
                slot = value?.DetachFromDisposeScope();
                ConditionallyRegisterBuffer(component, value);
            }

            private static IEnumerable<FieldInfo> FieldsOf(Type type)
            {
                var seen = new HashSet<string>();
                for (Type? t = type; t is not null && t != typeof(object); t = t.BaseType)
                {
                    foreach (FieldInfo field in t.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                    {
                        if (seen.Add(field.Name)) yield return field;
                    }
                }
            }

            private IEnumerable<FieldInfo> ComponentFields() => FieldsOf(GetType());

            private T? Find<T>(string target, Func<Module, string, T?> atEnd)
                where T : class
            {
                int dot = target.IndexOf('.', StringComparison.Ordinal);
                if (atEnd(this, target) is T own) return own;
                if (dot < 0) return null;
                return named_children().Where(child => child.name == target[..dot])
                    .Select(child => child.module.Find(target[(dot + 1)..], atEnd)).FirstOrDefault(found => found is not null);
            }
        }
    }
}
