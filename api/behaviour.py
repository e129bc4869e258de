"""How a catalogue behaves on known texts: every text in it, what it is, and what it is answered.

The checks ask this of one catalogue, the behaviour diff of two: a change in the answer to a text
nobody touched is what a reviewer cannot see in a diff of YAML.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from api import paste, redaction, templates
from api.evidence import Found
from api.index import Tokens
from api.matcher import Matcher
from api.model import Catalogue, Signature
from api.templates import Placeholder, Template

NONE = "none"


@dataclass(frozen=True, slots=True)
class Text:
    """A text with a place: `role` is example, counter, gap, decoy or corpus."""

    path: str
    line: int
    role: str
    owner: str  # the id of the entry it stands in, empty for a line of the corpus
    number: int  # from 1, among the texts of its role in its entry
    text: str
    accept: tuple[str, ...]  # causes that are an honest answer; none for a decoy

    @property
    def name(self) -> str:
        """What a report calls it."""
        if self.owner:
            return f"{self.owner} {self.role} {self.number}"
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a text was answered: `cause` is none where it was not recognized."""

    cause: str
    section: str | None
    signature: str | None
    how: str


def texts(catalogue: Catalogue, corpus: Sequence[Path] = (), root: Path = Path()) -> list[Text]:
    """Every text of the catalogue and of the corpus files, in a fixed order."""
    found = [text for s in catalogue.signatures.values() for text in _of_signature(s)]
    for look_alike in catalogue.look_alikes:
        found += [
            Text("signatures/none.yaml", e.line, "decoy", look_alike.id, n, e.text, (NONE,))
            for n, e in enumerate(look_alike.examples, start=1)
        ]
    for path in corpus:
        found += _of_corpus(path, str(path.relative_to(root)))
    return found


def _of_signature(signature: Signature) -> Iterator[Text]:
    path = f"signatures/{signature.cause}.yaml"
    own = (signature.cause, *signature.ambiguous_with, *(p.cause for p in signature.prefer))
    for role, examples in (("example", signature.examples), ("gap", signature.known_gaps)):
        for number, example in enumerate(examples, start=1):
            yield Text(path, example.line, role, signature.id, number, example.text, own)
    for number, counter in enumerate(signature.not_this, start=1):
        yield Text(
            path, counter.line, "counter", signature.id, number, counter.text, (counter.cause,)
        )


def _of_corpus(path: Path, name: str) -> Iterator[Text]:
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if line.strip():
            row = json.loads(line)
            accept = tuple(dict.fromkeys((row["cause"], *row.get("accept", ()))))
            role = "decoy" if row["cause"] == NONE else "corpus"
            yield Text(name, number, role, "", number, row["text"], accept)


def corpus(root: Path) -> list[Path]:
    """The labelled messages that answers are compared over."""
    return [
        path
        for path in sorted((root / "tests" / "corpus").glob("*.jsonl"))
        if path.name != "not-covered.jsonl"
    ]


@dataclass(frozen=True, slots=True)
class Read:
    """A text read by one catalogue: what it is answered, and every template found, by message."""

    text: Text
    outcome: Outcome
    messages: Sequence[tuple[Tokens, Sequence[Found]]]

    @property
    def right(self) -> bool:
        return self.outcome.cause in self.text.accept

    def hits(self) -> Iterator[tuple[Tokens, Found]]:
        for tokens, found in self.messages:
            for item in found:
                yield tokens, item


def outcome(matcher: Matcher, text: str) -> Outcome:
    """The best answer to a text."""
    best = next(iter(matcher.diagnose(text).matches), None)
    if best is None:
        return Outcome(NONE, None, None, "")
    return Outcome(best.cause, best.section, best.signature, best.how)


def read(matcher: Matcher, text: Text) -> Read:
    """What the matcher makes of a text."""
    messages = []
    for message in paste.messages(redaction.redact(text.text).text):
        tokens = matcher.index.tokenise(message.text)
        messages.append((tokens, matcher.found(tokens)))
    return Read(text, outcome(matcher, text.text), messages)


def subsumptions(signatures: Sequence[Signature]) -> Iterator[tuple[Signature, Signature]]:
    """Pairs (short, long) where every text of `long` matches `short` too."""
    words = [frozenset(word for run in s.template.runs for word in run) for s in signatures]
    for short, some in zip(signatures, words, strict=True):
        for long, more in zip(signatures, words, strict=True):
            if some <= more and short is not long and subsumes(short.template, long.template):
                yield short, long


def subsumes(short: Template, long: Template) -> bool:
    """Whether every text that `long` matches is matched by `short` too: proven, not sampled.

    Both are lists of literal runs with bounded slots between, so it is decided by placing each
    run of `short` inside a run of `long` and comparing what may stand between.
    """
    return _place(short, long, 0, 0, 0)


def _place(short: Template, long: Template, run: int, at: int, offset: int) -> bool:
    """Place `short.runs[run:]` from token `offset` of `long.runs[at]` on."""
    if run == len(short.runs):
        return _edge(short.slots[-1], long, at, offset)
    words = short.runs[run]
    for number in range(at, len(long.runs)):
        start = offset if number == at else 0
        for begin in range(start, len(long.runs[number]) - len(words) + 1):
            if long.runs[number][begin : begin + len(words)] != words:
                continue
            if run == 0:
                fits = _opening(short.slots[0], long, number, begin)
            else:
                fits = _between(short.slots[run], long, (at, offset), (number, begin))
            if fits and _place(short, long, run + 1, number, begin + len(words)):
                return True
    return False


def _between(
    slot: tuple[Placeholder, ...], long: Template, end: tuple[int, int], start: tuple[int, int]
) -> bool:
    """Whether `slot` takes whatever `long` may print between two places."""
    if end[0] == start[0]:
        literal, holes = start[1] - end[1], tuple[Placeholder, ...]()
    else:
        inner = range(end[0] + 1, start[0])
        literal = len(long.runs[end[0]]) - end[1] + start[1] + sum(len(long.runs[n]) for n in inner)
        holes = tuple(p for n in range(end[0] + 1, start[0] + 1) for p in long.slots[n])
    return literal + _reach(holes) <= _reach(slot) and _strict(slot, holes)


def _opening(slot: tuple[Placeholder, ...], long: Template, run: int, begin: int) -> bool:
    return _strict(slot, long.slots[run] if begin == 0 else ())


def _edge(slot: tuple[Placeholder, ...], long: Template, run: int, offset: int) -> bool:
    return _strict(slot, long.slots[run + 1] if offset == len(long.runs[run]) else ())


def _reach(slot: Sequence[Placeholder]) -> int:
    return sum(templates.GAP_PIECES if p.type == templates.GAP else 1 for p in slot)


def _strict(slot: Sequence[Placeholder], holes: Sequence[Placeholder]) -> bool:
    """Whether each placeholder of `slot` that must be there is promised by one of `holes`."""
    promised = demands(holes)
    return all(any(given <= wanted for given in promised) for wanted in demands(slot))


def demands(slot: Sequence[Placeholder]) -> tuple[frozenset[str], ...]:
    """What a slot insists on; a placeholder of any piece may also be missing."""
    return tuple(accepted for p in slot if (accepted := templates.PLACEHOLDERS[p.type]))
