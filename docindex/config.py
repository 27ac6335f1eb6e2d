"""Settings: a flag, else the environment, else docindex.toml, else the user's own file, else the
default.

Settings are resolved once. A project's file may change the look of answers. It must not make
docindex run a program or read outside its folder, so its keys include neither the index's place nor
the pager.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docindex.errors import IndexMissing, IndexUntrusted, UsageError
from docindex.system import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FOLDER = ".docindex"
"""Name of the index's folder, which is also sought in the folders above."""
FILE = "docindex.toml"
FIRST_STEPS = "docindex build . (indexes the files here), or docindex init (lists them in INDEX.md first)"
"""Hint where there is neither an index nor a manifest."""
MAX_LIMIT = 1_000_000_000  # matches
_MAX_FILE_BYTES = 65_536
BIDI_MODES = ("auto", "terminal", "docindex")
"""Who puts right-to-left text in order: the terminal, if it says that it does, or one of both."""
COLORS = ("auto", "always", "never")
_KINDS: Mapping[str, type] = {
    "color": str,
    "limit": int,
    "hyperlink": str,
    "bidi": str,
    "exclude": list,
    "searches": dict,
}
# Only in the user's own file: a project's must neither choose where docindex writes nor make it
# run a program.
_USERS: Mapping[str, type] = {
    "editor_uri": str,
    "theme": dict,
    "trusted": list,
    "record": str,
    "ocr": bool,
    "ocr_languages": list,
}
_NAMES = {int: "a number", bool: "true or false", str: "a text", dict: "a table", list: "a list"}


class Settings(Struct, frozen=True):
    """Settings of one run."""

    color: str = "auto"  # one of COLORS
    limit: int = 10  # matches shown; 0 = all
    hyperlink: str = "auto"  # one of COLORS
    bidi: str = "auto"  # one of BIDI_MODES
    editor_uri: str | None = None  # target of paths' links, such as vscode://file/{path}:{line}; None = the file
    theme: Mapping[str, str] = {}  # the user's own styles by purpose
    searches: Mapping[str, str] = {}  # saved searches by name
    record: str | None = None  # the file to which each search is added
    ocr: bool = False  # builds read scanned pages and pictures
    ocr_languages: Sequence[str] = ()  # that documents are usually in, where nobody declares it
    pager: str | None = None  # the command that shows long answers; None = less


def resolve(
    *,
    color: str | None = None,
    limit: int | None = None,
    hyperlink: str | None = None,
    environment: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Settings:
    """Return the settings for a run in `folder` (default: the current one). Raises UsageError."""
    values: dict[str, Any] = {"color": "auto", "limit": 10, "hyperlink": "auto", "editor_uri": None, "theme": {}}
    files = ((_user_file(environment), {**_KINDS, **_USERS}), (_nearest(FILE, folder or Path.cwd()), _KINDS))
    for path, kinds in files:
        if path is not None:
            found = _read(path, kinds)
            found["searches"] = {**values.get("searches", {}), **found.get("searches", {})}
            values |= found
    values |= _from_environment(environment)
    flags = {"color": color, "limit": limit, "hyperlink": hyperlink}
    values |= {key: value for key, value in flags.items() if value is not None}
    for key in ("color", "hyperlink"):
        if values[key] not in COLORS:
            raise UsageError(f"unknown {key} '{values[key]}'", ", ".join(COLORS))
    if values.get("bidi", "auto") not in BIDI_MODES:
        raise UsageError(f"unknown bidi '{values['bidi']}'", ", ".join(BIDI_MODES))
    if values["limit"] < 0:
        raise UsageError(f"limit {values['limit']} is below 0", "0 shows all matches")
    if values["limit"] > MAX_LIMIT:
        raise UsageError(f"limit is above {MAX_LIMIT:,}", "0 shows all matches")
    values.pop("trusted", None)
    values.pop("exclude", None)  # of a folder: its walk reads it
    return Settings(**values, pager=environment.get("DOCINDEX_PAGER") or environment.get("PAGER"))


def index_for_search(flag: Path | None, *, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the index to search: as named, else the nearest `.docindex/` here or
    above.

    Raises IndexMissing.
    """
    named = flag or _named(environment)
    if named is not None:
        return named
    found = _nearest(FOLDER, Path.cwd())
    if found is None:
        has_manifest = any(map(os.path.isfile, ("seeds/INDEX.md", "INDEX.md")))
        raise IndexMissing(f"no index here or above ({Path.cwd()})", "docindex build" if has_manifest else FIRST_STEPS)
    _check_own(found, environment)
    return found


def index_elsewhere(flag: Path | None, *, environment: Mapping[str, str] = os.environ) -> tuple[Path, str] | None:
    """Return the index that is named and is not the nearest one, and what names it; else None."""
    named = flag or _named(environment)
    nearest = _nearest(FOLDER, Path.cwd())
    if named is None or (nearest is not None and files.real_path(named) == files.real_path(nearest)):
        return None
    return named, "--index" if flag else "DOCINDEX_INDEX"


def index_for_build(
    flag: Path | None, root: Path, *, manifest: Path | None, environment: Mapping[str, str] = os.environ
) -> Path:
    """Return the folder of the index to build: as named, else in `root`.

    The index of `seeds/INDEX.md` is in the folder above it.
    """
    named = flag or _named(environment)
    if named is not None:
        return named
    beside = manifest is not None and root.name == "seeds"
    folder = (root.parent if beside else root) / FOLDER
    _check_own(folder, environment)
    return folder


def _check_own(folder: Path, environment: Mapping[str, str]) -> None:
    """Raise IndexUntrusted if an index that nobody named may be another user's work, unless the
    user's file trusts it.

    As git does, `sudo` may use what belongs to the user who called it.
    """
    try:
        what = _foreign(folder, environment)
    except FileNotFoundError:
        return
    except OSError as error:
        raise IndexUntrusted(f"{folder}: cannot be looked at: {error.strerror}", f"--index {folder}") from error
    path = _user_file(environment)
    if what is None or (path and str(folder) in _read(path, {**_KINDS, **_USERS}).get("trusted", ())):
        return
    hint = f"--index {folder} to use it, or trusted = ['{folder}'] in the docindex.toml of your configuration folder"
    raise IndexUntrusted(f"{folder}: {what}, so it is not used unasked", hint)


def _foreign(folder: Path, environment: Mapping[str, str]) -> str | None:
    """Return a sentence's end about an index that others may have written, or None for the
    user's own.
    """
    users = {os.geteuid()}
    if os.geteuid() == 0 and environment.get("SUDO_UID", "").isdecimal():
        users.add(int(environment["SUDO_UID"]))
    found = os.lstat(folder)
    if stat.S_ISLNK(found.st_mode):
        return "is a link"
    with os.scandir(folder) as entries:
        for one in (found, *(entry.stat(follow_symlinks=False) for entry in entries)):
            if one.st_uid not in users:
                return "belongs to another user"
            if one.st_mode & stat.S_IWOTH and not stat.S_ISLNK(one.st_mode):
                return "can be changed by every user"
    return None


def _named(environment: Mapping[str, str]) -> Path | None:
    value = environment.get("DOCINDEX_INDEX")
    return Path(value) if value else None


def _nearest(name: str, start: Path) -> Path | None:
    return next((folder / name for folder in _upwards(start) if (folder / name).exists()), None)


def _upwards(start: Path) -> Iterator[Path]:
    yield start
    yield from start.parents


def _user_file(environment: Mapping[str, str]) -> Path | None:
    base = environment.get("XDG_CONFIG_HOME")
    home = environment.get("HOME")
    folder = Path(base) if base else Path(home) / ".config" if home else None
    path = folder / "docindex" / FILE if folder else None
    return path if path and path.is_file() else None


def _read(path: Path, kinds: Mapping[str, type]) -> dict[str, Any]:
    import tomllib  # here: most folders have no such file

    try:
        data = files.read_file(str(path), _MAX_FILE_BYTES + 1)
        if len(data) > _MAX_FILE_BYTES:
            raise UsageError(f"{path}: is larger than {_MAX_FILE_BYTES:,} bytes", "mend the file or take it away")
        values = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", "mend the file or take it away") from error
    except (ValueError, RecursionError) as error:  # tomllib raises either for bad files
        raise UsageError(f"{path}: {str(error)[:200]}", "mend the file or take it away") from error
    for key, value in values.items():
        if key not in kinds:
            raise UsageError(f"{path}: unknown setting '{key[:60]}'", f"known are: {', '.join(kinds)}")
        if type(value) is not kinds[key]:
            raise UsageError(f"{path}: '{key}' is not {_NAMES[kinds[key]]}")
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if not all(isinstance(one, str) for one in inner):
            raise UsageError(f"{path}: '{key}' holds what is not a text")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if environment.get("DOCINDEX_COLOR"):
        values["color"] = environment["DOCINDEX_COLOR"]
    if environment.get("DOCINDEX_EDITOR_URI"):
        values["editor_uri"] = environment["DOCINDEX_EDITOR_URI"]
    if environment.get("DOCINDEX_LIMIT"):
        try:
            values["limit"] = int(environment["DOCINDEX_LIMIT"])
        except ValueError as error:
            raise UsageError(f"DOCINDEX_LIMIT is no number: {environment['DOCINDEX_LIMIT']}") from error
    return values
