"""The command that installs a library beside docindex, for the tool that installed docindex."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_DISTRIBUTIONS = {
    name: name
    for name in "anyascii defusedxml eld isal lxml msgspec numpy olefile openpyxl pypdfium2 rapidfuzz xlrd".split()
} | {
    "charset_normalizer": "charset-normalizer",
    "lxml_html_clean": "lxml_html_clean",
    "markdown_it": "markdown-it-py",
    "mcp": "mcp",
    "pandas": "pandas",
    "snowballstemmer": "snowballstemmer",
    "Stemmer": "PyStemmer",
    "trafilatura": "trafilatura",
    "watchdog": "watchdog",
    "yaml": "PyYAML",
}
"""Distributions by the name under which Python imports them: only docindex's own
dependencies, and the libraries that some uses need.

Another distribution may bear an import name, so a name that is not here is never guessed.
"""


def install_hint(
    modules: Iterable[str],
    prefix: Path = Path(sys.prefix),
    executable: str = sys.executable,
    *,
    has_pip: bool | None = None,
) -> str:
    """Return a command that adds modules to the environment in which docindex runs.

    Each tool leaves a file of its own in the environments that it makes.
    """
    names = [_DISTRIBUTIONS.get(module.partition(".")[0]) for module in modules]
    if None in names:
        return "install docindex again, in an environment of its own"
    libraries = " ".join(filter(None, names))
    python = shlex.quote(executable)
    if (prefix / "pipx_metadata.json").is_file():
        return f"pipx inject {shlex.quote(prefix.name)} {libraries}"
    if has_pip is None:
        has_pip = find_spec("pip") is not None
    if (prefix / "uv-receipt.toml").is_file() or not has_pip:
        return f"uv pip install --python {python} {libraries}"
    return f"{python} -P -m pip install {libraries}"  # -P: no module of the folder that one stands in
