"""Random changes to the files of a folder, and what a build would find of them."""

from __future__ import annotations

import hashlib
import random
import shutil
from pathlib import Path

from docindex.manifest import load


def list_files(folder: Path) -> list[str]:
    return [source.path for source in load.load(folder).sources]


def contents(folder: Path) -> dict[str, str]:
    """Return the digest of each listed file, as the index keeps it."""
    return {
        path: hashlib.blake2b((folder / path).read_bytes(), digest_size=16).hexdigest() for path in list_files(folder)
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change_something(folder: Path, chance: random.Random, number: int) -> None:
    """Create, edit, rename, exchange or delete a file, or move or delete a folder."""
    paths = [folder / path for path in list_files(folder)]
    folders = sorted({path.parent for path in paths} - {folder})
    one = chance.choice(paths)
    match chance.randrange(9):
        case 0 | 1:
            write(folder / f"box{chance.randrange(5)}" / f"{number}.txt", f"Le texte {number}.\n")
        case 2:
            write(one, one.read_text(encoding="utf-8").swapcase())
        case 3:
            write(one, f"Un autre texte {number}.\n")
        case 4 if len(paths) > 5:
            one.unlink()
        case 5:
            one.rename(one.with_name(f"renamed-{number}.txt"))
        case 6:
            write(folder / f".{number}.swp", f"Un texte enregistré {number}.\n")
            (folder / f".{number}.swp").replace(one)
        case 7 if folders:
            chance.choice(folders).rename(folder / f"moved{chance.randrange(3)}-{number}")
        case 8 if len(paths) > 20 and folders:
            shutil.rmtree(chance.choice(folders))
        case _:
            with one.open("a", encoding="utf-8") as file:
                file.write("x")
