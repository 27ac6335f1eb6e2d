"""Libraries that only some uses of docindex need."""

from __future__ import annotations

from docindex.errors import ExtraMissing
from docindex.readers.installation import install_hint


def missing(use: str, library: str, version: str = "") -> ExtraMissing:
    """Return the error of a use whose library is not installed. `version` is added to its name."""
    return ExtraMissing(f"{use} needs {library}{version}, which is not installed", install_hint([library]))
