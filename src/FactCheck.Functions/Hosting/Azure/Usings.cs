// The only place of the app that names its host.
global using Microsoft.Azure.Functions.Worker;
global using Microsoft.Azure.Functions.Worker.Builder;
global using Microsoft.Azure.Functions.Worker.Middleware;
global using Microsoft.DurableTask;
global using Microsoft.DurableTask.Client;

// Both the worker and Durable Task have one: the app means Durable Task's.
global using RetryContext = Microsoft.DurableTask.RetryContext;

// Thrown by ScheduleNewOrchestrationInstanceAsync for an id in use.
global using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;
