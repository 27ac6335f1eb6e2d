"""Completion scripts for bash, zsh and fish, and their installation.

Candidates come from strangers' documents. The scripts read them as data, one a line, and never
evaluate them. They run the `docindex` of the search path, never a program of that name that a
folder holds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from docindex.errors import UsageError

VARIABLE = "_DOCINDEX_COMPLETE"
"""The environment variable that asks for a script or for candidates."""

BASH = r"""_docindex_completion() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(_DOCINDEX_COMPLETE=words_bash command docindex \
        "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
}
complete -o default -F _docindex_completion docindex
"""

ZSH = r"""#compdef docindex
_docindex_completion() {
    local line
    local -a before values shown
    before=("${(@Q)words[2,CURRENT-1]}")
    (( CURRENT > 2 )) || before=()
    while IFS= read -r line; do
        values+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  -- }")
    done < <(_DOCINDEX_COMPLETE=words_zsh command docindex \
        "${before[@]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)
    if (( ! $#values )); then
        _files
    elif [[ "${shown[1]}" == "${values[1]}" ]]; then
        compadd -a values
    else
        compadd -l -d shown -a values
    fi
}
if [[ "${funcstack[1]}" == _docindex ]]; then
    _docindex_completion "$@"
else
    compdef _docindex_completion docindex
fi
"""

FISH = r"""function __docindex_completion
    set -l before (commandline -opc)
    set -e before[1]
    env _DOCINDEX_COMPLETE=words_fish docindex $before (commandline -ct | string collect --allow-empty) \
        2>/dev/null </dev/null
end
complete -c docindex -e
complete -c docindex -f -a '(__docindex_completion)'
complete -c docindex -n '__fish_seen_subcommand_from build check init' -F
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def show() -> None:
    """Print the script of the user's shell. Raises UsageError."""
    sys.stdout.write(SCRIPTS[_shell()])


def install() -> str:
    """Install the script of the user's shell and return a sentence about it. Raises UsageError."""
    shell, home = _shell(), Path.home()
    file, rc, line = {
        "bash": (home / ".bash_completions" / "docindex.sh", ".bashrc", "source ~/.bash_completions/docindex.sh"),
        "zsh": (home / ".zfunc" / "_docindex", ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit"),
        "fish": (home / ".config" / "fish" / "completions" / "docindex.fish", "", ""),
    }[shell]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SCRIPTS[shell], encoding="utf-8")
        if rc:
            _add_line(home / rc, line)
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be written: {error.strerror}", "check its permissions") from error
    return f"{shell} completion is installed in {file}; it takes effect in the next shell"


def _add_line(path: Path, line: str) -> None:
    text = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    if line not in text.splitlines():
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")


def _shell() -> str:
    """Return the name of the shell that started this process, else of the user's login shell."""
    import shellingham  # type: ignore[import-untyped]  # here: only an installation needs it

    try:
        name = str(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, OSError):
        name = Path(os.environ.get("SHELL", "")).name
    if name not in SCRIPTS:
        raise UsageError(f"there is no completion for the shell '{name}'", f"{VARIABLE}=source_bash docindex")
    return name
