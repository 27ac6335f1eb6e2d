"""Manual by topic: the pages of `docs/`, for a terminal and as roff for man(7)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORDER = (
    "start recipes building manifest formats query output names proof settings troubleshooting performance api".split()
)
"""Topics in the order in which they are listed; others follow by name."""
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_CODE = re.compile(r"(`+)(.+?)\1")


@cache
def topics() -> dict[str, str]:
    """Return the title of each topic by its name, in the order of the manual."""
    pages = (files("docindex") / "docs").iterdir()
    names = {page.name.removesuffix(".md") for page in pages if page.name.endswith(".md")}
    known = [name for name in _ORDER if name in names]
    return {name: page(name).split("\n", 1)[0].removeprefix("# ") for name in [*known, *sorted(names - {*known})]}


def page(topic: str) -> str:
    """Return a topic's page in Markdown. Raises FileNotFoundError."""
    return (files("docindex") / "docs" / f"{topic}.md").read_text(encoding="utf-8")


def section(topic: str, heading: str) -> str:
    """Return the Markdown below one heading of level 2. Raises ValueError."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page(topic), re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f"{topic}: there is no section '{heading}'")
    return found[1]


def for_terminal(markdown: str, *, width: int, color: bool) -> str:
    """Return Markdown as rows for a terminal of `width` columns."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    text = StringIO()
    styles = dict.fromkeys(("markdown.h1", "markdown.h2", "markdown.code"), "bold") | {"markdown.code_block": "cyan"}
    console = Console(
        file=text,
        width=width,
        theme=Theme(styles),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        legacy_windows=False,
    )
    console.print(Markdown(re.sub(r" *# exit 1$", "", markdown, flags=re.MULTILINE), hyperlinks=False))
    shown = "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
    return re.sub(r"\n{3,}", "\n\n", shown)


def roff(markdown: str) -> Iterator[str]:
    """Yield a page of ours as roff: headings, paragraphs, lists, tables and code.

    The first heading is left out.
    """
    lines = iter(markdown.splitlines())
    is_apart = True
    for line in lines:
        if line.startswith("```"):
            yield from (".PP", ".nf", ".RS")
            for code in lines:
                if code.startswith("```"):
                    break
                yield plain(code.removesuffix("# exit 1").rstrip())
            yield from (".RE", ".fi")
            is_apart = True
        elif line.startswith("## "):
            yield f".SS {_inline(line[3:])}"
        elif line.startswith("# "):
            continue
        elif item := re.match(r"(?:\*|\d+\.) (.*)", line):
            yield from (r".IP \(bu 2", _inline(item[1]))
            is_apart = False
        elif line.startswith("|"):
            yield from _row(line)
            is_apart = True
        elif not line.strip():
            is_apart = True
        else:
            if is_apart:
                yield ".PP"
            yield _inline(line.strip())
            is_apart = False


def _row(line: str) -> Iterator[str]:
    """Yield a table's row as a term and its description; headers are left out."""
    cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    if set("".join(cells)) <= set(":- ") or not cells[0] or not cells[0].startswith(("`", "0", "1", "2", "3", "7")):
        return
    yield from (".TP", _inline(cells[0]), _inline(" | ".join(filter(None, cells[1:]))))


def _inline(text: str) -> str:
    """Return a line with code in bold and links as their text."""
    parts: list[str] = []
    done = 0
    text = _LINK.sub(r"\1", text)
    for code in _CODE.finditer(text):
        parts += [plain(text[done : code.start()]), rf"\fB{plain(code[2])}\fR"]
        done = code.end()
    line = "".join([*parts, plain(text[done:])])
    return rf"\&{line}" if line.startswith((".", "'")) else line


def plain(text: str) -> str:
    """Return the text so that roff takes it as text."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    escaped = re.sub(r"[^\x00-\x7f]", lambda letter: rf"\[u{ord(letter[0]):04X}]", escaped)
    return re.sub(r"^([.'])", r"\\&\1", escaped, flags=re.MULTILINE)
