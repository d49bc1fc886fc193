using Microsoft.Azure.Functions.Worker.Converters;

namespace FactCheck.Functions.Workflow;

/// <summary>
/// The blob that a trigger tells of, by its name alone. Bound to bytes, the host would download what may be gone or
/// newer by the time it is read; bound to a client, the worker would need the trigger's own connection.
/// </summary>
[InputConverter(typeof(ArrivedBlobConverter))]
public sealed record ArrivedBlob(string Name);

/// <summary>Takes the name that the trigger's path captures as <c>{name}</c>.</summary>
public sealed class ArrivedBlobConverter : IInputConverter
{
    /// <inheritdoc/>
    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) =>
        new(
            context.FunctionContext.BindingContext.BindingData.GetValueOrDefault("name") is string { Length: > 0 } name
                ? ConversionResult.Success(new ArrivedBlob(name))
                : ConversionResult.Failed(new InvalidOperationException("The trigger doesn't say which blob arrived."))
        );
}
