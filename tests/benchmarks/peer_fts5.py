"""SQLite's FTS5 as a peer: words as they stand, lower-case.

python peer_fts5.py build FOLDER INDEX | search INDEX QUERY | list INDEX QUERY
"""

import sqlite3
import sys
from pathlib import Path

FILE = "texts.db"
TABLE = "create virtual table texts using fts5(path unindexed, body, tokenize='unicode61 remove_diacritics 0')"
BEST = "select path, snippet(texts, 1, '*', '*', '', 30) from texts where texts match ? order by rank limit 10"
ALL = "select path from texts where texts match ?"


def build(folder, index):
    Path(index).mkdir()
    base = sqlite3.connect(f"{index}/{FILE}")
    base.execute(TABLE)
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix in {".txt", ".md"})
    texts = ((str(path.relative_to(folder)), path.read_text("utf-8", "replace")) for path in files)
    base.executemany("insert into texts values (?, ?)", texts)
    base.commit()


def opened(index):
    """A function that answers queries with the ten best paths and their passages."""
    base = sqlite3.connect(f"{index}/{FILE}")
    return lambda query: base.execute(BEST, [query]).fetchall()


def paths(index, query):
    return [path for (path,) in sqlite3.connect(f"{index}/{FILE}").execute(ALL, [query])]


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    if verb == "build":
        build(*arguments)
    elif verb == "search":
        for row in opened(arguments[0])(arguments[1]):
            print(*row)
    else:
        print("\n".join(paths(*arguments)))
