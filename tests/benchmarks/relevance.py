"""How well docindex ranks, on judged collections: nDCG@10, MRR@10 and R@100 beside a reference
BM25.

    python tests/benchmarks/relevance.py [--queries N] [--losses N] [--mixed]
        [--save FILE] [--against FILE] [SET ...]

A set is a folder of `docs.jsonl`, `queries.tsv` and `qrels.tsv` below DOCINDEX_CORPORA (default
../shared/corpora). Its documents are written out as files with a manifest, built, and searched
through the public API with `any`: the queries of such sets are whole questions. Needs the extra
`bench` (ir-measures).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from docindex.engines import registry
from docindex.engines.base import Searcher
from docindex.indexing.build import build
from docindex.manifest import load
from docindex.search import search as searching

CORPORA = Path(os.environ.get("DOCINDEX_CORPORA", "../shared/corpora"))
MEASURES = (nDCG @ 10, RR @ 10, R @ 100)
NOT_STATED = float("nan")
REFERENCE = {
    "cranfield": (0.5100, 0.8075, 0.7503),
    "cisi": (0.3851, 0.6363, 0.4449),
    "med": (0.6947, 0.9075, 0.7909),
    "scifact": (0.6857, 0.6509, 0.9209),
    "piaf-fr": (0.7976, 0.7647, 0.9617),
    "xquad-ar": (0.9344, 0.9183, 0.9933),
    "xquad-de": (0.9462, 0.9340, 0.9950),
    "xquad-zh": (0.9671, NOT_STATED, NOT_STATED),
    "xquad-th": (0.9136, 0.8936, 0.9958),
    "cnil-fr": (0.5839, 0.5203, 0.9689),
    "npl": (0.4412, 0.6765, 0.6226),
    "lisa": (0.4641, 0.6736, 0.7242),
}
"""bm25s with Snowball stems and stop words for each set's language, the better of two settings
for each set.
"""


BEST_PEER = {
    "cranfield": ("Whoosh", 0.515), "cisi": ("FTS5", 0.378), "med": ("Whoosh", 0.705), "scifact": ("FTS5", 0.682),
    "piaf-fr": ("FTS5", 0.766), "xquad-ar": ("tantivy", 0.938), "xquad-de": ("tantivy", 0.941),
    "xquad-zh": ("FTS5", 0.146), "xquad-th": ("FTS5", 0.847), "cnil-fr": ("Whoosh", 0.691),
    "npl": ("tantivy", 0.439), "lisa": ("FTS5", 0.460),
}  # fmt: skip
"""The best of FTS5 with porter, tantivy with the language's stemmer and stock Whoosh.

It is the nDCG@10 of the first 400 queries, on titles and bodies as two fields.
"""
BOOTSTRAP_SAMPLES = 10_000


def write_out(sets: list[Path], folder: Path) -> None:
    """Write the sets' documents as text files `SET/ID.txt` and list them in INDEX.md with their
    titles.
    """
    rows = ["| File | Title |", "| --- | --- |"]
    for corpus in sets:
        (folder / corpus.name).mkdir(parents=True)
        for line in (corpus / "docs.jsonl").read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            path = f"{corpus.name}/{document['id']}.txt"
            (folder / path).write_text(document["text"], encoding="utf-8")
            title = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(document["title"].split()))
            rows.append(f"| <{path}> | {title} |".replace("<", "[file](<").replace(">", ">)", 1))
    (folder / "INDEX.md").write_text("\n".join(rows) + "\n", encoding="utf-8")


def queries(corpus: Path, most: int | None) -> dict[str, str]:
    """The queries that have a relevant document, by number."""
    judged = {qrel.query_id for qrel in qrels(corpus) if qrel.relevance > 0}
    rows = (line.split("\t", 1) for line in (corpus / "queries.tsv").read_text(encoding="utf-8").splitlines())
    return dict([(number, text) for number, text in rows if number in judged][:most])


def qrels(corpus: Path) -> list[ir_measures.Qrel]:
    """The judgements."""
    rows = (line.split("\t") for line in (corpus / "qrels.tsv").read_text(encoding="utf-8").splitlines())
    return [ir_measures.Qrel(query, document, int(grade)) for query, document, grade in rows]


def run(index: Searcher, corpus: Path, asked: dict[str, str]) -> list[ir_measures.ScoredDoc]:
    """The first hundred answers to each query; those of other sets keep their place and count as
    wrong.
    """
    options = searching.SearchOptions(limit=100, any=True, literal=True, passages=0)
    found = []
    for number, text in asked.items():
        for rank, hit in enumerate(searching.search(text, index, options).hits):
            name, document = hit.record.path.removesuffix(".txt").split("/", 1)
            own = name == corpus.name
            found.append(ir_measures.ScoredDoc(number, document if own else f"{name}/{document}", -float(rank)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", default=list(REFERENCE), metavar="SET")
    parser.add_argument("--queries", type=int, metavar="N", help="only the first N queries of each set")
    parser.add_argument("--losses", type=int, default=0, metavar="N", help="print the N worst queries of each set")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep each query's nDCG@10 as JSON")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare with kept values, by paired bootstrap")
    parser.add_argument("--mixed", action="store_true", help="all sets in one index")
    arguments = parser.parse_args()
    sets = [CORPORA / name for name in arguments.sets]
    missing = [str(corpus) for corpus in sets if not (corpus / "docs.jsonl").is_file()]
    if missing:
        parser.exit(2, f"not there: {', '.join(missing)}; set DOCINDEX_CORPORA\n")
    columns = f"{'set':<12}{'nDCG@10':>10}{'ref':>9}{'':>8}{'MRR@10':>10}{'ref':>9}{'R@100':>10}{'ref':>9}"
    print(f"{columns}{'ms/query':>10}  best peer")
    gains: list[float] = []
    single: dict[str, dict[str, float]] = {}
    for group in [sets] if arguments.mixed else [[corpus] for corpus in sets]:
        with tempfile.TemporaryDirectory() as folder:
            write_out(group, Path(folder))
            engine = registry.open_engine(Path(folder) / ".docindex")
            build(load.load(Path(folder) / "INDEX.md"), engine)
            with engine.searcher() as index:
                for corpus in group:
                    gain, single[corpus.name] = measure(index, corpus, arguments.queries, arguments.losses)
                    gains.append(gain)
    print(f"mean gain in nDCG@10: {sum(gains) / len(gains):+.1%}")
    if arguments.save:
        arguments.save.write_text(json.dumps(single), encoding="utf-8")
    if arguments.against:
        compare(single, json.loads(arguments.against.read_text(encoding="utf-8")))


def measure(index: Searcher, corpus: Path, most: int | None, losses: int) -> tuple[float, dict[str, float]]:
    """Print one set's row; return its gain over the reference and each query's nDCG@10."""
    asked = queries(corpus, most)
    began = time.perf_counter()
    found = run(index, corpus, asked)
    each = (time.perf_counter() - began) / len(asked) * 1000
    judged = [qrel for qrel in qrels(corpus) if qrel.query_id in asked]
    values = ir_measures.calc_aggregate(MEASURES, judged, found)
    reference = REFERENCE.get(corpus.name, (NOT_STATED,) * 3)
    gain = values[nDCG @ 10] / reference[0] - 1
    cells = [f"{corpus.name:<12}{values[MEASURES[0]]:>10.4f}{reference[0]:>9.4f}{gain:>+8.1%}"]
    cells += [f"{values[m]:>10.4f}{r:>9.4f}" for m, r in zip(MEASURES[1:], reference[1:], strict=True)]
    peer, best = BEST_PEER.get(corpus.name, ("", NOT_STATED))
    print("".join(cells) + f"{each:>10.1f}  {peer:<8}{best:>6.3f}", flush=True)
    single = {metric.query_id: metric.value for metric in ir_measures.iter_calc([nDCG @ 10], judged, found)}
    for query, value in sorted(single.items(), key=lambda item: item[1])[:losses]:
        print(f"    {value:.3f}  {query}: {asked[query]}")
    return gain, single


def compare(now: dict[str, dict[str, float]], before: dict[str, dict[str, float]]) -> None:
    """Print each set's change in nDCG@10 with the 95 % interval of a paired bootstrap."""
    for name in now.keys() & before.keys():
        changes = np.array([value - before[name][query] for query, value in now[name].items() if query in before[name]])
        draws = np.random.default_rng(1).integers(0, len(changes), (BOOTSTRAP_SAMPLES, len(changes)))
        low, high = np.percentile(changes[draws].mean(axis=1), (2.5, 97.5))
        verdict = "better" if low > 0 else "worse" if high < 0 else "no difference shown"
        print(f"{name:<12}{changes.mean():>+10.4f}  [{low:+.4f}, {high:+.4f}]  {verdict}")


if __name__ == "__main__":
    main()
