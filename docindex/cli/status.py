"""`docindex status`."""

from typing import Annotated

import typer

from docindex import config
from docindex.cli.codes import FOUND
from docindex.cli.flags import ColorFlag, IndexFlag, JsonFlag
from docindex.cli.output import color_of, columns, near, styled, write


def status(
    index: IndexFlag = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only the list of what could not be indexed.")] = False,
    as_json: JsonFlag = False,
    color: ColorFlag = None,
) -> None:
    """Say what the index holds, how fresh it is. What could not be indexed is listed."""
    settings = config.resolve(color=color)
    from docindex import engines, freshness
    from docindex.engines.base import Request
    from docindex.query import Everything
    from docindex.render import machine, terminal

    folder = config.index_for_search(index)
    engine = engines.open_engine(folder)
    state = engine.indexed()
    if failed and not as_json:
        lines = terminal.fitted(terminal.failures(state.failures), columns())
        write(styled(lines, settings, color=color_of(settings)))
        raise typer.Exit(FOUND)
    behind = freshness.behind(state, engine.sources())
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    counts = engine.search(Request(Everything(), limit=0, facets=("language", "year"))).facets
    tallies = {field: dict(sorted(found.items())) for field, found in counts.items()}
    if as_json:
        write(machine.status(state, behind, str(folder), size, tallies) + "\n")
    else:
        lines = terminal.status(state, behind, near(folder), size, tallies, width=columns())
        write(styled(lines, settings, color=color_of(settings)))
