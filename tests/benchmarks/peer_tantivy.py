"""tantivy as a peer: words as they stand, lower-case.

python peer_tantivy.py build FOLDER INDEX | search INDEX QUERY | list INDEX QUERY
"""

import sys
from pathlib import Path

import tantivy


def schema():
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("path", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", stored=True)
    return builder.build()


def build(folder, index):
    Path(index).mkdir()
    kept = tantivy.Index(schema(), path=str(index))
    writer = kept.writer()
    for path in sorted(path for path in Path(folder).rglob("*") if path.suffix in {".txt", ".md"}):
        text = path.read_text("utf-8", "replace")
        writer.add_document(tantivy.Document(path=str(path.relative_to(folder)), body=text))
    writer.commit()
    writer.wait_merging_threads()


def parsed(index, query):
    """`pre*` and `fuzzy~1` in ways that find the same with any word; the rest is in tantivy's
    own language.
    """
    if query.endswith("*"):
        return tantivy.Query.regex_query(index.schema, "body", query[:-1] + ".*")
    if query.endswith("~1"):
        return tantivy.Query.fuzzy_term_query(index.schema, "body", query[:-2], distance=1)
    return index.parse_query(query, ["body"], conjunction_by_default=True)


def opened(index):
    """A function that answers queries with the ten best paths and their passages."""
    kept = tantivy.Index.open(str(index))
    searcher = kept.searcher()

    def answer(query):
        asked = parsed(kept, query)
        shown = tantivy.SnippetGenerator.create(searcher, asked, kept.schema, "body")
        found = (searcher.doc(place) for _, place in searcher.search(asked, 10).hits)
        return [(document["path"][0], shown.snippet_from_doc(document).to_html()) for document in found]

    return answer


def paths(index, query):
    kept = tantivy.Index.open(str(index))
    searcher = kept.searcher()
    found = searcher.search(parsed(kept, query), max(1, searcher.num_docs)).hits
    return [searcher.doc(place)["path"][0] for _, place in found]


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    if verb == "build":
        build(*arguments)
    elif verb == "search":
        for row in opened(arguments[0])(arguments[1]):
            print(*row)
    else:
        print("\n".join(paths(*arguments)))
