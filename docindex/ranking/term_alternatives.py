"""What a query's words ask for, position by position: the terms that may stand there, and what each is worth. Pure."""

from __future__ import annotations

from docindex.analysis import analyzer

Slot = dict[str, float]
"""One position of a query: the terms that may stand there, and what one occurrence of each is worth (to 1)."""

SAME_STEM = 0.6
"""What another form of the word is worth beside the word itself."""
SAME_ACCENTS = 0.1
"""How much of an occurrence's worth goes to the accents being those that were typed."""


def slots(text: str, language: str, *, exact: bool = False) -> list[Slot]:
    """The positions that a query's words ask for, in a record of this language; several for `F-2014-20439`.

    `exact` leaves only the forms as typed, but for case: no stems, no folding.
    """
    tokens = analyzer.analyze(text, language)
    found: list[Slot] = []
    done = 0
    # Of two readings of one piece of text (30.322 as one number, a pair of Han characters) the longer counts.
    for forms, stop in zip(tokens.forms, tokens.stops, strict=True):
        if stop > done:
            found.append(_exact_slot(forms) if exact else _slot(forms))
            done = stop
    return found


def _slot(forms: analyzer.Forms) -> Slot:
    folded = forms[0]
    stem = next((form[len(analyzer.STEM) :] for form in forms if form.startswith(analyzer.STEM)), folded)
    accents = [form for form in forms if analyzer.EXACT in form]
    slot = {folded: 1.0 - (SAME_ACCENTS if accents else 0.0)}
    for form in accents:
        slot[form] = SAME_ACCENTS
    if stem != folded:
        # Here an occurrence of the word itself is posted under its stem as well.
        slot[folded] -= SAME_STEM
        slot[stem] = SAME_STEM
    slot[analyzer.STEM + stem] = SAME_STEM
    return slot


def _exact_slot(forms: analyzer.Forms) -> Slot:
    return {forms[-1] if analyzer.EXACT in forms[-1] else forms[0]: 1.0}
