// New articles are told to the app. Deployed after the code (azure.yaml does it): Event Grid asks the web hook once whether it wants to be called, and
// the key that the address holds is made by the app's blob extension when it first starts.

@description('The function app.')
param functionAppName string

@description('The system topic of the storage account.')
param topicName string

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: functionAppName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource articles 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'articles'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        // The key goes from one resource to the other, and into no output.
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.ArticleArrived&code=${listKeys('${app.id}/host/default', app.apiVersion).systemKeys.blobs_extension}'
        minimumTlsVersionAllowed: '1.2'
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/articles/'
    }
    // A day: an app that can't start is mended by then.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}
