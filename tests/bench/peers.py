"""Other engines beside ours in the same run. They get the text masked for free, as we mask it."""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from api import masking
from api.templates import Template

Match = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine: `build` makes a match function over templates."""

    name: str
    build: Callable[[Sequence[str]], Match]


def words(text: str) -> list[str]:
    """The masked words of a text; a typed token is a word too, as it is in `plain`."""
    return [
        token.strip("<>").replace("-", "")
        for piece in masking.pieces(text)
        for token in masking.tokens(piece)
    ]


def plain(template: Template) -> str:
    parts: list[str] = []
    for number, slot in enumerate(template.slots):
        parts += [placeholder.type.replace("-", "") for placeholder in slot]
        parts += template.runs[number] if number < len(template.runs) else ()
    return " ".join(parts)


def _rapidfuzz(scorer: Any) -> Callable[[Sequence[str]], Match]:
    def build(templates: Sequence[str]) -> Match:
        def match(text: str) -> int | None:
            best = process.extractOne(" ".join(words(text)), templates, scorer=scorer)
            return int(best[2]) if best else None

        return match

    return build


def _tantivy(templates: Sequence[str]) -> Match:
    tantivy = importlib.import_module("tantivy")
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False)
    builder.add_integer_field("number", stored=True)
    schema = builder.build()
    store = tantivy.Index(schema)
    writer = store.writer(heap_size=50_000_000, num_threads=1)
    for number, template in enumerate(templates):
        writer.add_document(tantivy.Document(body=[template], number=number))
    writer.commit()
    store.reload()
    searcher = store.searcher()

    def match(text: str) -> int | None:
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", word))
            for word in dict.fromkeys(words(text))
        ]
        if not terms:
            return None
        found = searcher.search(tantivy.Query.boolean_query(terms), 1).hits
        return int(searcher.doc(found[0][1])["number"][0]) if found else None

    return match


def _fts5(templates: Sequence[str]) -> Match:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(body)")
    rows = ((number, body) for number, body in enumerate(templates))
    database.executemany("INSERT INTO t(rowid, body) VALUES (?, ?)", rows)

    def match(text: str) -> int | None:
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(text)))
        if not query:
            return None
        found = database.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT 1", (query,)
        ).fetchone()
        return int(found[0]) if found else None

    return match


PEERS = (
    Peer("tantivy, BM25", _tantivy),
    Peer("SQLite FTS5, BM25", _fts5),
    Peer("RapidFuzz extractOne, token_set_ratio", _rapidfuzz(fuzz.token_set_ratio)),
    Peer("RapidFuzz extractOne, partial_ratio", _rapidfuzz(fuzz.partial_ratio)),
)
