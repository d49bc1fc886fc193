using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddDurableTaskWorker(worker => worker
    .UseGrpc(args is [var backend, ..] ? backend : "http://127.0.0.1:4001")
    .AddTasks(tasks => tasks
        .AddOrchestratorFunc<string, string>("Hello", (context, name) => context.CallActivityAsync<string>("Greet", name))
        .AddActivityFunc<string, string>("Greet", (_, name) => $"Hello, {name}!")));
builder.Build().Run();
