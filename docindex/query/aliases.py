"""Aliases: groups of names that stand for one another in a query, read from a file.

Two formats are read, told apart line by line, for a file may hold both:

* Recoll's: names of a group side by side, those of several words in quotes: `"Mokhtar Belmokhtar"
  Laouar "L'Borgne"`;
* Solr's and Lucene's: names separated by commas: `Mokhtar Belmokhtar, Laouar`; `a, b => c` reads c
  for a and b.

`#` begins a comment; a backslash at a line's end continues the line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.analysis import analyzer
from docindex.errors import UsageError
from docindex.model.documents import UNDETERMINED
from docindex.system import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ALIASES, PEOPLE = "aliases", "people"
"""Keys of a manifest's front matter: names for queries, and forms of one person."""
MAX_BYTES = 10_000_000
MAX_FRONT_MATTER_BYTES = 10_000
Forms = tuple[str, ...]
"""The folded words of a name."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_NAME = re.compile(r'"([^"]*)"|([^\s"]+)')
_COMMA = re.compile(r'(?:[^,"\\]|"[^"]*"|\\.)+')


class Group(Struct, frozen=True):
    """Names of one line.

    Any of `names` in a query asks for the others; `targets` are asked for by them.
    """

    line: int
    names: tuple[str, ...]
    targets: tuple[str, ...] = ()  # of `a, b => c`


class Aliases:
    """The groups of a file, looked up by the folded words of a name."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = tuple(groups)
        self._others: dict[Forms, dict[Forms, str]] = {}
        for group in groups:
            members = group.targets or group.names
            for name in group.names:
                mine = self._others.setdefault(name_forms(name), {})
                mine.update((forms, other) for other in members if (forms := name_forms(other)) != name_forms(name))

    def others(self, forms: Sequence[str]) -> tuple[str, ...]:
        """Return the names that stand for the name with these folded words, without itself."""
        return tuple(self._others.get(tuple(forms), {}).values())


def name_forms(name: str) -> Forms:
    return tuple(forms[0] for forms in analyzer.analyze(name, UNDETERMINED).forms)


def read(path: Path) -> Aliases:
    """Read a file of aliases, once in a process unless it changes. Raises UsageError."""
    try:
        found = path.stat()
    except OSError:
        return _parsed(_bytes(str(path)), str(path))
    return _read_once(str(path), found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _read_once(path: str, mtime_ns: int, size: int) -> Aliases:
    return _parsed(_bytes(path), path)


def _bytes(path: str, root: str | None = None, key: str = ALIASES) -> bytes:
    try:
        with open(files.open_file(path, root), "rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"the {key} in {path} cannot be read: {reason}",
            "--aliases FILE, or --no-aliases" if key == ALIASES else "--corrections FILE, or mend the manifest",
        ) from error


def _parsed(data: bytes, place: str) -> Aliases:
    if len(data) > MAX_BYTES:
        raise UsageError(f"{place} is larger than {MAX_BYTES:,} bytes", "a file of aliases, a group a line")
    try:
        return Aliases(list(parse(data.decode("utf-8-sig"), place)))
    except UnicodeDecodeError as error:
        raise UsageError(f"{place} is not UTF-8 at byte {error.start:,}", "the file saved as UTF-8") from error


def named_in(manifest: Path, key: str = ALIASES) -> str | None:
    """Return the file that a manifest's front matter names (`aliases: names.txt`)."""
    try:
        with open(files.open_file(str(manifest)), "rb") as file:  # an index names the manifest, and may be a stranger's
            head = file.read(MAX_FRONT_MATTER_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return None
    first, _, rest = head.partition("\n")
    if first.rstrip() != "---":
        return None
    matter = re.split(r"(?m)^(?:---|\.\.\.)\s*$", rest, maxsplit=1)[0]
    named = re.search(rf"(?m)^{key}:[ \t]*(\S.*?)\s*$", matter)
    return named[1].strip("\"'") if named else None


def of_manifest(manifest: Path, key: str = ALIASES) -> Aliases | None:
    """Read the file of groups that a manifest names, from within its folder.

    Raises UsageError if that cannot be done.
    """
    name = named_in(manifest, key)
    return None if name is None else _parsed(_bytes(name, str(manifest.parent), key), name)


def parse(text: str, place: str = "aliases") -> Iterator[Group]:
    """Yield the groups of a file's text."""
    held, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        first = first or number
        if line.endswith("\\") and not line.endswith("\\\\"):
            held += line[:-1] + " "
            continue
        whole, held, began, first = held + line, "", first, 0
        group = _group(_without_comment(whole), began, place)
        if group:
            yield group
    if held and (group := _group(_without_comment(held), first, place)):
        yield group


def _without_comment(line: str) -> str:
    return "" if line.lstrip().startswith("#") else line.translate(_QUOTES).strip()


def _group(line: str, number: int, place: str) -> Group | None:
    if not line:
        return None
    if line.count('"') % 2:
        raise UsageError(f"{place}:{number}: a quote is never closed", 'names of several words as "first second"')
    left, arrow, right = line.partition("=>")
    commas = bool(arrow) or "," in _outside_quotes(line)
    names, targets = _names(left, commas=commas), _names(right, commas=commas)
    if (arrow and not (names and targets)) or (not arrow and len(names) < 2):
        raise UsageError(f"{place}:{number}: a group needs two names", 'Gaddafi Qaddafi "Muammar Qadhafi"')
    return Group(number, names, targets)


def _names(text: str, *, commas: bool) -> tuple[str, ...]:
    if commas:
        parts = [part.strip().strip('"').replace("\\", "").strip() for part in _COMMA.findall(text)]
    else:
        parts = [quoted or bare for quoted, bare in _NAME.findall(text)]
    return tuple(dict.fromkeys(part for part in parts if name_forms(part)))


def _outside_quotes(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)


def contradictions(aliases: Aliases) -> Iterator[tuple[int, str]]:
    """Yield the line and the message of each group that says something else than another one."""
    seen: dict[Forms, Group] = {}
    for group in aliases.groups:
        told: set[int] = set()
        for name in group.names:
            forms = name_forms(name)
            other = seen.setdefault(forms, group)
            if other is group or other.line in told:
                continue
            told.add(other.line)
            if _members(other) == _members(group):
                yield group.line, f"the same group as line {other.line}"
            else:
                yield group.line, f"'{name}' stands in another group too, line {other.line}"


def _members(group: Group) -> tuple[frozenset[Forms], frozenset[Forms]]:
    names, targets = (frozenset(map(name_forms, side)) for side in (group.names, group.targets))
    return names, targets
