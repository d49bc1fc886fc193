// A desk on Azure: one resource group with everything in it. docs/azure.md says how it is deployed, and what of it has been run.
targetScope = 'subscription'

@description('Names the resource group and, with the subscription, everything in it.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('The region of everything. It must have Flex Consumption and Azure AI Language.')
param location string

@description('The issuer of OpenID Connect whose bearer tokens are taken; the tenant of this deployment when empty.')
param accessAuthority string = ''

@description('The audience that those tokens must name: the application ID of the desk\'s app registration, whose app roles are Submitter, Reviewer, Editor, Operator. Without it nobody gets in.')
@minLength(1)
param accessAudience string

@description('When verdicts are looked at again: six fields, UTC.')
param reverifySchedule string = '0 0 6 * * *'

@description('Where the public finds the desk, https and no path; the function app\'s own address when empty.')
param publicBaseUrl string = ''

@description('The address of the audit key, a secret of a Key Vault that the app\'s identity may read; empty for none: then nothing is sealed.')
param auditKeySecretUri string = ''

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: { 'azd-env-name': environmentName }
}

module desk 'desk.bicep' = {
  scope: group
  params: {
    location: location
    environmentName: environmentName
    suffix: uniqueString(subscription().id, environmentName, location)
    accessAuthority: empty(accessAuthority) ? '${az.environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0' : accessAuthority
    accessAudience: accessAudience
    reverifySchedule: reverifySchedule
    publicBaseUrl: publicBaseUrl
    auditKeySecretUri: auditKeySecretUri
  }
}

// azd keeps outputs in its environment, and prints them: names and addresses only.
output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = desk.outputs.functionAppName
output STORAGE_TOPIC_NAME string = desk.outputs.topicName
output DESK_URL string = desk.outputs.deskUrl
