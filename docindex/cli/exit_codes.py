"""Exit codes."""

from __future__ import annotations

FOUND, NOT_FOUND, FAILED, NO_INDEX, BUSY, INTERRUPTED = 0, 1, 2, 3, 75, 130
"""A build that left something out, and a check with findings, end with NOT_FOUND's 1 as well."""
