"""Pictures of a search for the README, made from a real run: `python tests/readme_picture.py`.

It writes `.github/search-light.svg` and `.github/search-dark.svg`. They fetch nothing.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parents[1]
COMMANDS = (
    "docindex build",
    'docindex search "Belmokhtar" -n 2',
    "docindex timeline accord --by year",
)
COLUMNS = 80
_DARK = [
    (40, 42, 46),
    (224, 108, 117),
    (152, 195, 121),
    (229, 192, 123),
    (97, 175, 239),
    (198, 120, 221),
    (86, 182, 194),
]
_LIGHT = [(56, 58, 66), (190, 40, 50), (60, 120, 50), (140, 95, 0), (40, 90, 200), (150, 40, 150), (0, 110, 120)]
THEMES = {
    "light": TerminalTheme((250, 250, 250), (40, 42, 46), [*_LIGHT, (120, 120, 120)]),
    "dark": TerminalTheme((30, 32, 36), (220, 223, 228), [*_DARK, (170, 170, 170)]),
}
_FORMAT = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>docindex builds an index and searches it in a terminal</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
 font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def shown(folder: Path) -> str:
    """Return what a terminal shows of the commands, with its colours."""
    environment = os.environ | {"TERM": "dumb", "COLUMNS": str(COLUMNS), "LINES": "100", "HOME": str(folder)}
    for name in ("NO_COLOR", "DOCINDEX_INDEX"):
        environment.pop(name, None)
    text = ""
    for command in COMMANDS:
        inside, outside = pty.openpty()
        words = [word.strip('"') for word in command.split()[1:]]
        run = [sys.executable, "-m", "docindex", *words, "--color", "always"]
        run += ["--hyperlink", "never"] if words[0] == "search" else []
        with subprocess.Popen(run, cwd=folder, env=environment, stdout=outside, stderr=outside) as process:
            os.close(outside)
            piece = b""
            while part := _read(inside):
                piece += part
        os.close(inside)
        if process.returncode != 0:
            raise SystemExit(piece.decode())
        text += f"$ {command}\n" + piece.decode().replace("\r\n", "\n") + "\n"
    return re.sub(r"\d+\.\d s", "0.4 s", re.sub(r"\d+(?:\s|\x1b\[[\d;]*m)*ms", "5 ms", text)).strip("\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other end has closed
        return b""


def picture(text: str, name: str) -> str:
    """Return the picture of a terminal's text in the theme of this name."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="standard")
    console.print(Text.from_ansi(re.sub("[\u2066-\u2069]", "", text)))
    svg = console.export_svg(title="docindex", theme=THEMES[name], code_format=_FORMAT, unique_id="search")
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def pictures() -> dict[Path, str]:
    """Return the picture of each theme by the file in which it is kept."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(ROOT / "seeds", folder / "seeds", ignore=shutil.ignore_patterns(".docindex"))
        text = shown(folder)
    return {ROOT / ".github" / f"search-{name}.svg": picture(text, name) for name in THEMES}


if __name__ == "__main__":
    for path, svg in pictures().items():
        path.write_text(svg, encoding="utf-8")
