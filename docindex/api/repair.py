"""Findings about a collection, a patch of its manifest, and manifests that begin and grow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docindex.errors import UsageError
from docindex.indexing import check as checking
from docindex.manifest import load
from docindex.manifest.load import Manifest
from docindex.model.results import Finding
from docindex.system import files

if TYPE_CHECKING:
    from os import PathLike


class Check(Struct, frozen=True):
    """Findings about a collection that its keeper may want to repair."""

    findings: tuple[Finding, ...]
    manifest: Manifest

    @property
    def sources(self) -> int:
        """Number of sources."""
        return len(self.manifest.sources)

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as a dictionary, with the keys of `docindex check --json`."""
        from docindex.render import json_output

        return json_output.findings(self.findings)

    @property
    def repairable(self) -> int:
        """Number of findings that the patch repairs."""
        return sum(finding.kind in checking.REPAIRED_KINDS for finding in self.findings)

    def patch(self) -> str:
        """Return a patch of the manifest for what can be repaired."""
        return checking.repair_patch(self.manifest, self.findings)


def check(source: str | PathLike[str] | None = None, *, allow_outside: bool = False) -> Check:
    """Return what in a collection needs repair. Raises ManifestError if there is nothing to read.

    `source` is a manifest, a folder or one file; without it seeds/INDEX.md or INDEX.md, here.
    """
    path = load.find(Path.cwd()) if source is None else Path(source)
    manifest = load.load(path, allow_outside=allow_outside)
    return Check(tuple(checking.check(manifest)), manifest)


def manifest_path(folder: Path) -> Path:
    """Return the path of a folder's manifest, whether there is one or not."""
    return folder / load.MANIFEST_NAME


def write_manifest(path: Path, shown: str) -> None:
    """Write a first manifest for the folder that it is in. `shown` names it in messages.

    Raises UsageError if it cannot be written.
    """
    text = checking.first_manifest(load.load(path.parent))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{shown}: cannot be written: {error.strerror}", "check the folder") from error


def grow_manifest(path: Path, shown: str) -> list[str]:
    """Add an entry for each file that a manifest does not list, and return their paths.

    `shown` names it in messages. Raises ManifestError, and UsageError if it cannot be written.
    """
    listed = load.load(path)
    text, added = checking.grown_manifest(listed)
    if added:
        try:
            found = os.stat(path)
            if listed.seen != (found.st_size, found.st_mtime_ns):
                raise UsageError(f"{shown}: has changed meanwhile", "docindex init, once more")
            files.replace_file(str(path), text.encode())
        except OSError as error:
            raise UsageError(f"{shown}: cannot be written: {error.strerror}", "check the folder") from error
    return added
