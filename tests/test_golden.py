"""Golden files: what each command shows of the seeds at three widths, matches between <mark> and
</mark>.

`python tests/test_golden.py` writes them anew, to be looked at before they are kept.
"""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.text import Text

import docindex
from docindex.engines import registry
from docindex.engines.base import Engine, Searcher, SearchRequest
from docindex.indexing import check
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.model.results import Staleness
from docindex.proof import verification
from docindex.proof.drafts import read_draft
from docindex.query.ast import MatchAll
from docindex.render import concordance as render_concordance
from docindex.render import layout, query_notes, record, reports, results
from docindex.render import timeline as render_timeline
from docindex.render import verification as render_verification
from docindex.render.summary import match_count
from docindex.search import concordance, record_lines, record_lookup, search
from docindex.search import timeline as timelines
from docindex.search.collocates import find_collocates

SEEDS = Path(docindex.__file__).parent.parent / "seeds"
GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (60, 80, 160)


def show(name: str, query: str, index: Searcher, width: int) -> Iterable[Text]:
    found = record_lookup.find_record(name, index, {})
    tell = search.match_finder(query)
    numbered = record_lines.numbered_lines(found, tell(found, "body"))
    return [row for row, _ in record.rows(found, tell(found, "title"), numbered, width=width, plain=False)]


def held(
    files: dict[str, str], rows: Callable[[Searcher, int], Iterable[Text]]
) -> Callable[[Searcher, int], list[Text]]:
    """The rows of a collection of its own."""

    def shown(_: Searcher, width: int) -> list[Text]:
        with tempfile.TemporaryDirectory() as place:
            for name, text in files.items():
                Path(place, name).parent.mkdir(parents=True, exist_ok=True)
                Path(place, name).write_text(text, encoding="utf-8")
            own = registry.open_engine(Path(place, "index"))
            build(load.load(Path(place)), own)
            with own.searcher() as index:
                return list(rows(index, width))

    return shown


def kwic(query: str, sort: str, index: Searcher, width: int) -> Iterable[Text]:
    options = search.SearchOptions(limit=None, passages=0)
    tell = search.match_finder(query)
    records = [hit.record for hit in search.search(query, index, options).hits]
    found = [line for one in records for line in concordance.concordance_lines(one, tell(one, "body"))]
    lines = concordance.sort_lines(found, sort)
    return render_concordance.rows(lines, width=width, plain=False, is_dated=sort == "date")


def timeline(queries: list[str], unit: str | None, index: Searcher, width: int) -> Iterable[Text]:
    answers = [search.search(query, index, search.SearchOptions(limit=None, passages=0)) for query in queries]
    found = timelines.build_timeline([[hit.record for hit in answer.hits] for answer in answers], unit)
    return render_timeline.rows(answers, found, width=width)


def listed(query: str, *facets: str) -> Callable[[Searcher, int], Iterable[Text]]:
    def rows(index: Searcher, width: int) -> Iterable[Text]:
        found = search.search(query, index, search.SearchOptions(limit=3, facets=facets))
        yield from results.hits(found, width=width, plain=False)
        yield from results.facets(found, width=width)

    return rows


def status(index: Searcher, width: int) -> Iterable[Text]:
    found = index.search(SearchRequest(MatchAll(), limit=0, facets=("language", "year"))).facets
    found = {name: dict(sorted(counts.items())) for name, counts in found.items()}
    state = replace(index.state, built="2026-01-01T12:00:00Z", manifest="/archive/seeds/INDEX.md", version="1")
    rows = list(reports.status(state, Staleness(), ".docindex", 98_765, found, width=width))
    names = [row.plain[:10].strip() for row in rows]
    return rows[: names.index("built")] + rows[names.index("fresh") :]  # how long ago that was changes every day


COLLECTION = {
    "INDEX.md": "- [Gone](gone.txt)\n- `été.txt`\n- [Copy](copy.txt) — date: 2011; language: en\n- `été.txt`\n",
    "été.txt": "2016-03-20 - Un été\n\nDes élèves et leurs professeurs, réunis dans la cour de l'école.\n",
    "copy.txt": "2016-03-20 - Un été\n\nDes élèves et leurs professeurs, réunis dans la cour de l'école.\n",
    "رسالة.txt": "رسالة لا يذكرها أحد\n",
}


FAILING = {
    "INDEX.md": "- [Gone](gone.txt)\n- [Out of reach](../letter.txt)\n- `été.txt`\n- `empty.txt`\n- `broken.pdf`\n"
    "- [رسالة](رسالة.txt) — date: soon\n",
    "été.txt": COLLECTION["été.txt"],
    "empty.txt": "",
    "broken.pdf": "%PDF-1.7 and no more\n",
    "رسالة.txt": COLLECTION["رسالة.txt"],
}
FOLDER = {
    "été.txt": COLLECTION["été.txt"],
    **{f"photos/{number}.jpg": "\xff\xd8" for number in range(1_200)},
    "film.mkv": "x",
    "a-name-that-goes-on-and-on-and-on-until-no-line-of-a-small-terminal-could-hold-it.zip": "PK\x03\x04 no more",
}


def reported(files: dict[str, str]) -> Callable[[Searcher, int], Iterable[Text]]:
    """What a first build says."""

    def rows(_: Searcher, width: int) -> Iterable[Text]:
        with tempfile.TemporaryDirectory() as place:
            root = Path(place, "archive")
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            found = build(load.load(root), registry.open_engine(Path(place, "index")))
        failures = tuple(replace(one, place=one.place.removeprefix(f"{place}/")) for one in found.failures)
        return layout.wrap_lines(reports.build(replace(found, failures=failures, elapsed_s=0.1), ".docindex"), width)

    return rows


def checked(index: Searcher, width: int) -> Iterable[Text]:
    with tempfile.TemporaryDirectory() as place:
        for name, text in COLLECTION.items():
            Path(place, name).write_text(text, encoding="utf-8")
        found = check.check(load.load(Path(place)))
    named = [replace(one, place=one.place.removeprefix(f"{place}/")) for one in found]
    return reports.findings(named, width=width)


PIECE = """Le directeur a lu un message ancien devant ses élèves. Personne n'y trouvait de preuve ; chacun relisait
la date, la signature, puis l'adresse. Une copie traînait dans un tiroir depuis quatre hivers, avec trois photographies
et le reçu d'un hôtel fermé. On décida de demander au greffe, à la mairie, aux anciens voisins, ce qu'ils savaient. Un
silence poli répondit presque partout, sauf chez la libraire, qui promit d'écrire bientôt tout ce dont elle se souvient.
"""
REPRINTS = {
    "INDEX.md": "- [Un message ancien](a.txt) — publisher: La Gazette; language: fr; date: 2016-03-20\n"
    "- [Un message ancien, lu devant les élèves, que nul n'attendait](b.txt) — publisher: Le Courrier; language: fr\n"
    "- [رسالة](c.txt) — language: ar\n- [رسالة](d.txt) — language: ar\n- [Message](e.txt) — language: en\n",
    "a.txt": PIECE,
    "b.txt": PIECE.replace("élèves", "lecteurs"),
    "c.txt": "قرأ المدير الرسالة أمام التلاميذ\n",
    "d.txt": "قرأ المدير الرسالة أمام التلاميذ\n",
    "e.txt": "No message came.\n",
}


LONG = "2016-03-20 - Un titre qui n'en finit pas de dire que le message, lu et relu, ne dit rien de ce qu'on en dit, "
HARD = {
    "long.txt": LONG + "et rien de plus\n\nLe Courrier - Le message fut lu devant les élèves de toute l'école.\n",
    "rtl.txt": "2013-01-17 - "
    + "رسالة طويلة عن message قديم قرأه المدير أمام التلاميذ " * 3
    + "\n\nقال إن message قديم.\n",
    "none": "message",
    "deep/" * 12 + "a-name-that-goes-on-and-on.txt": "One message far below the others.\n",
    "cjk.txt": "学校からの message\n\n" + "先生は古い message を生徒たちの前で読みました。" * 4 + "\n",
    "marks.txt": unicodedata.normalize("NFD", "Le mélange\n\nUn été passé, un message déchiré à l'école.\n"),
    "pages.txt": "Minutes\n\nThe message was read.\n\f\nThe message was read, this message kept.\n\fNo word.\n",
    "many.txt": "A log\n\n" + "".join(f"Entry {number} tells of the message.\n" for number in range(1, 1_000)),
    "odd.txt": "[red]A message[/red] \u202e=cmd()\n\nA message \x1b[31mthat acts\x07, \u2066so to speak.\n",
}


def asked(query: str, limit: int) -> Callable[[Searcher, int], Iterable[Text]]:
    def rows(index: Searcher, width: int) -> Iterable[Text]:
        found = search.search(query, index, search.SearchOptions(limit=limit, facets=("publisher", "creator", "year")))
        yield from results.hits(found, width=width, plain=False)
        yield from results.facets(found, width=width)
        yield Text(match_count(found))

    return rows


def why(index: Searcher, width: int) -> Iterable[Text]:
    found = search.search("Belmokhtarr titre:accord date:2013..2014 lang:fr (a", index, search.SearchOptions(limit=3))
    return layout.wrap_lines(query_notes.notes(found), width)


def explained(index: Searcher, width: int) -> Iterable[Text]:
    found = search.explain('accord~ -"secret talks" date:2012.. القنصل', list(index.languages), search.SearchOptions())
    return layout.wrap_lines(query_notes.explanation(found), width)


def collocates(index: Searcher, width: int) -> Iterable[Text]:
    tell = search.match_finder("Belmokhtar OR بلمختار")
    marked = (
        (one, tell(one, "body")) for one in search.records("Belmokhtar OR بلمختار", index, search.SearchOptions())
    )
    return render_concordance.collocates(find_collocates(marked)[:12])


def alike(how: str) -> Callable[[Searcher, int], Iterable[Text]]:
    def rows(index: Searcher, width: int) -> Iterable[Text]:
        with tempfile.TemporaryDirectory() as place:
            for name, text in REPRINTS.items():
                Path(place, name).write_text(text, encoding="utf-8")
            own = registry.open_engine(Path(place, "index"))
            build(load.load(Path(place)), own)
            with own.searcher() as opened:
                found = search.search("message OR رسالة", opened, search.SearchOptions(alike=how))
        yield from results.hits(found, width=width, plain=False)
        yield Text(match_count(found))

    return rows


DRAFTS = {
    "brouillon.md": """# Un brouillon

« C'est WikiLeaks qui a rendu ce message public, quatre jours avant la parution du texte », lit-on. Il parle d'« un
ensemble de 30.522 pièces, conservées sur un serveur privé de Hillary Clinton », gardé « jadis ».

> Il dit que l'accord est établi, il rapporte ce qu'un message en disait.
> — Un lecteur

« du 17 janvier 2013. La veille avait commencé l'affaire […] non loin d'In Amenas », puis « un accord public de
Belmokhtar avec des amis d'Alger qui n'en disaient plus rien à personne » et « des violons sous une lune violette ».
""",
    "مسودة.md": """«ويطرح المقال الأمر في صيغة سؤال، ولا يورد ردًّا من أيّ طرف» و«تغطي الأعوام من ٢٠١١ إلى ٢٠١٤».

«بحسب المقال، كشفت ويكيليكس عن الرسالة […] وهي واحدة من مجموعة صغيرة من الوثائق».
""",
}


def verified(name: str) -> Callable[[Searcher, int], Iterable[Text]]:
    def rows(index: Searcher, width: int) -> Iterable[Text]:
        found = verification.verify_drafts([read_draft(name, DRAFTS[name].encode())], index, Staleness())
        yield from render_verification.rows(found, width=width, plain=True)
        yield Text(render_verification.summary(found))

    return rows


CASES: dict[str, Callable[[Searcher, int], Iterable[Text]]] = {
    "show-fr": lambda index, width: show("notes/gao.md", '"accord secret" Belmokhtar', index, width),
    "show-en": lambda index, width: show("press/digest.txt#2016-03-20", "secret agreement", index, width),
    "search-fr": listed('"accord secret" OR règlement'),
    "search-en": listed("secret agreement", "language", "subject", "year"),
    "search-ar": listed("بلمختار OR Belmokhtar", "creator"),
    "alike-fold": alike("fold"),
    "alike-only": alike("only"),
    "status": status,
    "check": checked,
    "build": reported(FAILING),
    "build-folder": reported(FOLDER),
    "search-hard": held(HARD, asked("message", 9)),
    "search-one": held(HARD, asked("learnt OR lu", 9)),
    "kwic-hard": held(HARD, lambda index, width: kwic("message -path:many.txt", "rank", index, width)),
    "show-pages": held(HARD, lambda index, width: show("pages.txt", "message", index, width)),
    "show-hard": held(HARD, lambda index, width: show("rtl.txt", "message", index, width)),
    "collocates": collocates,
    "why": why,
    "explain": explained,
    "search-nothing": listed("zzzzzz", "language"),
    "show-ar": lambda index, width: show("press/mujaz.txt#2016-03-20", "بلمختار رسالة", index, width),
    "kwic-fr": lambda index, width: kwic("accord", "R1", index, width),
    "kwic-en": lambda index, width: kwic("message", "date", index, width),
    "kwic-ar": lambda index, width: kwic("بلمختار", "L1", index, width),
    "timeline": lambda index, width: timeline(["Belmokhtar"], None, index, width),
    "verify-fr": verified("brouillon.md"),
    "verify-ar": verified("مسودة.md"),
    "timeline-several": lambda index, width: timeline(["accord", "agreement", "بلمختار"], "month", index, width),
}


def tagged(line: Text) -> str:
    """A line's text, matches in tags."""
    marks = sorted((span.start, span.end) for span in line.spans if span.style == "match")
    out, done = "", 0
    for start, stop in marks:
        out += f"{line.plain[done:start]}<mark>{line.plain[start:stop]}</mark>"
        done = stop
    return out + line.plain[done:] + "\n"


def built(folder: Path) -> Engine:
    engine = registry.open_engine(folder)
    build(load.load(SEEDS), engine)
    return engine


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    with built(tmp_path_factory.mktemp("golden") / "index").searcher() as index:
        yield index


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case", CASES)
def test_a_command_shows_what_it_showed(index: Searcher, case: str, width: int) -> None:
    shown = "".join(map(tagged, CASES[case](index, width)))
    assert shown == (GOLDEN / f"{case}-{width}.txt").read_text(encoding="utf-8")


def test_every_golden_file_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {f"{case}-{width}" for case in CASES for width in WIDTHS}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place, built(Path(place) / "index").searcher() as opened:
        for name, rows in CASES.items():
            for columns in WIDTHS:
                text = "".join(map(tagged, rows(opened, columns)))
                (GOLDEN / f"{name}-{columns}.txt").write_text(text, encoding="utf-8")
