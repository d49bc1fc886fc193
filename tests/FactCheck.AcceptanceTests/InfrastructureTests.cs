using System.Text.Json.Nodes;
using FactCheck.Storage.Azure;

namespace FactCheck.AcceptanceTests;

/// <summary>What infra/ would make of a subscription: its files compiled, and what Azure gets read.</summary>
public sealed class InfrastructureTests
{
    private static readonly string[] Optional =
    [
        "AzureWebJobsStorage", // a connection string, in place of the addresses
        "AZURE_CLIENT_ID", // whoever is logged in, on an embedded host with an account
        "FUNCTIONS_HOST_URL", // from the embedded host
        "WEBSITE_HOSTNAME", // from Azure's
        "OTEL_SERVICE_NAME", // has a default
    ];

    public static TheoryData<string> Files =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("infra"), "*.bicep")
                .Select(file => Path.GetFileName(file)!)
                .Order(StringComparer.Ordinal),
        ];

    [Theory, MemberData(nameof(Files))]
    public async Task Every_file_builds_and_lints_without_a_word(string file)
    {
        var path = Repository.PathOf("infra", file);
        var built = await Bicep.RunAsync("build", path, "--stdout");
        var linted = await Bicep.RunAsync("lint", path);

        Assert.Equal((0, ""), (built.ExitCode, built.Said));
        Assert.Equal((0, "", ""), linted);
    }

    [Theory]
    [InlineData("param unused string", "no-unused-params")]
    [InlineData("@secure()\nparam key string\noutput key string = key", "outputs-should-not-contain-secrets")]
    [InlineData(
        "resource a 'Microsoft.Storage/storageAccounts@2024-01-01' = { name: 'abc', location: 'westeurope', "
            + "kind: 'StorageV2', sku: { name: 'Standard_LRS' } }",
        "no-hardcoded-location"
    )]
    public async Task The_linters_rules_are_on(string bicep, string rule)
    {
        using var folder = new TempFolder();
        File.Copy(Repository.PathOf("infra/bicepconfig.json"), folder["bicepconfig.json"]);
        await File.WriteAllTextAsync(folder["bad.bicep"], bicep);

        var (exitCode, _, said) = await Bicep.RunAsync("lint", folder["bad.bicep"]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"Error {rule}", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_opened_by_a_key()
    {
        var resources = await ResourcesAsync();
        var storage = One(resources, "Microsoft.Storage/storageAccounts");
        Assert.False((bool)storage["properties"]!["allowSharedKeyAccess"]!);
        Assert.True((bool)One(resources, "Microsoft.CognitiveServices/accounts")["properties"]!["disableLocalAuth"]!);
        Assert.True((bool)One(resources, "Microsoft.Insights/components")["properties"]!["DisableLocalAuth"]!);
        Assert.True(
            (bool)
                One(resources, "Microsoft.OperationalInsights/workspaces")["properties"]!["features"]![
                    "disableLocalAuth"
                ]!
        );
        Assert.Equal(
            ["ftp: false", "scm: false"],
            resources
                .Where(r => TypeOf(r) == "Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Select(r => $"{r.Text("name").Split('\'')[^2].TrimStart('/')}: {r["properties"]!["allow"]}")
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            "UserAssignedIdentity",
            (string?)
                One(resources, "Microsoft.Web/sites")["properties"]!["functionAppConfig"]!["deployment"]!["storage"]![
                    "authentication"
                ]!["type"]
        );
        Assert.DoesNotContain(
            "listKeys",
            (await Bicep.CompileAsync(Repository.PathOf("infra", "main.bicep"))).ToJsonString(),
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Fact]
    public async Task Nothing_is_public_but_the_app_and_nothing_travels_in_the_clear()
    {
        var resources = await ResourcesAsync();
        var storage = One(resources, "Microsoft.Storage/storageAccounts")["properties"]!;
        Assert.False((bool)storage["allowBlobPublicAccess"]!);
        Assert.True((bool)storage["supportsHttpsTrafficOnly"]!);
        Assert.Equal("TLS1_2", storage.Text("minimumTlsVersion"));
        Assert.Equal(
            "None",
            One(resources, "Microsoft.Storage/storageAccounts/blobServices/containers")["properties"]!.Text(
                "publicAccess"
            )
        );
        var site = One(resources, "Microsoft.Web/sites")["properties"]!;
        Assert.True((bool)site["httpsOnly"]!);
        Assert.Equal("1.2", site["siteConfig"]!.Text("minTlsVersion"));
        Assert.Equal("Disabled", site["siteConfig"]!.Text("ftpsState"));
    }

    [Fact]
    public async Task The_app_runs_on_Flex_Consumption_with_the_runtime_that_it_is_built_for()
    {
        var resources = await ResourcesAsync();
        Assert.Equal("FC1", One(resources, "Microsoft.Web/serverfarms")["sku"]!.Text("name"));
        var runtime = One(resources, "Microsoft.Web/sites")["properties"]!["functionAppConfig"]!["runtime"]!;
        Assert.Equal(("dotnet-isolated", "10.0"), (runtime.Text("name"), runtime.Text("version")));
        Assert.Contains(
            "<TargetFramework>net10.0</TargetFramework>",
            await File.ReadAllTextAsync(Repository.PathOf("Directory.Build.props")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_apps_identity_has_these_roles_each_on_one_resource_and_no_other()
    {
        var desk = await DeskAsync();
        var names = desk["variables"]!
            .AsObject()
            .Where(v => Guid.TryParse((string?)(v.Value as JsonValue), out _))
            .ToDictionary(v => v.Key, v => (string)v.Value!, StringComparer.Ordinal);
        var given = ResourcesOf(desk)
            .Where(r => TypeOf(r) == "Microsoft.Authorization/roleAssignments")
            .Select(r =>
            {
                Assert.Contains(
                    "userAssignedIdentities",
                    r["properties"]!.Text("principalId"),
                    StringComparison.Ordinal
                );
                var role = r["properties"]!.Text("roleDefinitionId");
                return $"{names[names.Keys.Single(name => role.Contains($"'{name}'", StringComparison.Ordinal))]} on "
                    + $"{r.Text("scope").Split('\'')[1]}";
            });

        // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
        Assert.Equal(
            [
                // Storage Table Data Contributor
                "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3 on Microsoft.Storage/storageAccounts",
                "3913510d-42f4-4e42-8a64-420c390055eb on Microsoft.Insights/components", // Monitoring Metrics Publisher
                // Cognitive Services Language Reader
                "7628b7b8-a8b2-4cdc-b46f-e9b35248918e on Microsoft.CognitiveServices/accounts",
                // Storage Queue Data Contributor
                "974c5e8b-45b9-4653-ba55-5f855dd0fb88 on Microsoft.Storage/storageAccounts",
                "b7e6dc6d-f1e8-4753-8033-0f276bb0955b on Microsoft.Storage/storageAccounts", // Storage Blob Data Owner
            ],
            given.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Every_setting_that_the_host_reads_is_set_and_every_one_that_is_set_is_read()
    {
        var settings = SettingsOf(await DeskAsync());

        // What the app asks of the configuration beside its own section, and its triggers of the host.
        var asked = Repository
            .FindInCode("src/FactCheck.Functions", """configuration\["(?<it>[^"]+)"\]""")
            .Append(LanguageService.Setting)
            .Concat(Repository.FindInCode("src/FactCheck.Functions", """TimerTrigger\("%(?<it>\w+)%"\)"""))
            .Except(Optional, StringComparer.Ordinal)
            .Select(name => name.Replace(":", "__", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(["Language__Endpoint", "ReverifySchedule"], asked);
        Assert.All(asked, name => Assert.Contains(name, settings.Keys));

        // The account, by the names of the class that reads it; the host's own beside them.
        var account = typeof(AzureStorageOptions)
            .GetProperties()
            .Select(p => p.Name)
            .Where(name => name != nameof(AzureStorageOptions.ConnectionString))
            .Append("QueueServiceUri")
            .Append("Credential");
        Assert.Equal(
            account.Select(name => $"AzureWebJobsStorage__{name}").Order(StringComparer.OrdinalIgnoreCase),
            settings
                .Keys.Where(name => name.StartsWith("AzureWebJobsStorage", StringComparison.Ordinal))
                .Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase
        );

        // The app's own: each is a property of Settings.cs.
        var properties = Repository.FindInCode(
            "src/FactCheck.Functions",
            @"public [\w<>?]+ (?<it>\w+) \{ get; set; \}"
        );
        foreach (var name in settings.Keys.Where(name => name.StartsWith("FactCheck__", StringComparison.Ordinal)))
            Assert.All(name.Split("__")[1..], part => Assert.Contains(part, properties));
        Assert.Contains("FactCheck__Access__Authority", settings.Keys);
        Assert.Contains("FactCheck__Access__Audience", settings.Keys);
        Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
    }

    [Fact]
    public async Task Every_container_and_table_of_the_app_is_made()
    {
        var variables = (await DeskAsync())["variables"]!;
        var containers = Repository.FindInCode(
            "src",
            """public const string (Articles|Texts|Reports|Evidence|Audit|AuditSummary) = "(?<it>\w+)";"""
        );
        Assert.Equal(6, containers.Count);
        Assert.Equal(
            containers.Append("deployment").Order(StringComparer.Ordinal),
            Names("containers")
                .Select(name => name.Contains("deployment", StringComparison.Ordinal) ? "deployment" : name)
                .Order(StringComparer.Ordinal)
        );

        var tables = Repository.FindInCode("src", """(const string \w*Table = "(?<it>\w+)";)""");
        Assert.Equal(tables, Names("tables").Order(StringComparer.Ordinal));

        IEnumerable<string> Names(string variable) => variables.List(variable).Select(name => (string)name!);
    }

    [Fact]
    public async Task Event_Grid_tells_the_articles_function_of_articles_and_of_nothing_else()
    {
        var resources = ResourcesOf(await Bicep.CompileAsync(Repository.PathOf("infra", "events.bicep")));
        var subscription = One(resources, "Microsoft.EventGrid/systemTopics/eventSubscriptions")["properties"]!;
        Assert.Equal("/blobServices/default/containers/articles/", subscription["filter"]!.Text("subjectBeginsWith"));
        Assert.Equal(
            ["Microsoft.Storage.BlobCreated"],
            subscription["filter"]!.List("includedEventTypes").Select(type => (string)type!)
        );
        var function = Assert.Single(
            Repository.FindInCode(
                "src/FactCheck.Functions",
                @"\[Function\(nameof\((?<it>\w+)\)\)\]\s*public Task \w+\(\s*\[BlobTrigger"
            )
        );
        Assert.Contains(
            $"functionName=Host.Functions.{function}&code=",
            subscription["destination"]!["properties"]!.Text("endpointUrl"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task No_output_holds_a_secret_and_azd_finds_what_its_hooks_use()
    {
        var template = await Bicep.CompileAsync(Repository.PathOf("infra", "main.bicep"));
        var outputs = template["outputs"]!.AsObject().Concat((await DeskAsync())["outputs"]!.AsObject()).ToList();
        Assert.All(
            outputs,
            output =>
            {
                foreach (var secret in (string[])["listKeys", "ConnectionString", "systemKeys", "secure"])
                    Assert.DoesNotContain(secret, output.Value!.ToJsonString(), StringComparison.OrdinalIgnoreCase);
            }
        );
        Assert.Null((await Bicep.CompileAsync(Repository.PathOf("infra", "events.bicep")))["outputs"]);

        var azd = await File.ReadAllTextAsync(Repository.PathOf("azure.yaml"));
        foreach (var name in (string[])["AZURE_RESOURCE_GROUP", "FUNCTION_APP_NAME", "STORAGE_TOPIC_NAME"])
        {
            Assert.Contains($"${name}", azd, StringComparison.Ordinal);
            Assert.Contains(name, outputs.Select(output => output.Key));
        }

        Assert.Contains("project: src/FactCheck.Functions", azd, StringComparison.Ordinal);
        Assert.Contains("services:\n  desk:\n", azd, StringComparison.Ordinal);
        Assert.Contains(
            "createObject('azd-service-name', 'desk')",
            One(await ResourcesAsync(), "Microsoft.Web/sites").Text("tags"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Every_parameter_that_must_be_given_is_in_the_parameters_file_and_no_unknown_one_is()
    {
        var parameters = (await Bicep.CompileAsync(Repository.PathOf("infra", "main.bicep")))["parameters"]!.AsObject();
        var given = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("infra", "main.parameters.json")))![
            "parameters"
        ]!
            .AsObject()
            .Select(p => p.Key)
            .ToList();
        Assert.Empty(given.Except(parameters.Select(p => p.Key), StringComparer.Ordinal));
        Assert.Empty(
            parameters
                .Where(p => p.Value!["defaultValue"] is null)
                .Select(p => p.Key)
                .Except(given, StringComparer.Ordinal)
        );
    }

    private static async Task<JsonNode> DeskAsync() =>
        ResourcesOf(await Bicep.CompileAsync(Repository.PathOf("infra", "main.bicep")))
            .Single(r => TypeOf(r) == "Microsoft.Resources/deployments")["properties"]!["template"]!;

    private static async Task<IReadOnlyList<JsonNode>> ResourcesAsync() => ResourcesOf(await DeskAsync());

    // An array, or, in newer versions of the language, an object by symbolic name; loops and conditions stay as they
    // are.
    private static IReadOnlyList<JsonNode> ResourcesOf(JsonNode template) =>
        template["resources"] switch
        {
            JsonArray array => [.. array.Select(r => r!)],
            JsonObject named => [.. named.Select(r => r.Value!).Where(r => (bool?)r["existing"] != true)],
            _ => [],
        };

    private static string TypeOf(JsonNode resource) => resource.Text("type");

    private static JsonNode One(IEnumerable<JsonNode> resources, string type) =>
        resources.Single(r => TypeOf(r) == type);

    // The list is an expression; its literal part is found by what it looks like.
    private static Dictionary<string, string> SettingsOf(JsonNode desk)
    {
        var list = One(ResourcesOf(desk), "Microsoft.Web/sites")["properties"]!["siteConfig"]!["appSettings"]!;
        var text = list is JsonArray array
            ? string.Concat(
                array.Select(s => $"createObject('name', '{s!.Text("name")}', 'value', '{s!.Text("value")}')")
            )
            : (string)list!;
        return System
            .Text.RegularExpressions.Regex.Matches(
                text,
                @"createObject\('name', '(?<name>[^']+)', 'value', '?(?<value>[^',)]*)",
                System.Text.RegularExpressions.RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1)
            )
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value, StringComparer.Ordinal);
    }
}
