using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Scoring
{
    // ConvertToOnnx asks the views of a pipeline, from the last to the first, whether they can save themselves, and takes the first that does not answer for the data: whatever
    // it computes would become an input of the graph, in silence. So ours answer. (Asked for, not in the class's list of interfaces: see FeatureImportance.)
    internal sealed partial class MappedDataView : IDynamicInterfaceCastable
    {
        bool IDynamicInterfaceCastable.IsInterfaceImplemented(RuntimeTypeHandle interfaceType, bool throwIfNotImplemented) =>
            Type.GetTypeFromHandle(interfaceType) is { FullName: "Microsoft.ML.Data.IDataTransform" or "Microsoft.ML.Model.OnnxConverter.ITransformCanSaveOnnx" or "Microsoft.ML.Model.OnnxConverter.ISaveAsOnnx" or "Microsoft.ML.Model.OnnxConverter.ICanSaveOnnx" };

        RuntimeTypeHandle IDynamicInterfaceCastable.GetInterfaceImplementation(RuntimeTypeHandle interfaceType) => typeof(IOnnxRefusal).TypeHandle;
    }
}

namespace Hdge.MLNet.Interop
{
    /// <summary>Refuses to become a graph, and says so.</summary>
    [DynamicInterfaceCastableImplementation]
#pragma warning disable CA2256 // what is inherited from IDataView the class has itself
    internal interface IOnnxRefusal : ITransformCanSaveOnnx
#pragma warning restore CA2256
    {
        private const string Reason = "ConvertToOnnx cannot export HDGE's transformers: the file would lack the network, and take its answers for inputs. Save the model with mlContext.Model.Save, or HdgeTransformer.Model.Save.";

        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => throw new NotSupportedException(Reason);

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw new NotSupportedException(Reason);

        IDataView IDataTransform.Source => ((MappedDataView)(object)this).Source;

        void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException(Reason);
    }
}
