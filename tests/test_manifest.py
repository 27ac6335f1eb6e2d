"""What a manifest, a folder or a file lists, and what is said of every mistake in the list."""

from __future__ import annotations

import os
import socket
import time
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from docindex import config
from docindex.errors import ManifestError
from docindex.manifest import fast_path, load, parser, walk
from docindex.manifest.globs import Glob
from docindex.metadata import keys, language_codes
from docindex.metadata.folding import fold
from docindex.model.documents import Date, Metadata

Listed = Callable[..., load.Manifest]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the current one."""
    root = tmp_path / "archive"
    root.mkdir()
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def listed(folder: Path) -> Listed:
    """Write a manifest and the files it needs; what is read from it."""

    def read(text: str, *names: str, allow_outside: bool = False) -> load.Manifest:
        touch(folder, names)
        (folder / "INDEX.md").write_text(text, encoding="utf-8")
        return load.load(folder / "INDEX.md", allow_outside=allow_outside)

    return read


def touch(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def paths(found: load.Manifest) -> list[str]:
    return [source.path for source in found.sources]


def declared(found: load.Manifest) -> list[Metadata]:
    assert problems(found) == []
    return [source.declared for source in found.sources]


def problems(found: load.Manifest) -> list[str]:
    """Each as it is told: where, what, and what to do."""
    return [f"{problem.message} ({problem.hint})" for problem in found.problems]


def refused(path: Path) -> list[str | None]:
    with pytest.raises(ManifestError) as error:
        load.load(path)
    return [error.value.message, error.value.hint]


# What is an entry ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [One](a.txt)", ["a.txt"]),
        ("* `a.txt`\n+ `b.txt`\n1. `c d.txt`", ["a.txt", "b.txt", "c d.txt"]),
        ("- a word, then [One](a.txt), and [another](b.txt) and `c d.txt`", ["a.txt"]),
        ("- [the web](https://example.org/a.txt), then [One](a.txt)", ["a.txt"]),
        ("- [One](a.txt)\n  - `b.txt`\n    - `press/x.txt`", ["a.txt", "b.txt", "press/x.txt"]),
        ("- words\n\n  [One](a.txt)", ["a.txt"]),
        ("- [ ] [One](a.txt)\n- [x] `b.txt`", ["a.txt", "b.txt"]),
        ("- **[One](a.txt)**\n- ~~`b.txt`~~", ["a.txt", "b.txt"]),
        ("> - `a.txt`", ["a.txt"]),
        ("- [One][1]\n\n[1]: a.txt", ["a.txt"]),
        ("- [blank](c%20d.txt)", ["c d.txt"]),
        ("- [blank](<c d.txt>)", ["c d.txt"]),
        ("- [its place](a.txt#part)\n- [asked](b.txt?raw=1)", ["a.txt", "b.txt"]),
        ("- [literal](100%25.txt)\n- [sharp](<C#.txt>)\n- [why](<why?.txt>)", ["100%25.txt", "C#.txt", "why?.txt"]),
        ("- [not a scheme](<note: a.txt>)", ["note: a.txt"]),
        ("- `./a.txt`\n- `press//x.txt`\n- `press/../b.txt`", ["a.txt", "press/x.txt", "b.txt"]),
        ("- `plain`\n- `AQMI`", ["plain"]),
        ("- `press/*.txt`", ["press/x.txt", "press/y.txt"]),
        ("| what | where |\n|---|---|\n| words | `a.txt` |\n| more | [b](b.txt) |", ["a.txt", "b.txt"]),
        ("| File |\n|---|\n| a.txt |\n| c d.txt |\n| *press/x.txt* |", ["a.txt", "c d.txt", "press/x.txt"]),
        ("| Title | Link |\n|---|---|\n| see `b.txt` | `a.txt` |", ["b.txt"]),
        ("| Title | File |\n|---|---|\n| see `b.txt` | `a.txt` |\n| | |", ["a.txt"]),
        ("| Document | Link |\n|---|---|\n| A report | [it](a.txt) |", ["a.txt"]),
        ("".join("  " * depth + f"- `n{depth}.txt`\n" for depth in range(15)), [f"n{n}.txt" for n in range(15)]),
    ],
)
def test_an_entry_is_the_first_file_that_an_item_or_a_row_names(listed: Listed, text: str, expected: list[str]) -> None:
    files = ["a.txt", "b.txt", "c d.txt", "100%25.txt", "C#.txt", "why?.txt", "note: a.txt", "plain"]
    found = listed(text, *files, "press/x.txt", "press/y.txt", "press/.z.txt", *(f"n{n}.txt" for n in range(15)))
    assert (paths(found), problems(found)) == (expected, [])


@pytest.mark.parametrize(
    "prose",
    [
        "[One](a.txt) and `a.txt` in a paragraph",
        "## `a.txt` [One](a.txt)",
        "```\n- `a.txt`\n```",
        "- words\n\n      - `a.txt`",
        "<ul><li><a href='a.txt'>One</a></li></ul>",
        "<!--\n- `a.txt`\n-->",
        "| [head](a.txt) |\n|---|\n",
        "- ![picture](a.txt)",
        "- [mail](mailto:a@example.org) <https://example.org/a.txt> [there](//example.org/a.txt) [here](#a.txt) []()",
        "- `AQMI` `docindex build a.txt` `--flag=a.txt` `-a/b` `*` `?` `title:a.txt` `v1.2`",
        "| File |\n|---|\n| https://example.org/a.txt |\n| see below |\n| |",
    ],
)
def test_all_else_is_prose(listed: Listed, prose: str) -> None:
    with pytest.raises(ManifestError) as error:
        listed(prose, "a.txt")
    assert (error.value.message, error.value.hint) == (
        "INDEX.md: lists no file",
        "add entries such as `- [Title](press/a.txt)`",
    )


def test_entries_keep_the_order_and_the_lines_of_the_manifest(listed: Listed) -> None:
    text = (
        "---\nlanguage: fr\n---\n\nProse\n- `b.txt`\n- words\n  on\n  [A](a.txt)\n\n"
        "| File |\n|---|\n| `c.txt` |\n| `d.txt` |\n"
    )
    found = listed(text.replace("\n", "\r\n"), "a.txt", "b.txt", "c.txt", "d.txt")
    assert [(source.path, source.line) for source in found.sources] == [
        ("b.txt", 6),
        ("a.txt", 9),
        ("c.txt", 13),
        ("d.txt", 14),
    ]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("", None),
        ("# Title", None),
        ("Title\n=====\n\n## Press", "Press"),
        ("# Title\n## Press\n### 2013", "Press / 2013"),
        ("# Title\n## Press\n### 2013\n## *Notes* & `more`", "Notes & more"),
        ("# One\n\n# Two", "Two"),
        ("## Press\n# Later", "Later"),
        ("# Title\n> # Quoted\n\n- # In an item\n", None),
    ],
)
def test_the_headings_above_are_the_collection_but_not_the_title(
    listed: Listed, headings: str, expected: str | None
) -> None:
    found = listed(f"{headings}\n\n- `a.txt`\n", "a.txt")
    assert [source.collection for source in found.sources] == [expected]


# What is declared ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("[One](a.txt)", Metadata(title="One")),
        ("[*One* `two` \\[x\\] &amp; more](a.txt)", Metadata(title="One two [x] & more")),
        ("[a.txt](a.txt)", Metadata()),
        ("[a](a.txt)", Metadata()),
        ("[One](a.txt) — title: Two", Metadata(title="Two")),
        ("`a.txt` — publisher: Le Monde; lang: FR", Metadata(publisher="Le Monde", language="fr")),
        ("`a.txt` – publisher: P", Metadata(publisher="P")),
        ("`a.txt` - publisher: P", Metadata(publisher="P")),
        ("`a.txt`: publisher: P", Metadata(publisher="P")),
        ("`a.txt`, publisher : P", Metadata(publisher="P")),
        ("`a.txt` publisher: P;", Metadata(publisher="P")),
        ("`a.txt`\n  **publisher:** [P](https://example.org)", Metadata(publisher="P")),
        ("`a.txt` — mots-cle\u0301s: a,b، a , c; auteur: X؛ éditeur: Y", Metadata(creator="X", publisher="Y", subject=("a", "b", "c"))),  # noqa: E501
        ("`a.txt` — some words - from: X — Y; source: Z", Metadata(creator="X — Y", publisher="Z")),
        ("`a.txt` — some words; publisher: P", Metadata()),
        ("`a.txt` — a note: it is long; and more", Metadata()),
        ("`a.txt` — publisher: ; author: —", Metadata()),
        ("`a.txt` — publisher: a: b", Metadata(publisher="a: b")),
    ],
)  # fmt: skip
def test_an_item_declares_by_pairs_behind_the_file(listed: Listed, item: str, expected: Metadata) -> None:
    assert declared(listed(f"- {item}\n", "a.txt")) == [expected]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("File | Title | Author | Newspaper", "`a.txt` | A *b* | X | Y", Metadata("A b", "X", "Y")),
        ("titre | auteur | éditeur | fichier", "A | X | Y | a.txt", Metadata("A", "X", "Y")),
        ("Titel | Autor | Quelle | Datei", "A | X | Y | a.txt", Metadata("A", "X", "Y")),
        ("TÍTULO | autor | fuente | archivo", "A | X | Y | a.txt", Metadata("A", "X", "Y")),
        ("العنوان | الكاتب | المصدر | الملف", "A | X | Y | a.txt", Metadata("A", "X", "Y")),
        ("Mots-clés | Langue | File", "a, b; c، d | Français | a.txt", Metadata(language="fr", subject=tuple("abcd"))),
        ("File | Weight | Title", "`a.txt` | 3 kg | —", Metadata()),
        ("File | Title", "[One](a.txt) | ", Metadata(title="One")),
        ("File | Title", "[One](a.txt) | Two", Metadata(title="Two")),
        ("Title | Year", "[One](a.txt), a story | 2013", Metadata(title="One, a story")),
        ("Title | Year", "[a.txt](a.txt) | 2013", Metadata()),
        ("Source | Title", "[The Post](a.txt) | Two", Metadata(title="Two", publisher="The Post")),
        ("Source | Title", "`a.txt` | Two", Metadata(title="Two")),
        ("File | Title", "`a.txt` | a \\| b", Metadata(title="a | b")),
    ],
)
def test_a_table_declares_by_its_header(listed: Listed, header: str, row: str, expected: Metadata) -> None:
    rule = "|".join(["---"] * (header.count("|") + 1))
    assert declared(listed(f"| {header} |\n|{rule}|\n| {row} |\n", "a.txt")) == [expected]


def test_dates_are_as_precise_as_they_are_written(listed: Listed) -> None:
    found = listed(
        "| File | Jour |\n|--|--|\n| a.txt | mars 2012 |\n\n- `b.txt` — date: 2013-01-17\n", "a.txt", "b.txt"
    )
    assert [metadata.date for metadata in declared(found)] == [
        Date("2012-03", date(2012, 3, 1), date(2012, 3, 31), "month", "manifest"),
        Date("2013-01-17", date(2013, 1, 17), date(2013, 1, 17), "day", "manifest"),
    ]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *[(word, "fr") for word in "fr FR fr-FR fr_CA fra fre French FRANÇAIS franc\u0327ais Französisch fr.".split()],
        *[(word, "ar") for word in "ar ara arb ary Arabe العربية عربي".split()],
        ("한국어", "ko"), ("日本語", "ja"), ("עברית", "he"), ("فارسی", "fa"), ("हिन्दी", "hi"), ("русский", "ru"),
        ("deu", "de"), ("ger", "de"), ("zh-Hans", "zh"), ("cmn", "zh"), ("nb", "no"), ("kab", "kab"), ("Kabyle", "kab"),
        ("und", "und"), ("mul", "und"),
        *[(word, None) for word in ("xx", "qqq", "frr-", "jp", "Klingon", "fr, en", "français et arabe", "é", "1")],
    ],
)  # fmt: skip
def test_languages_go_by_codes_and_names(written: str, code: str | None) -> None:
    assert language_codes.code(written) == code


def test_no_code_and_no_key_stands_for_two_things() -> None:
    codes = [name for table in (language_codes._CODES, language_codes._OTHERS) for names in table.split(",") for name in names.split()]  # fmt: skip  # noqa: E501
    twice = {name for name in codes if codes.count(name) > 1}
    assert twice == {"ar", "no", "nb", "nn", "fa", "zh"}  # the first word of a row of varieties, and Norwegian's two
    names = [fold(name) for names in language_codes._NAMES.values() for name in names.split()]
    aliases = [fold(alias) for aliases in keys.KEYS.values() for alias in aliases.split(", ")]
    assert {name for name in names if names.count(name) > 1} - {fold("فارسی")} == set()
    assert {alias for alias in aliases if aliases.count(alias) > 1} == set()


# Defaults -----------------------------------------------------------------------------------------


def test_front_matter_gives_defaults_that_an_entry_overrides(listed: Listed) -> None:
    text = (
        "---\ntitle: The collection\nsource: Le Journal\nlangue: no\ntags: [a, 'b']\ndate: 2013\nsplit: sections\n"
        "layout: post\ncreator:\n---\n- `a.txt`\n- `b.txt` — lang: fr; subject: c; date: 2014-05; source: —\n"
    )
    found = listed(text, "a.txt", "b.txt")
    years = [
        Date("2013", date(2013, 1, 1), date(2013, 12, 31), "year", "manifest"),
        Date("2014-05", date(2014, 5, 1), date(2014, 5, 31), "month", "manifest"),
    ]
    assert declared(found) == [
        Metadata(None, None, "Le Journal", years[0], "no", ("a", "b")),
        Metadata(None, None, "Le Journal", years[1], "fr", ("c",)),
    ]
    assert [source.split for source in found.sources] == ["sections", "sections"]


def test_what_the_columns_of_a_table_are_is_declared_by_their_names(listed: Listed) -> None:
    found = listed(
        "---\ncolumns: a = Titre\n---\n- `a.csv` — columns: Vom Tag = date, x=ID, y= body; lang: fr\n- `b.csv`",
        "a.csv",
        "b.csv",
    )
    assert [source.columns for source in found.sources] == [
        (("Vom Tag", "date"), ("x", "id"), ("y", "text")),
        (("a", "title"),),
    ]
    assert declared(found)[0].language == "fr"


@pytest.mark.parametrize(
    ("matter", "expected"),
    [
        ("publisher: [a", "2: the front matter cannot be read: expected ',' or ']', but got '<stream end>'"),
        ("a: b\n\tc: d", "3: the front matter cannot be read: found character '\\t' that cannot start any token"),
        ("publisher: \x07", "1: the front matter cannot be read: holds what YAML may not"),
        ("[" * 3000, "1: the front matter cannot be read: it is nested too deeply"),
        ("- a\n- b", "2: the front matter holds no keys"),
        ("just words", "2: the front matter holds no keys"),
        ("a: 1\npublisher:\n  name: x", "3: 'publisher' holds more than a text or a list of texts"),
        ("tags: [[a]]", "2: 'tags' holds more than a text or a list of texts"),
        ("tags: &a [*a]", "2: 'tags' holds more than a text or a list of texts"),
        ("lang: fr\nlanguage: en", "3: 'language' is given twice"),
    ],
)
def test_broken_front_matter_is_one_problem_and_the_entries_stand(listed: Listed, matter: str, expected: str) -> None:
    found = listed(f"---\n{matter}\n---\n- `a.txt`\n", "a.txt")
    assert paths(found) == ["a.txt"]
    assert [problem.message for problem in found.problems] == [f"INDEX.md:{expected}"]


def test_values_of_the_front_matter_are_told_in_their_lines(listed: Listed) -> None:
    found = listed("---\n# mine\nlangauge: fr\nlanguage: xx\ndate: 2016-99-99\nsplit: pages\n---\n- `a.txt`\n", "a.txt")
    assert problems(found) == [
        "INDEX.md:3: unknown key 'langauge' (did you mean language?)",
        "INDEX.md:4: 'xx' is no language (write one code such as fr, en or ar; mul for a mix)",
        "INDEX.md:5: '2016-99-99' is no date (write 2016-03-20, 2016-03, 2016 or mars 2016)",
        "INDEX.md:6: unknown split 'pages' (write `split: sections`)",
    ]


@pytest.mark.parametrize("text", ["---\n- `a.txt`\n", "\n---\npublisher: P\n---\n- `a.txt`\n", "---\n---\n- `a.txt`", "---\n~\n...\n- `a.txt`"])  # fmt: skip  # noqa: E501
def test_what_is_no_front_matter_declares_nothing(listed: Listed, text: str) -> None:
    assert declared(listed(text, "a.txt")) == [Metadata()]


# Mistakes -----------------------------------------------------------------------------------------


def test_mistakes_are_told_together_by_line_and_the_rest_is_listed(folder: Path, listed: Listed) -> None:
    touch(folder, ["press/A.txt", ".docindex/x.txt", "locked.txt"])
    (folder / "locked.txt").chmod(0)
    os.mkfifo(folder / "pipe.txt")
    (folder / "nowhere.txt").symlink_to("gone.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "outside.txt").symlink_to("/etc/hostname")
    (folder / "up").symlink_to(folder.parent)
    touch(folder.parent, ["stranger.txt"])
    found = listed(
        "\n".join(
            [
                "- [x](gone.txt)",
                "- `press/a.txt`",
                "- [x](press\\a.txt)",
                "- `press/`",
                "- [x](.)",
                "- `../x.txt`",
                "- `/etc/passwd`",
                "- [x](C:\\x.txt)",
                "- `~/x.txt`",
                "- [x](file:///etc/passwd)",
                "- [x](a%00b.txt)",
                "- `locked.txt`",
                "- `pipe.txt`",
                "- `nowhere.txt`",
                "- `loop.txt`",
                "- `outside.txt`",
                "- `up/stranger.txt`",
                "- `INDEX.md`",
                "- `.docindex/x.txt`",
                "- `a.txt`",
                "- [again](./a.txt)",
                "- `none*.txt`",
                f"- `{'a/' * 3000}x.txt`",
                "- `../*.txt`",
            ]
        ),
        "a.txt",
    )
    assert paths(found) == ["a.txt"]
    away, outside = "correct the path, or take the entry out", "move the file, or use --allow-outside"
    below = "name files below the manifest's folder, or use --allow-outside"
    assert problems(found) == [
        f"INDEX.md:1: gone.txt: there is no such file ({away})",
        "INDEX.md:2: press/a.txt: there is no such file (did you mean press/A.txt?)",
        "INDEX.md:3: press\\a.txt: there is no such file (write / between folders)",
        "INDEX.md:4: press: is a folder (name its files: press/*)",
        "INDEX.md:5: .: is a folder (name its files: ./*)",
        f"INDEX.md:6: ../x.txt: leads outside the manifest's folder ({outside})",
        f"INDEX.md:7: /etc/passwd: is not relative to the manifest ({below})",
        f"INDEX.md:8: C:\\x.txt: is not relative to the manifest ({below})",
        f"INDEX.md:9: ~/x.txt: is not relative to the manifest ({below})",
        f"INDEX.md:10: file:///etc/passwd: is not relative to the manifest ({below})",
        "INDEX.md:11: a\\0b.txt: holds a NUL character (take it out)",
        "INDEX.md:12: locked.txt: may not be read (change its permissions)",
        "INDEX.md:13: pipe.txt: is not a regular file (name a file with text in it)",
        "INDEX.md:14: nowhere.txt: is a link to nothing (mend the link, or take the entry out)",
        "INDEX.md:15: loop.txt: cannot be looked at: Too many levels of symbolic links"
        " (mend the link, or its folder's permissions)",
        "INDEX.md:16: outside.txt: is a link that leads outside (copy the file here, or use --allow-outside)",
        "INDEX.md:17: up/stranger.txt: is a link that leads outside (copy the file here, or use --allow-outside)",
        "INDEX.md:18: INDEX.md: is the manifest itself (take the entry out)",
        "INDEX.md:19: .docindex/x.txt: belongs to the index (take the entry out)",
        "INDEX.md:21: a.txt: is listed in line 20 already (keep one of them)",
        "INDEX.md:22: none*.txt: matches no file (correct the pattern, or take the entry out)",
        f"INDEX.md:23: {'a/' * 30}…: there is no such file ({away})",
        f"INDEX.md:24: ../*.txt: leads outside the manifest's folder ({outside})",
    ]
    kept = [problem.line for problem in found.problems if not problem.lost]
    assert kept == [18, 19, 21]  # here no document is lost


KNOWN = "known keys: title, creator, publisher, date, language, subject, split, columns"
WRONG_COLUMNS = ("a", "a = b", "= title", "a=b=title", "a = title, b", "a = path")
COLUMNS = (
    "write `columns: NAME = title, NAME = date`; known: title, creator, publisher, date, "
    "language, subject, to, cc, bcc, id, text"
)


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("titel: x; date: 2016", []),
        ("title; date: 2016", []),
        ("titl: x; date: 2016", ["unknown key 'titl' (did you mean title?)"]),
        ("date: 2016; zzz: x", [f"unknown key 'zzz' ({KNOWN})"]),
        ("date: 2016; file: x", [f"unknown key 'file' ({KNOWN})"]),
        ("date: 2016; and more", ["'and more' is no `key: value` pair (write pairs as `date: 2016; language: fr`)"]),
        ("author: X; by: Y", ["'by' is given twice (keep one of them)"]),
        ("publisher: P, date: 2016", ["'date' stands within the value of 'publisher' (put a semicolon between two pairs)"]),  # noqa: E501
        ("date: soon", ["'soon' is no date (write 2016-03-20, 2016-03, 2016 or mars 2016)"]),
        ("lang: xx", ["'xx' is no language (write one code such as fr, en or ar; mul for a mix)"]),
        ("split: pages", ["unknown split 'pages' (write `split: sections`)"]),
        *[(f"columns: {wrong}", [f"unknown columns '{wrong}' ({COLUMNS})"]) for wrong in WRONG_COLUMNS],
    ],
)  # fmt: skip
def test_a_mistake_in_a_pair_costs_the_pair_only(listed: Listed, tail: str, expected: list[str]) -> None:
    found = listed(f"\n- `a.txt` — {tail}\n", "a.txt")
    assert paths(found) == ["a.txt"]
    assert problems(found) == [f"INDEX.md:2: {told}" for told in expected]
    assert [problem.lost for problem in found.problems] == [False] * len(expected)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["INDEX.md: is empty", "add entries such as `- [Title](press/a.txt)`"]),
        (b"\xef\xbb\xbf \r\n", ["INDEX.md: lists no file", "add entries such as `- [Title](press/a.txt)`"]),
        (b"# One\n\ncaf\xe9\n", ["INDEX.md:3: is not UTF-8", "save the manifest as UTF-8"]),
        ("- `a.txt`\n".encode("utf-16"), ["INDEX.md:1: is not UTF-8", "save the manifest as UTF-8"]),
    ],
)
def test_a_manifest_without_any_use_is_refused(folder: Path, content: bytes, expected: list[str]) -> None:
    (folder / "INDEX.md").write_bytes(content)
    assert refused(folder) == expected


def test_what_is_no_file_is_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "INDEX.md")
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop").symlink_to("loop")
    (folder / "locked.txt").touch(0)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("door.txt")
    no_file = ["is not a regular file", "name a file with text in it"]
    assert refused(folder / "INDEX.md") == [f"INDEX.md: {no_file[0]}", no_file[1]]
    assert refused(folder / "pipe.txt") == [f"pipe.txt: {no_file[0]}", no_file[1]]
    assert refused(folder / "door.txt") == [f"door.txt: {no_file[0]}", no_file[1]]
    assert refused(folder / "locked.txt") == ["locked.txt: may not be read", "change its permissions"]
    assert refused(folder / "gone") == ["gone: there is no such file or folder", "check the path"]
    assert refused(folder / "locked.txt/x") == ["locked.txt/x: there is no such file or folder", "check the path"]
    assert refused(folder / "loop") == [
        "loop: cannot be looked at: Too many levels of symbolic links",
        "check the path",
    ]


def test_messages_name_the_manifest_as_it_is_asked_to(folder: Path, listed: Listed) -> None:
    listed("- `gone.txt`\n", "a.txt")
    assert [str(problem) for problem in load.load(folder, shown="mine").problems] == [
        "mine:1: gone.txt: there is no such file"
    ]
    os.chdir("/")
    assert load.load(folder).shown == (folder / "INDEX.md").relative_to("/").as_posix()


# Patterns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("./*", ["a.txt", "b.txt", "c.md"]),
        ("**/*.md", ["c.md", "press/2013/d.md"]),
        ("press/**", ["press/2013/d.md", "press/e.txt", "press/é.txt"]),
        ("**/2013/**/*", ["press/2013/d.md"]),
        ("press/***/d.md", ["press/2013/d.md"]),
        ("press/?.txt", ["press/e.txt", "press/é.txt"]),
        ("press/[!e].txt", ["press/é.txt"]),
        ("pre*/e\u0301.txt", ["press/é.txt"]),
        ("*/*/*.md", ["press/2013/d.md"]),
        ("linked/*.md", ["linked/d.md"]),
        ("**/linked/*.md", ["linked/d.md"]),
        (".loop/*", None),
        ("*/.loop/*", None),
        (".hidden/*", [".hidden/f.txt"]),
        ("*/.*", ["press/.g.txt"]),
        ("[x](press/*.txt)", ["press/e.txt", "press/é.txt"]),
        ("[x](press/2???/*.md)", ["press/2013/d.md"]),
    ],
)
def test_a_pattern_stands_for_the_files_it_matches(
    folder: Path, listed: Listed, pattern: str, expected: list[str] | None
) -> None:
    touch(folder, ["a.txt", "b.txt", "c.md", "press/e.txt", "press/é.txt", "press/.g.txt", "press/2013/d.md"])
    touch(folder, [".hidden/f.txt", ".docindex/x.txt", ".docindex/x.md"])
    (folder / "linked").symlink_to("press/2013")
    (folder / "press/round").symlink_to("..")
    touch(folder.parent, ["stranger.txt", "stranger.md"])
    (folder / "away").symlink_to("..")
    (folder / ".loop").symlink_to(".loop")
    found = listed(f"- {pattern}\n" if pattern.startswith("[x]") else f"- `{pattern}`\n")
    none = f"INDEX.md:1: {pattern}: matches no file (correct the pattern, or take the entry out)"
    assert (paths(found), problems(found)) == ((expected, []) if expected else ([], [none]))


def test_a_files_own_entry_wins_over_patterns_and_an_earlier_pattern_over_a_later(listed: Listed) -> None:
    text = "- `*.txt` — publisher: P\n- [B](b.txt)\n- `**/*` — publisher: Q\n"
    found = listed(text, "a.txt", "b.txt", "c.md")
    assert problems(found) == []
    assert [(source.path, source.declared.publisher, source.line) for source in found.sources] == [
        ("a.txt", "P", 1),
        ("b.txt", None, 2),
        ("c.md", "Q", 3),
    ]


def test_a_file_that_a_pattern_matches_under_two_names_is_listed_once(folder: Path, listed: Listed) -> None:
    touch(folder, ["a.txt"])
    (folder / "b.txt").symlink_to("a.txt")
    assert paths(listed("- `*.txt`\n- `b*`\n")) == ["a.txt"]


def test_of_what_a_pattern_matches_what_cannot_be_read_is_told_once(folder: Path, listed: Listed) -> None:
    touch(folder, ["locked.txt"])
    (folder / "locked.txt").chmod(0)
    os.mkfifo(folder / "pipe.txt")
    (folder / "outside.txt").symlink_to("/etc/hostname")
    with open(os.fsencode(folder) + b"/caf\xe9.txt", "w"):
        pass
    found = listed("- `*.txt`\n- `**/*.txt`\n- `pipe.txt`\n- `*.md`\n", "a.txt")
    assert paths(found) == ["a.txt"]
    assert problems(found) == [
        "INDEX.md:1: caf\\xe9.txt: its name is not UTF-8 (rename it)",
        "INDEX.md:1: locked.txt: may not be read (change its permissions)",
        "INDEX.md:1: outside.txt: is a link that leads outside (copy the file here, or use --allow-outside)",
        "INDEX.md:3: pipe.txt: is not a regular file (name a file with text in it)",
        "INDEX.md:4: *.md: matches no file (correct the pattern, or take the entry out)",
    ]


@pytest.mark.parametrize("pattern", ["**/*a*/" * 60 + "x", "*a" * 120, "**/" * 400 + "b", "*/" * 200 + "b", "[" * 200])
def test_no_pattern_explodes(folder: Path, listed: Listed, pattern: str) -> None:
    touch(folder, ["a/" * 60 + "a" * 200])
    for name in "lmn":
        (folder / name).symlink_to(".")
    began = time.monotonic()
    found = listed(f"- `./{pattern}`\n")
    assert (paths(found), len(found.problems)) == ([], 1)
    assert time.monotonic() - began < 5


PARTS = st.lists(st.sampled_from(["a", "b", "ab", ".a"]), min_size=1, max_size=5)
STEPS = st.lists(st.sampled_from(["a", "*", "?", "a*", "**", "[ab]", ".*"]), min_size=1, max_size=4)


@given(STEPS, PARTS)
def test_a_pattern_matches_what_its_parts_match_in_every_way_to_cut_the_path(
    parts: list[str], names: list[str]
) -> None:
    def by_cutting(parts: list[str], names: list[str]) -> bool:
        if not parts:
            return not names
        if parts[0] != "**":
            return bool(names) and Glob(parts[:1]).matches(names[:1]) and by_cutting(parts[1:], names[1:])
        shortest = 1 if len(parts) == 1 else 0
        ends = [end for end in range(shortest, len(names) + 1) if not any(name[0] == "." for name in names[:end])]
        return any(by_cutting(parts[1:], names[end:]) for end in ends)

    assert Glob(parts).matches(names) == by_cutting(parts, names)


# One file under several names ---------------------------------------------------------------------


def test_two_spellings_are_one_file(folder: Path, listed: Listed) -> None:
    touch(folder, ["a.txt", "press/b.txt"])
    (folder / "link.txt").symlink_to("a.txt")
    (folder / "news").symlink_to("press")
    os.link(folder / "a.txt", folder / "hard.txt")
    found = listed("- `a.txt`\n- `link.txt`\n- `news/b.txt`\n- [x](./press/b.txt)\n- `hard.txt`\n")
    assert paths(found) == ["a.txt", "news/b.txt", "hard.txt"]
    assert problems(found) == [
        "INDEX.md:2: link.txt: is listed in line 1 already (keep one of them)",
        "INDEX.md:4: press/b.txt: is listed in line 3 already (keep one of them)",
    ]


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
def test_accents_may_be_composed_or_not(listed: Listed, written: str, on_disk: str) -> None:
    name = unicodedata.normalize(on_disk, "été/où.txt")  # type: ignore[arg-type]
    entry = unicodedata.normalize(written, "été/où.txt")  # type: ignore[arg-type]
    found = listed(f"- `{entry}`\n- [x](<{entry}>)\n", name)
    assert problems(found) == [f"INDEX.md:2: {name}: is listed in line 1 already (keep one of them)"]
    assert [(source.path, found.file(source).rpartition("/")[2]) for source in found.sources] == [
        (name, name.rpartition("/")[2])
    ]


def test_outside_is_open_to_whoever_asks(folder: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(folder.parent, ["out/a.txt", "out/b.txt", "home/c.txt", "d e.txt"])
    monkeypatch.setenv("HOME", str(folder.parent / "home"))
    (folder / "link.txt").symlink_to("../out/b.txt")
    base = folder.parent.as_posix()
    text = f"- `../out/*.txt`\n- `link.txt`\n- `~/c.txt`\n- [x](file://{base}/d%20e.txt)\n- `{base}/out/../out/?.txt`\n"
    found = listed(text, allow_outside=True)
    assert (paths(found), problems(found)) == (
        ["../out/a.txt", "link.txt", f"{base}/home/c.txt", f"{base}/d e.txt"],
        [],
    )
    assert all(Path(found.file(source)).is_file() for source in found.sources)


# Folders and single files -------------------------------------------------------------------------


def test_a_folder_is_listed_as_it_stands(folder: Path) -> None:
    touch(folder, ["b.txt", "a.pdf", "press/2013/c.txt", ".hidden.txt", ".git/config", "x/.y/z.txt"])
    os.mkfifo(folder / "pipe.txt")
    touch(folder.parent, ["stranger.txt"])
    (folder / "linked.txt").symlink_to("b.txt")
    (folder / "shown.txt").symlink_to(".hidden.txt")
    (folder / "outside.txt").symlink_to("../stranger.txt")
    (folder / "dangling.txt").symlink_to("gone.txt")
    (folder / "round").symlink_to(".")
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")
    found = load.load(folder)
    assert [(source.path, source.collection, source.line) for source in found.sources] == [
        ("a.pdf", None, None),
        ("b.txt", None, None),
        ("press/2013/c.txt", "press/2013", None),
        ("shown.txt", None, None),
    ]
    assert (found.root, found.path, found.problems, found.many) == (folder, None, (), True)


@pytest.mark.parametrize(
    ("rules", "ignored"),
    [
        ("", []),
        ("# a comment\n\n*.txt", ["a.txt", "b c.txt", "d/e.txt", "d/f/g.txt", "é.txt"]),
        ("/*.txt", ["a.txt", "b c.txt", "é.txt"]),
        ("d/*.txt", ["d/e.txt"]),
        ("f/", ["d/f/g.txt", "d/f/h.md"]),
        ("d/f", ["d/f/g.txt", "d/f/h.md"]),
        ("e.txt/", []),
        ("**/g.txt\r\nd/**/*.md", ["d/f/g.txt", "d/f/h.md"]),
        ("d/**\n!d/e.txt", ["d/f/g.txt", "d/f/h.md"]),
        ("d\n!d/e.txt", ["d/e.txt", "d/f/g.txt", "d/f/h.md"]),
        ("*\n!*/\n!*.md", ["a.txt", "b c.txt", "d/e.txt", "d/f/g.txt", "#i", "!j", "é.txt"]),
        ("\\#i\n\\!j\nb\\ c.txt  ", ["b c.txt", "#i", "!j"]),
        ("[ab]*.txt\n[^b]*.md\n\\[a]*", ["a.txt", "b c.txt", "d/f/h.md"]),
        ("?.txt", ["a.txt", "d/e.txt", "d/f/g.txt", "é.txt"]),
        ("/\n!\n//\n[\n\\", []),
    ],
)
def test_ignore_files_leave_files_out_as_git_does(folder: Path, rules: str, ignored: list[str]) -> None:
    names = ["a.txt", "b c.txt", "d/e.txt", "d/f/g.txt", "d/f/h.md", "#i", "!j", "é.txt"]
    touch(folder, names)
    (folder / ".gitignore").write_bytes(rules.encode())
    assert list(walk.Walk(folder)) == sorted(set(names) - set(ignored))


def test_the_innermost_ignore_file_decides_and_docindexs_own_last(folder: Path) -> None:
    touch(folder, ["a.txt", "b.txt", "d/a.txt", "d/b.txt", "e/a.txt", "e/b.txt"])
    (folder.parent / ".gitignore").write_text("*\n")  # above: not asked
    (folder / ".gitignore").write_text("a.txt\n")
    (folder / ".ignore").write_text("!a.txt\nb.txt\n")
    (folder / ".docindexignore").write_text("/a.txt\n")
    (folder / "d/.gitignore").write_text("a.txt\n!/b.txt\n")
    os.mkfifo(folder / "e/.gitignore")
    assert list(walk.Walk(folder)) == ["d/b.txt", "e/a.txt"]


def test_no_rule_of_an_ignore_file_explodes(folder: Path) -> None:
    touch(folder, ["a/" * 100 + "a" * 200])
    (folder / ".gitignore").write_text("*a*a*a*a*a*a*a*a*b\n" + "**/a/" * 12 + "b\n")
    began = time.monotonic()
    assert len(list(walk.Walk(folder))) == 1
    assert time.monotonic() - began < 5


def test_a_name_that_is_no_text_is_told_and_costs_no_more(folder: Path) -> None:
    touch(folder, ["a.txt"])
    with open(os.fsencode(folder) + b"/caf\xe9.txt", "w"):
        pass
    found = load.load(folder.parent)
    assert paths(found) == ["archive/a.txt"]
    assert [(problem.what, problem.hint) for problem in found.problems] == [
        ("archive/caf\\xe9.txt: its name is not UTF-8", "rename it")
    ]
    assert refused(folder / os.fsdecode(b"caf\xe9.txt")) == ["caf\\xe9.txt: its name is not UTF-8", "rename it"]


def test_a_folder_without_files_is_refused(folder: Path) -> None:
    touch(folder, [".hidden"])
    assert refused(folder) == [".: holds no file that can be listed", "put documents there"]


def test_only_a_file_named_index_md_is_a_manifest(folder: Path) -> None:
    touch(folder, ["a.txt", "list.md"])
    for name in ("INDEX.md", "index.md", "list.md"):
        (folder / name).write_text("- `a.txt`\n")
    assert paths(load.load(folder / "INDEX.md")) == paths(load.load(folder / "index.md")) == ["a.txt"]
    assert paths(load.load(folder)) == ["a.txt"]
    single = load.load(folder / "list.md")
    assert (paths(single), single.root, single.path, single.many) == (["list.md"], folder, None, False)


def test_the_manifest_is_looked_for_in_seeds_first(folder: Path) -> None:
    with pytest.raises(ManifestError) as error:
        load.find(folder)
    assert (error.value.message, error.value.hint) == (
        "there is no seeds/INDEX.md and no INDEX.md here",
        config.FIRST_STEPS,
    )
    touch(folder, ["INDEX.md"])
    assert load.find(folder) == folder / "INDEX.md"
    touch(folder, ["seeds/INDEX.md"])
    assert load.find(folder) == folder / "seeds/INDEX.md"


# Whatever stands there ----------------------------------------------------------------------------

SCRAPS = st.sampled_from(
    ["- ", "`", "a.txt", "[x](", ")", "|", "\n", "---", "# ", ": ", "; ", "date", "title", "*", "../", "/", "%00", "~",
     "[", "{", "&#0;", "file:", "é", "\0", "\u0301", "!", "<", ">", '"', "\\", "    ", "?", "\t", "INDEX.md", "&a "]
)  # fmt: skip
TEXTS = st.lists(SCRAPS | st.text(max_size=5), max_size=40).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(TEXTS, st.booleans())
@example("---\n? [a]\n: b\n---\n- `a.txt`", False)
@example("- [x](\ud7ff" + "a" * 300 + ")\n- `" + "é" * 300 + ".txt`\n", True)
@example('---\npublisher: "\\ud800"\n---\n- `a.txt`', False)
def test_any_text_is_a_manifest_or_refused(folder: Path, text: str, allow_outside: bool) -> None:
    touch(folder, ["a.txt"])
    (folder / "INDEX.md").write_text(text, encoding="utf-8", errors="replace")
    try:
        found = load.load(folder, allow_outside=allow_outside)
    except ManifestError:
        return
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(problem.hint and 1 <= (problem.line or 0) <= lines for problem in found.problems)
    assert all(Path(found.file(source)).is_file() and 1 <= (source.line or 0) <= lines for source in found.sources)
    if not allow_outside:
        assert set(paths(found)) <= {"a.txt"}
    str(found.sources).encode("utf-8")


TITLES = ["A", "a_b", "_a_", "*a*", "R & D", "AT&amp;T", "", "a [b]", "x | y", "`c`", "<b>", "a\\_b", "à_", "![i](j)"]
TARGETS = ["a.txt", "b c.txt", "d%20e.txt", "x_y_.txt", "a(b).txt", "*.txt", "http://x", "#", "é.txt", "a`b", "a|b"]
TAILS = ["", ": date: 2013", " — creator: Sid_ney; x_: y_", ' "t"', " [q](z.txt)", " &lt;", " `z.txt`", "  ", " > ="]
WRITTEN = [
    "- [{0}]({1}){2}",
    "* [{0}](<{1}>){2}",
    "+ [{0}]({1}){2}",
    "- `{1}`{2}",
    "| [{0}]({1}){2} | x |",
    "| {0} | `{1}` |",
]
ODD = st.tuples(*map(st.sampled_from, (TITLES, TARGETS, TAILS)))


def run(written: str, odd: list[tuple[str, str, str]]) -> list[str]:
    """Odd lines among simple ones."""
    simple_one = written.format("A", "a.txt", "")
    return [simple_one, *chain.from_iterable((written.format(*one), simple_one) for one in odd)]


RUNS = st.builds(run, st.sampled_from(WRITTEN), st.lists(ODD, min_size=1, max_size=4))
LINES = st.sampled_from([
    *["", "# Title", "## Part", "---", "- text", "text", "```", "<!--", "-->", "<div>", "> quoted", "1. [o](o.txt)"],
    *["  - [n](nested.txt)", "| File | title |", "| - | - |", "| a.txt | b |", "|x|y|z|", "| - | - | - |", "    code"],
    *["|", "a | b", "[r]:", "[r]: a.txt", "- [r]", "\t- [t](tab.txt)", "* * *", "- [a](a.txt)", "* `a.txt`"],
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(LINES, max_size=4) | RUNS, max_size=5))
@example([["```"], ["- [a](a.txt)"] * 4, ["```"]])
@example([["| path | title |", "| - | - |"], ["| a.txt | b |"] * 4])
@example([["- [a](a.txt)"] * 3, ["| - |"]])
@example([["| a | b |"] * 4, ["| - | - |"], ["| c.txt | d |"] * 4])
@example([["| title | path |", "| x | y |", "| path | title |", "|\t-|\t-|", "| a.txt | *q* |"]])
@example([["| path | title |", "| - | - |", "| `a.txt` | b |", "| `a.txt` | ` a ` tail |", "| `a.txt` | b |"]])
@example([["```"], ["- [a](a.txt)"] * 3, ["```", ""], ["- [a](a.txt)"] * 4, ["<!--"], ["* `a.txt`"] * 3, ["-->"]])
@example([["- text"], ["| a | b |", "| a | `a.txt` |", "| a | b |"]])
@example([["<!--"], ["* `a.txt`"] * 5, ["-->"], ["* `a.txt`"] * 5])
def test_lines_that_are_not_parsed_say_what_they_would_say_parsed(blocks: list[list[str]]) -> None:
    text = "\n".join(chain.from_iterable(blocks))
    names = {"a.txt", "b c.txt", "x y", "*.txt", "a_b"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_path, "_kind", lambda line: "")
        expected = list(parser.read(text, names.__contains__, wrong := []))
    assert list(parser.read(text, names.__contains__, told := [])) == expected
    assert told == wrong


def test_rows_with_fewer_cells_are_listed_however_many_there_are(folder: Path, listed: Listed) -> None:
    """A parser of Markdown ends a table where too many cells were missing."""
    names = [f"{number}.txt" for number in range(30_000)]
    touch(folder, names)
    rows = "".join(f"| {name} |\n" for name in names)
    assert len(listed(f"| path | title | creator | date |\n| --- | --- | --- | --- |\n{rows}").sources) == 30_000


def test_ten_thousand_entries_take_little_more_than_ten_times_a_thousand(folder: Path, listed: Listed) -> None:
    names = [f"{number % 100}/{number}.txt" for number in range(10_000)]
    touch(folder, names)

    def seconds(count: int) -> float:
        began = time.process_time()
        found = listed("".join(f"- [Title]({name}) — date: 2016-03-20; language: fr\n" for name in names[:count]))
        assert (len(found.sources), problems(found)) == (count, [])
        return time.process_time() - began

    seconds(100)
    assert seconds(10_000) < 30 * seconds(1000)
    (folder / "INDEX.md").unlink()
    assert len(load.load(folder).sources) == 10_000
