"""What people and scripts see: answers, plans and reports as lines for a terminal or as data."""

from __future__ import annotations
