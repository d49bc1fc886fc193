return await FactCheck.Cli.FactCheckCommand.RunAsync(args);
