"""People with the forms of their names and addresses, as text, as a table and as values for
JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docindex.render.json_output import SCHEMA
from docindex.render.passages import one_line
from docindex.render.styled_text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docindex.search.people import Person


def rows(people: Iterable[Person]) -> Iterator[Text]:
    """Yield a line for each person, and below it a line for each further form."""
    for person in people:
        yield Text(f"{person.count:>7,}  ", "faint").append(one_line(person.name))
        for form, count in person.forms.items():
            if form != person.name:
                yield Text(f"{count:>15,}  {one_line(form)}", "faint")


def table(people: Iterable[Person]) -> Iterator[Sequence[str]]:
    """Yield the rows of a table: a row for each form."""
    yield "person", "count", "form", "records"
    for person in people:
        for form, records in person.forms.items():
            yield one_line(person.name), str(person.count), one_line(form), str(records)


def values(people: Iterable[Person]) -> list[dict[str, Any]]:
    """Return the people as values for JSON."""
    return [{"name": person.name, "count": person.count, "forms": dict(person.forms)} for person in people]


def document(people: Iterable[Person]) -> dict[str, Any]:
    """Return the people as JSON data."""
    return {"schema": SCHEMA, "people": values(people)}
