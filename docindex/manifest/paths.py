"""Paths that a manifest names: where they lie on disk, and whether they may be read.

Opens no file.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from docindex.manifest import folder_stamps
from docindex.manifest.entry_metadata import shorten
from docindex.manifest.folder_stamps import INDEX_FOLDER
from docindex.manifest.globs import WILDCARDS, Glob
from docindex.manifest.source_list import Aliased
from docindex.model.documents import FileStamp, FolderStamp
from docindex.system import files

_NOT_BELOW = re.compile(r"file:|~|[A-Za-z]:[\\/]|[\\/]")

Identity = tuple[int, int, str]
"""Device, inode and folded name: equal for two spellings of one file, different for hard links."""


class Found(Struct, frozen=True):
    """A readable file."""

    path: str  # relative to the folder, as it is spelled on disk
    identity: Identity
    stamp: FileStamp


class RefusedError(Exception):
    """A name in a manifest that leads to no readable file.

    `lost` says that a document cannot be searched. `kind` is the one of ManifestError.
    """

    def __init__(self, name: str, what: str, hint: str, *, lost: bool = True, kind: str = "entry") -> None:
        super().__init__(what)
        self.name = name
        self.what = f"{shorten(name)}: {what}"
        self.hint = hint
        self.lost = lost
        self.kind = kind


def check_name(path: str) -> None:
    """Raise RefusedError for a path that is not valid in the file system's encoding."""
    if not path.isascii() and any("\ud800" <= character <= "\udfff" for character in path):
        name = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise RefusedError(name, "its name is not UTF-8", "rename it")


def unreadable(found: os.stat_result, file: str | Path) -> tuple[str, str] | None:
    """Why what lies there cannot be read, and what to do; None if it can.

    A pipe is never opened to find out.
    """
    if not stat.S_ISREG(found.st_mode):
        return "is not a regular file", "name a file with text in it"
    # Whoever is root may read a file that nobody is meant to read: it is left alone all the same.
    if not found.st_mode & 0o444 or not os.access(file, os.R_OK):
        return "may not be read", "change its permissions"
    return None


class Folder:
    """The folder of a manifest. Files outside it are refused unless `allow_outside` is set.

    `stamps` has each folder in which a file was looked for, as it was before the first look.
    """

    def __init__(self, root: Path, *, allow_outside: bool) -> None:
        self.root = root
        self.stamps: dict[str, FolderStamp] = {}
        self.aliased = Aliased()
        self._outside = allow_outside
        self._top = os.path.join(root, "")
        self._real: dict[str, str] = {}  # folders, and where they really are
        self._names: dict[str, dict[str, str]] = {}  # folders, and the names in them by their lower case
        self._stamp("")

    def has(self, name: str) -> bool:
        """Return True if a file has this name as written."""
        if name:
            self._stamp(os.path.dirname(os.path.normpath(name)))
        path = self._spelled(os.path.normpath(name)) if name else None
        return path is not None and os.path.isfile(self._at(path))

    def normal(self, target: str) -> str:
        """Return the path relative to the folder of a name as written.

        Raises RefusedError if it leads out.
        """
        if "\0" in target:
            raise RefusedError(target.replace("\0", "\\0"), "holds a NUL character", "take it out")
        if _NOT_BELOW.match(target) and not self._outside:
            hint = "name files below the manifest's folder, or use --allow-outside"
            raise RefusedError(target, "is not relative to the manifest", hint)
        if self._outside:
            target = os.path.expanduser(target.removeprefix("file://"))
        path = os.path.normpath(target).replace(os.sep, "/")
        if (path == ".." or path.startswith("../")) and not self._outside:
            raise RefusedError(path, "leads outside the manifest's folder", "move the file, or use --allow-outside")
        if INDEX_FOLDER in path.split("/"):
            raise RefusedError(path, "belongs to the index", "take the entry out", lost=False)
        return path

    def locate(self, path: str) -> Found:
        """Return the file at a path. Raises RefusedError if there is none that may be read."""
        check_name(path)
        self._stamp(os.path.dirname(path))
        spelled = self._spelled(path)
        if spelled is None:
            raise RefusedError(path, "there is no such file", self._meant(path))
        file = self._at(spelled)
        try:
            found = os.stat(file)
        except FileNotFoundError:
            raise RefusedError(path, "is a link to nothing", "mend the link, or take the entry out") from None
        except OSError as error:
            what = f"cannot be looked at: {error.strerror}"
            raise RefusedError(path, what, "mend the link, or its folder's permissions") from None
        real = self._real_path(file)
        if not self._outside and not self._inside(real):
            raise RefusedError(path, "is a link that leads outside", "copy the file here, or use --allow-outside")
        if stat.S_ISDIR(found.st_mode):
            pattern = "./*" if spelled == "." else f"{shorten(spelled)}/*"
            raise RefusedError(path, "is a folder", f"name its files: {pattern}")
        if wrong := unreadable(found, file):
            raise RefusedError(path, *wrong)
        self.aliased.has_hard_links |= found.st_nlink > 1
        name = unicodedata.normalize("NFC", real).casefold()
        return Found(spelled, (found.st_dev, found.st_ino, name), (found.st_size, found.st_mtime_ns))

    def matching(self, pattern: str) -> list[str]:
        """Return the sorted paths that a pattern matches, without folders, hidden files and the
        index.

        Links to folders are followed if the pattern names them and they stay inside.
        """
        parts = pattern.split("/")
        start = next((number for number, part in enumerate(parts) if WILDCARDS & set(part)), len(parts) - 1)
        base = self._spelled("/".join(parts[:start]) or ("/" if start else "."))
        if base is None:
            self._stamp("/".join(parts[:start]))
            return []
        return sorted(self._matching("" if base == "." else os.path.join(base, ""), Glob(parts[start:])))

    def _matching(self, base: str, glob: Glob) -> Iterator[str]:
        todo = [(base, glob.first)]
        seen = set()
        while todo:
            path, states = todo.pop()
            here = self._real_folder(self._at(path))
            # Each folder once for each rest of the pattern: links that lead round in circles need
            # no more.
            if (here, states) in seen or not (self._outside or self._inside(here)):
                continue
            seen.add((here, states))
            for entry in self._entries(path):
                is_folder = self._is_folder(path, entry)
                after = glob.after(states, entry.name, linked=is_folder and entry.is_symlink())
                if not after or entry.name == INDEX_FOLDER:
                    continue
                if is_folder:
                    todo.append((f"{path}{entry.name}/", after))
                elif glob.last in after:
                    yield path + entry.name

    def _entries(self, path: str) -> Sequence[os.DirEntry[str]]:
        """Return the entries of a folder, and none if it cannot be read or leads outside."""
        folder = path.rstrip("/") or path
        looked = time.time_ns()
        if self._outside:
            entries, found = files.look_into(self._at(path))
        else:
            entries, found = files.look_into(path.rstrip("/"), str(self.root))
        self.stamps.setdefault(folder, folder_stamps.stamp(self._at(path), entries, found, looked))
        return entries

    def _stamp(self, folder: str) -> None:
        """Keep the stamp of a folder, unless it is known, or lies outside."""
        if folder not in self.stamps and (self._outside or not (folder + "/").startswith(("/", "../"))):
            self.stamps[folder] = folder_stamps.stamp_now(str(self.root), folder)

    def _is_folder(self, path: str, entry: os.DirEntry[str]) -> bool:
        """Return True for a folder, and for a link to one."""
        if entry.is_symlink():
            return os.path.isdir(self._at(f"{path}{entry.name}"))
        return entry.is_dir(follow_symlinks=False)

    def _at(self, path: str) -> str:
        return os.path.join(self._top, path)

    def _inside(self, real: str) -> bool:
        return os.path.join(real, "").startswith(self._top)

    def _real_folder(self, folder: str) -> str:
        if folder not in self._real:
            self._real[folder] = files.real_path(folder)
        return self._real[folder]

    def _real_path(self, file: str) -> str:
        if os.path.islink(file):
            real = files.real_path(file)  # what is behind a link can come and go without a sign at the link
            target = os.path.dirname(real)
            self.aliased.targets.add(os.path.basename(real))
            self._stamp(os.path.relpath(target, self.root) if self._inside(target) else target)
            return real
        folder, name = os.path.split(file)
        return os.path.join(self._real_folder(folder), name)

    def _spelled(self, path: str) -> str | None:
        """Return a path as it is spelled on disk, in NFC or NFD (UAX 15), or None if nothing
        lies there.
        """
        if os.path.lexists(self._at(path)):
            return path
        if path.isascii():
            return None
        spelled = "/" if path.startswith("/") else ""
        for part in path.split("/"):
            forms = (part, *(unicodedata.normalize(form, part) for form in ("NFC", "NFD")))
            found = next((form for form in forms if os.path.lexists(self._at(spelled + form))), None)
            if found is None:
                return None
            spelled += f"{found}/"
        return spelled.rstrip("/")

    def _meant(self, path: str) -> str:
        """Return the hint for a path at which there is nothing."""
        if "\\" in path:
            return "write / between folders"
        folder, _, name = path.rpartition("/")
        if folder not in self._names:
            self._names[folder] = {entry.name.lower(): entry.name for entry in self._entries(folder)}
        like = self._names[folder].get(name.lower())
        return f"did you mean {posixpath.join(folder, like)}?" if like else "correct the path, or take the entry out"
