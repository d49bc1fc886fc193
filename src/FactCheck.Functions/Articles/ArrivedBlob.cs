using FactCheck.Functions.Access;
using FactCheck.Functions.Cases;
using Microsoft.Azure.Functions.Worker.Converters;

namespace FactCheck.Functions.Articles;

/// <summary>An article was uploaded or overwritten.</summary>
[Access(Role.Host)]
public sealed class ArrivedArticles(Intake intake)
{
    /// <summary>An article was uploaded or overwritten. The content is read from the store, since what the event names
    /// may be gone or newer. Flex Consumption takes no other source; the embedded host watches whatever the source
    /// says.</summary>
    [Function(nameof(ArticleArrived))]
    public Task ArticleArrived(
        [BlobTrigger(Containers.Articles + "/{name}", Source = BlobTriggerSource.EventGrid)] ArrivedBlob blob,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation
    ) => intake.ArriveAsync(client, blob.Name, cancellation);
}

/// <summary>The blob that a trigger tells of, by its name alone. Bound to bytes, the host would download what may be
/// gone or newer by the time it is read; bound to a client, the worker would need the trigger's own
/// connection.</summary>
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
