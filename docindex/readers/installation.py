"""The command that installs a library beside docindex, for the tool that installed docindex."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path


def install_hint(libraries: Iterable[str], prefix: str = sys.prefix, executable: str = sys.executable) -> str:
    """Return a command that adds libraries to the environment in which docindex runs."""
    names = " ".join(libraries)
    folders = Path(prefix).parts
    if folders[-3:-1] == ("pipx", "venvs"):
        return f"pipx inject {folders[-1]} {names}"
    if folders[-3:-1] == ("uv", "tools"):
        return f"uv pip install --python {shlex.quote(executable)} {names}"
    return f"{shlex.quote(executable)} -m pip install {names}"
