using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    public sealed class Annotations
    {
        private readonly Delegate[] _getters;

        public DataViewSchema Schema { get; }

        public static Annotations Empty { get; } = new(new DataViewSchema([]), []);

        internal Annotations(DataViewSchema schema, Delegate[] getters)
        {
            for (var i = 0; i < getters.Length; i++)
                CheckGetter(schema[i].Type, getters[i], nameof(getters));
            Schema = schema;
            _getters = getters;
        }

        public ValueGetter<TValue> GetGetter<TValue>(Column column)
        {
            if (column.Index >= _getters.Length)
                throw new ArgumentException("The column is not one of these annotations.", nameof(column));
            return _getters[column.Index] as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Annotation '{column.Name}' holds {Schema[column.Index].Type.RawType}, asked for {typeof(TValue)}.");
        }

        public void GetValue<TValue>(string kind, ref TValue value)
        {
            var column = Schema.GetColumnOrNull(kind)
                ?? throw new InvalidOperationException($"There is no annotation '{kind}'.");
            GetGetter<TValue>(column)(ref value);
        }

        public override string ToString() => string.Join(", ", Schema.Select(c => c.Name));

        internal Delegate GetGetterInternal(int index) => _getters[index];

        private static void CheckGetter(DataViewType type, Delegate getter, string name)
        {
            if (getter?.GetType() != typeof(ValueGetter<>).MakeGenericType(type.RawType))
                throw new ArgumentException($"A getter of {type.RawType} is expected.", name);
        }

        public sealed class Builder
        {
            private readonly List<(DetachedColumn Column, Delegate Getter)> _items = new();

            public Builder()
            {
            }

            public void Add(Annotations annotations, Func<string, bool> selector)
            {
                if (annotations is null)
                    return;
                ArgumentNullException.ThrowIfNull(selector);
                foreach (var column in annotations.Schema.Where(c => selector(c.Name)))
                    _items.Add((new DetachedColumn(column), annotations._getters[column.Index]));
            }

            public void Add<TValue>(string name, DataViewType type, ValueGetter<TValue> getter, Annotations annotations = null)
                => Add(name, type, (Delegate)getter, annotations);

            public void Add(string name, DataViewType type, Delegate getter, Annotations annotations = null)
            {
                var column = new DetachedColumn(name, type, annotations);
                ArgumentNullException.ThrowIfNull(getter);
                CheckGetter(type, getter, nameof(getter));
                _items.Add((column, getter));
            }

            public void AddPrimitiveValue<TValue>(string name, PrimitiveDataViewType type, TValue value, Annotations annotations = null)
            {
                if (type != null && type.RawType != typeof(TValue))
                    throw new ArgumentException($"The value is a {typeof(TValue)}, the type holds {type.RawType}.", nameof(type));
                Add(name, type, (ref TValue dst) => dst = value, annotations);
            }

            public Annotations ToAnnotations()
            {
                var builder = new DataViewSchema.Builder();
                builder.AddColumns(_items.Select(i => i.Column));
                return new Annotations(builder.ToSchema(), _items.Select(i => i.Getter).ToArray());
            }
        }
    }
}
