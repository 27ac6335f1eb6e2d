"""`docindex verify`: the quotations of drafts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docindex import config
from docindex.cli.console import color_of, columns, links_of, say, say_index, show, styled, write
from docindex.cli.exit_codes import FOUND, NOT_FOUND
from docindex.cli.options import ACCEPTABLE_VERDICTS, one_of
from docindex.errors import UsageError
from docindex.render import formats

if TYPE_CHECKING:
    from docindex import Verification
    from docindex.cli.options import VerifyFlags
    from docindex.config import Settings


def run(flags: VerifyFlags) -> int:
    """Verify the quotations of the drafts. Return the exit code."""
    settings = config.resolve(color=flags.color, hyperlink=flags.hyperlink)
    from docindex.api import proof
    from docindex.api.index import open_index

    form = one_of("format", "json" if flags.as_json else flags.form, formats.names("verify"))
    accepted = [one_of("verdict", verdict, ACCEPTABLE_VERDICTS) for verdict in flags.accept or ()]
    if flags.seal is not None:
        return _verify_seals(flags, form, settings)
    if not flags.drafts:
        raise UsageError("no draft was given", "docindex verify DRAFT, or --seal FILE")
    drafts = proof.read_drafts(flags.drafts, sys.stdin.buffer.read)
    with open_index(flags.index) as index:
        found = proof.verify_drafts(index, drafts)
    if not flags.quiet:
        _write(found, accepted, form, settings, paged=not flags.no_pager)
        say_index(flags.index, settings)
    return FOUND if found.passes(accepted) else NOT_FOUND


def _verify_seals(flags: VerifyFlags, form: str, settings: Settings) -> int:
    from docindex.api import proof
    from docindex.api.index import open_index
    from docindex.render import citations as render_citations
    from docindex.render import json_output

    if flags.drafts or form not in ("text", "json"):
        raise UsageError("--seal is for seals alone, as text or json", "docindex verify --seal FILE")
    seals = proof.read_seals(str(flags.seal))
    with open_index(flags.index) as index:
        checks = proof.check_seals(index, seals)
    if not flags.quiet and form == "json":
        write(json_output.text(render_citations.seal_value(checks)) + "\n")
    elif not flags.quiet:
        write(styled(render_citations.seal_rows(checks, width=columns()), settings, color=color_of(settings)))
    return FOUND if all(check.state == "same" for check in checks) else NOT_FOUND


def _write(found: Verification, accepted: list[str], form: str, settings: Settings, *, paged: bool) -> None:
    from docindex.render import verification

    if form == "text":
        link = None
        if links_of(settings):
            from docindex.render.hyperlinks import links

            link = links(found.index.root, settings.editor_uri)
        plain = not color_of(settings)
        lines = list(verification.rows(found, accepted=accepted, width=columns(), plain=plain, link=link))
        show(lines, settings, paged=paged)
        apart = bool(lines) and sys.stdout.isatty() and sys.stderr.isatty()
        say(settings, verification.footer(found, apart=apart))
    elif form in ("md", "html"):
        pieces = verification.markdown if form == "md" else verification.page
        write("".join(pieces(found, accepted)))
    else:
        from docindex.render import verification_data

        lines_of_json = verification_data.quotation_values(found, accepted)
        table = verification_data.table(found, accepted)
        write(formats.data(form, verification_data.value(found, accepted), lines_of_json, table))
