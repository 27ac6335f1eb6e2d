"""The commands by name. One is loaded, and its flags are looked at, only when it is asked for.

Their modules do without `from __future__ import annotations`: typer would evaluate the texts of all flags again, twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from docindex.cli.options import EPILOG

MODULES = {
    "build": "build",
    "search": "search",
    "show": "show",
    "kwic": "kwic",
    "timeline": "timeline",
    "status": "status",
    "check": "check",
    "init": "check",
}
"""The commands in the order of the help, and the modules that have a function of that name for each."""


class _Commands(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        return _command(MODULES[name], name)

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class Group(TyperGroup):
    """What `docindex` is to typer: a group of the commands above."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": _Commands()})

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(MODULES)


@cache
def _command(module: str, name: str) -> Any:
    single = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    single.command(epilog=EPILOG)(getattr(import_module(f"docindex.cli.{module}"), name))
    return get_command(single)
