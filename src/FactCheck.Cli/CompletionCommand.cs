namespace FactCheck.Cli;

/// <summary><c>completion</c>: scripts by which shells ask this program what completes: they never go stale.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # factcheck completion for bash: eval "$(factcheck completion bash)"
            _factcheck() {
              local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]} found
              found=$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
              # Options only for who begins one: so that files come up where files are wanted.
              [[ -n $word ]] || found=$(grep -v '^[-/]' <<<"$found")
              COMPREPLY=($(compgen -W "$found" -- "$word"))
            }
            complete -o default -F _factcheck factcheck
            """,
        ["zsh"] = """
            # factcheck completion for zsh: eval "$(factcheck completion zsh)"
            _factcheck() {
              local -a found
              found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              if [[ -n ${found[1]} ]]; then compadd -a found; else _files; fi
            }
            compdef _factcheck factcheck
            """,
        ["fish"] = """
            # factcheck completion for fish: factcheck completion fish | source
            function __factcheck_complete
              set -l line (commandline -cp)
              factcheck "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c factcheck -a "(__factcheck_complete)"
            """,
        ["pwsh"] = """
            # factcheck completion for PowerShell: factcheck completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName factcheck -ScriptBlock {
              param($wordToComplete, $commandAst, $cursorPosition)
              factcheck "[suggest:$cursorPosition]" "$commandAst" 2>$null |
                Where-Object { $_ -like "$wordToComplete*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    public static Verb Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return new Verb(
            "completion",
            "Print a script by which a shell completes verbs, options and values.",
            "eval \"$(factcheck completion bash)\"",
            "factcheck completion fish | source",
            "factcheck completion pwsh | Out-String | Invoke-Expression"
        )
            .With(shell)
            .Does((parse, output) => output.Line(Scripts[parse.GetRequiredValue(shell)]));
    }
}
