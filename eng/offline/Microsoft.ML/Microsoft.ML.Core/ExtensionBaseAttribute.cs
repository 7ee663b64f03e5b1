namespace Microsoft.ML;

[AttributeUsage(AttributeTargets.Class)]
public abstract class ExtensionBaseAttribute : Attribute
{
    public string ContractName { get; }

    private protected ExtensionBaseAttribute(string contractName) => ContractName = contractName;
}
