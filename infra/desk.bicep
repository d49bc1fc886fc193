// What a desk is made of. No resource has a key that anybody could lose: every call between them is made by the app's identity, whose roles are below.

@description('The region of everything.')
param location string

@description('What azd knows the environment by.')
param environmentName string

@description('What makes names unique.')
@minLength(13)
@maxLength(13)
param suffix string

@description('The issuer of bearer tokens.')
param accessAuthority string

@description('The audience of bearer tokens.')
param accessAudience string

@description('Six fields, UTC.')
param reverifySchedule string

@description('Where the public finds the desk; empty for the function app\'s own address.')
param publicBaseUrl string

@description('The address of the audit key, a secret of a Key Vault that the app\'s identity may read; empty for none: then nothing is sealed.')
param auditKeySecretUri string

var tags = { 'azd-env-name': environmentName }
var deploymentContainer = 'deployment'
// As the app names them (Workflow/Files.cs; the constants that end in Table).
var containers = ['articles', 'texts', 'reports', 'evidence', 'audit', 'auditsummary', deploymentContainer]
var tables = ['cases', 'articles', 'queue', 'due', 'changes', 'published', 'corrections', 'correctionrequests', 'reverifications', 'tokens', 'signincodes', 'uploads', 'people', 'tokenuse', 'access', 'leases', 'desk']

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var cognitiveServicesLanguageReader = '7628b7b8-a8b2-4cdc-b46f-e9b35248918e'
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

// User-assigned, so that its roles are there before the app starts for the first time: the app's package is fetched with one of them.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${suffix}'
  location: location
  tags: tags
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'st${suffix}'
  location: location
  tags: tags
  kind: 'StorageV2'
  // Zone-redundant: decisions and the audit trail are here and nowhere else.
  sku: { name: 'Standard_ZRS' }
  properties: {
    // A key opens everything, for everybody who ever saw it, and leaves no trace of who.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    // What is public is served by the app, which knows what is published.
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // Uploads by SDK come from newsrooms' own networks. A desk that has one network only closes it here, and gives the app a virtual network.
    publicNetworkAccess: 'Enabled'
    networkAcls: { defaultAction: 'Allow', bypass: 'AzureServices' }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: storage
  name: 'default'
  properties: {
    // A slip of the hand can be undone for two weeks.
    deleteRetentionPolicy: { enabled: true, days: 14 }
    containerDeleteRetentionPolicy: { enabled: true, days: 14 }
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for name in containers: {
    parent: blobs
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: storage
  name: 'default'
}

resource storageTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for name in tables: {
    parent: tableService
    name: name
  }
]

resource language 'Microsoft.CognitiveServices/accounts@2024-10-01' = {
  name: 'lang-${suffix}'
  location: location
  tags: tags
  kind: 'TextAnalytics'
  sku: { name: 'S' }
  properties: {
    // An identity is refused at the regional address that all resources share.
    customSubDomainName: 'lang-${suffix}'
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
    // The connection string names the resource and opens nothing: what the app sends, it sends as itself.
    DisableLocalAuth: true
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${suffix}'
  location: location
  tags: union(tags, { 'azd-service-name': 'desk' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    // Tokens and cookies never travel in the clear.
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      // One newsroom needs few; the ceiling is for whoever sends too much.
      scaleAndConcurrency: { maximumInstanceCount: 40, instanceMemoryMB: 2048 }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      appSettings: concat(empty(publicBaseUrl) ? [] : [{ name: 'FactCheck__PublicBaseUrl', value: publicBaseUrl }], empty(auditKeySecretUri) ? [] : [{ name: 'FactCheck__Audit__Key', value: '@Microsoft.KeyVault(SecretUri=${auditKeySecretUri})' }], [
        { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.properties.primaryEndpoints.blob }
        { name: 'AzureWebJobsStorage__queueServiceUri', value: storage.properties.primaryEndpoints.queue }
        { name: 'AzureWebJobsStorage__tableServiceUri', value: storage.properties.primaryEndpoints.table }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
        { name: 'Language__Endpoint', value: language.properties.endpoint }
        { name: 'ReverifySchedule', value: reverifySchedule }
        { name: 'FactCheck__Access__Authority', value: accessAuthority }
        { name: 'FactCheck__Access__Audience', value: accessAudience }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
        { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identity.properties.clientId};Authorization=AAD' }
      ])
    }
  }
  dependsOn: [blobContainers, storageTables, mayUseBlobs, mayUseQueues, mayUseTables, mayAnalyze, mayReport]
}

// Publishing passwords are keys too: code is deployed by whoever has a role on the app.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
  // One change of the site at a time.
  dependsOn: [noFtpPassword]
}

// Tells the app of new articles. The subscription is in events.bicep: its web hook answers only once the code is there.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${suffix}'
  location: location
  tags: tags
  properties: {
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

// What the app may do: these five, each on one resource, and nothing else anywhere.
// Owner of blob data: the app's articles, texts, reports and evidence; the host's leases; the app's own package.
resource mayUseBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, storageBlobDataOwner)
  scope: storage
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
  }
}

// Durable Functions' queues, and the blob trigger's own.
resource mayUseQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, storageQueueDataContributor)
  scope: storage
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataContributor)
  }
}

// The app's cases, Durable Functions' history.
resource mayUseTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, storageTableDataContributor)
  scope: storage
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageTableDataContributor)
  }
}

// Analyses text; may change nothing there.
resource mayAnalyze 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(language.id, identity.id, cognitiveServicesLanguageReader)
  scope: language
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cognitiveServicesLanguageReader)
  }
}

// Sends telemetry; may not read it.
resource mayReport 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, identity.id, monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

output functionAppName string = app.name
output topicName string = topic.name
output deskUrl string = 'https://${app.properties.defaultHostName}/'
