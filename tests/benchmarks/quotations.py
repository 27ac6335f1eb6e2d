"""Cut quotations from judged collections, change them, and count what `proof.verification` says of
each.

python tests/benchmarks/quotations.py [SET ...] [--each N] [--show KIND]
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from relevance import CORPORA, write_out

from docindex.engines import registry
from docindex.engines.base import Searcher
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.proof.quotations import quotations
from docindex.proof.verdicts import Verdict
from docindex.proof.verification import verify
from docindex.proof.word_lists import NEGATIONS, NUMBER_WORDS

LENGTHS = (6, 10, 20, 40)
OCR = {"e": "c", "o": "0", "l": "1", "i": "l", "m": "rn", "s": "5", "h": "b", "n": "u", "a": "o", "t": "f"}
EXPECTED = {
    "verbatim": {"verbatim"},
    "typography": {"verbatim"},
    "ocr": {"verbatim", "altered"},
    "ellipsis": {"verbatim"},
    "brackets": {"verbatim"},
    "one changed": {"altered"},
    "one lost": {"altered"},
    "one added": {"altered"},
    "three changed": {"altered", "nearest"},
    "number": {"altered"},
    "negation": {"altered"},
    "shuffled": {"nearest", "not found"},
    "of another collection": {"nearest", "not found"},
}
"""Kinds of quotations, and what may be said of each."""


def changed(kind: str, words: list[str], chance: random.Random, others: list[str], language: str) -> list[str] | None:
    """Return the words changed as a kind says, or None if they cannot be."""
    words = list(words)
    inner = range(1, len(words) - 1)
    match kind:
        case "verbatim" | "of another collection":
            return words
        case "typography":
            return [word.replace("'", "’").upper() if number % 3 == 0 else word for number, word in enumerate(words)]
        case "ocr":
            return ["".join(OCR.get(c, c) if chance.random() < 0.06 else c for c in word) for word in words]
        case "ellipsis":
            cut = len(words) // 3
            return [*words[:cut], "[…]", *words[cut + 1 :]] if len(words) >= 9 else None
        case "brackets":
            return [*words[:3], "[sic]", *words[3:]]
        case "one changed" | "three changed":
            for at in chance.sample(inner, 1 if kind == "one changed" else 3):
                words[at] = next(
                    other for other in iter(lambda: chance.choice(others), "") if other != words[at].lower()
                )
            return words
        case "one lost":
            del words[chance.choice(inner)]
            return words
        case "one added":
            words.insert(chance.choice(inner), chance.choice(others))
            return words
        case "number":
            figures = [at for at, word in enumerate(words) if word.strip(".,;:()").isdigit()]
            if not figures:
                return None
            at = chance.choice(figures)
            words[at] = re.sub(r"\d+", lambda found: str(int(found[0]) + chance.choice([1, 7, 10])), words[at])
            return words
        case "negation":
            denied = [at for at in inner if words[at].lower() in NEGATIONS[language] - {"t", "nt", "n"}]
            if not denied:
                return None
            del words[chance.choice(denied)]
            return words
        case "shuffled":
            chance.shuffle(words)
            return words
    raise ValueError(kind)


def cut(texts: list[str], length: int, chance: random.Random) -> list[str]:
    """Return some words of one text, in their order."""
    while True:
        words = [word for word in chance.choice(texts).split() if re.search(r"\w", word)]
        if len(words) > length + 4:
            at = chance.randrange(len(words) - length)
            found = words[at : at + length]
            if not any(mark in word for word in found for mark in '"“”«»…[]‘`<>') and "..." not in " ".join(found):
                return found


def measure(index: Searcher, corpus: Path, each: int, show: str | None) -> None:
    """Print a table: kinds by what was said."""
    documents = [json.loads(line) for line in (corpus / "docs.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [document["text"] for document in documents]
    language = documents[0]["lang"]
    foreign = [text for text in strangers(corpus) if text]
    chance = random.Random(1)  # noqa: S311 - the same quotations each time
    frequent = [word for word, _ in Counter(re.findall(r"[a-zà-ÿ]{4,}", " ".join(texts[:500]))).most_common(2000)]
    frequent = [word for word in frequent if word not in NUMBER_WORDS[language]]
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    alarms: Counter[str] = Counter()
    times: defaultdict[str, list[float]] = defaultdict(list)
    for kind in EXPECTED:
        for number in range(each):
            length = LENGTHS[number % len(LENGTHS)]
            made = None
            while made is None:
                words = cut(foreign if kind == "of another collection" else texts, length, chance)
                made = changed(kind, words, chance, frequent, language)
                length = max(length, 10)
            text = " ".join(made)
            (quotation,) = quotations(f"« {text} »")[:1]
            began = time.perf_counter()
            verdict = verify(quotation, index)
            times[kind].append(time.perf_counter() - began)
            said[kind][verdict.verdict] += 1
            alarms[kind] += bool(verdict.alarms)
            if kind == show and verdict.verdict not in EXPECTED[kind]:
                print(f"{verdict.verdict} {verdict.score}: {text}\n   {shown(verdict)}")
    verdicts = ("verbatim", "altered", "nearest", "not found")
    print(
        f"{corpus.name:<24}"
        + "".join(f"{name:>11}" for name in verdicts)
        + f"{'alarms':>8}{'right':>8}{'ms':>7}{'max':>7}"
    )
    for kind, counts in said.items():
        right = sum(counts[name] for name in EXPECTED[kind]) / each
        row = "".join(f"{counts[name]:>11}" for name in verdicts)
        median, most = statistics.median(times[kind]) * 1000, max(times[kind]) * 1000
        print(f"{kind:<24}{row}{alarms[kind]:>8}{right:>8.0%}{median:>7.0f}{most:>7.0f}")


def strangers(corpus: Path) -> list[str]:
    """Return texts of another collection in the same language or another."""
    other = CORPORA / ("scifact" if corpus.name == "foia-emails" else "cnil-fr")
    return [json.loads(line)["text"] for line in (other / "docs.jsonl").read_text(encoding="utf-8").splitlines()]


def shown(verdict: Verdict) -> str:
    return " ".join(
        one if kind == "equal" else f"[-{one}-]{{+{other}+}}({kind})"
        for piece in verdict.pieces
        for kind, one, other in piece.segments
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", default=["foia-emails", "piaf-fr"], metavar="SET")
    parser.add_argument("--each", type=int, default=40, metavar="N", help="quotations of each kind")
    parser.add_argument("--show", metavar="KIND", help="print the quotations of this kind that are judged wrongly")
    arguments = parser.parse_args()
    for name in arguments.sets:
        corpus = CORPORA / name
        if not (corpus / "docs.jsonl").is_file():
            parser.exit(2, f"not there: {corpus}; set DOCINDEX_CORPORA\n")
        with tempfile.TemporaryDirectory() as folder:
            write_out([corpus], Path(folder))
            engine = registry.open_engine(Path(folder) / ".docindex")
            build(load.load(Path(folder) / "INDEX.md"), engine)
            with engine.searcher() as index:
                measure(index, corpus, arguments.each, arguments.show)


if __name__ == "__main__":
    main()
