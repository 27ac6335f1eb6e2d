"""People of an archive: the forms of names and addresses that its headers themselves unite."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from docindex.engines.base import SearchRequest
from docindex.metadata.people import parts
from docindex.query import aliases
from docindex.query.ast import MatchAll

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docindex.engines.base import Searcher

_MIN_NAME_WORDS = 2  # of a name that is taken for one person's, whatever the address


class Person(Struct, frozen=True):
    """A person with the forms that headers write, the most frequent first."""

    name: str  # the best-written form
    forms: Mapping[str, int]  # each with the number of its records

    @property
    def count(self) -> int:
        """The number of records that name one of the forms, counted per form."""
        return sum(self.forms.values())


def find_people(index: Searcher, same: Iterable[Sequence[str]] | None = None) -> list[Person]:
    """Return the people whom the records of an index name.

    Without the groups `same`, those of the file that the manifest names as `people` are taken.
    Raises UsageError.
    """
    found = index.search(SearchRequest(MatchAll(), 0, facets=("with",))).facets["with"]
    counts = {form: count for form, count in found.items() if form}
    return unite(counts, manifest_groups(index) if same is None else same)


def persons_by_form(index: Searcher, *, use_manifest: bool) -> dict[str, str]:
    """Return the best-written form of each person by each of the forms."""
    people = find_people(index, None if use_manifest else ())
    return {form: person.name for person in people for form in person.forms}


def manifest_groups(index: Searcher) -> list[Sequence[str]]:
    """Return the user's groups of forms in the file beside the manifest."""
    manifest = index.state.manifest
    groups = aliases.of_manifest(Path(manifest), aliases.PEOPLE) if manifest else None
    return [group.names for group in groups.groups] if groups else []


def unite(counts: Mapping[str, int], same: Iterable[Sequence[str]] = ()) -> list[Person]:
    """Return the persons behind forms, the most frequent first.

    Forms with one address are one person's. So are forms with one full name. A single word such as
    `H` is united with an address only if it stands before that address alone. `same` holds the
    user's own groups of forms.
    """
    leaders: dict[str, str] = {}

    def leader(key: str) -> str:
        while (above := leaders.setdefault(key, key)) != key:
            leaders[key] = leaders.setdefault(above, above)
            key = above
        return key

    def join(one: str, other: str) -> None:
        leaders[leader(other)] = leader(one)

    addresses = defaultdict(set)
    for form in counts:
        name, address = parts(form)
        if name and address:
            addresses[name].add(address)
    for form in counts:
        name, address = parts(form)
        if address:
            join(f"form {form}", f"address {address}")
        if name and (len(name.split()) >= _MIN_NAME_WORDS or len(addresses[name]) <= 1):
            join(f"form {form}", f"name {name}")
    for group in same:
        for other in group[1:]:
            join(_key(group[0]), _key(other))
    united: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for form, count in counts.items():
        united[leader(f"form {form}")][form] += count
    people = [Person(_best(forms), dict(forms.most_common())) for forms in united.values()]
    return sorted(people, key=lambda person: (-person.count, person.name.casefold()))


def _key(form: str) -> str:
    """Return the key of a form that the user writes: its address, else its name."""
    name, address = parts(form)
    return f"address {address}" if address else f"name {name}"


def _best(forms: Mapping[str, int]) -> str:
    """Return the form that is written best: with a name of several words and an address, then
    the most frequent.
    """

    def quality(form: str) -> tuple[bool, bool, bool, int, str]:
        name, address = parts(form)
        has_case = not (form.isupper() or form.partition(" <")[0].islower())
        return len(name.split()) >= _MIN_NAME_WORDS, bool(name and address), has_case, forms[form], form

    return max(forms, key=quality)
