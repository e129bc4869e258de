"""A first draft of a signature from a message nobody knew: masked, what is missing marked TODO."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api import masking, nearest, paste, redaction, stages, templates
from api.diagnosis import Diagnosis
from api.matcher import Matcher
from api.model import Catalogue, Signature, Wrapper
from api.reading import Reading

_MOST_WORDS = 14  # literal words of a proposed template
_MOST_TEXT = 4_000  # characters of the example
_LEAST_WORDS = 3
_ID_WORDS = 4

_IPV4 = re.compile(r"(?<![\w.])(?!127\.|0\.0\.0\.0|192\.0\.2\.)\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)")
_FAILURE = frozenset(
    ("cannot", "denied", "error", "failed", "forbidden", "invalid", "refused", "rejected", "unable")
)
_DULL = frozenset(
    ("a", "an", "and", "as", "at", "by", "code", "desc", "error", "failed", "for", "from", "in")
).union(("is", "not", "of", "on", "or", "the", "to", "with"))
# A phrase that only one program prints, and that program.
_RUNTIMES = (
    ("failed to pull and unpack image", "containerd"),
    ("error response from daemon", "docker"),
    ("initializing source docker://", "cri-o"),
    ("pinging container registry", "cri-o"),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A signature as far as a machine can write it; `cause` is empty where nothing suggests one."""

    cause: str
    section: str | None
    id: str
    template: str
    text: str
    form: str
    runtime: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text fit to publish, and what was replaced in it."""

    text: str
    replaced: tuple[str, ...]


def mask(text: str) -> Masked:
    """Secrets, e-mail and IP addresses out of a text; equal addresses stay equal."""
    clean = redaction.redact(text.strip())
    made: dict[str, str] = {}

    def documentation(found: re.Match[str]) -> str:
        return made.setdefault(found.group(), f"192.0.2.{len(made) % 254 + 1}")

    body = _IPV4.sub(documentation, clean.text)
    return Masked(body, (*clean.removed, *(f"{old} → {new}" for old, new in made.items())))


def offer(found: Diagnosis, text: str, reader: Matcher) -> str | None:
    """A draft where no wording of the catalogue answered: unknown, or told from the stage alone."""
    best = next(iter(found.matches), None)
    return draft(text, reader) if best is None or best.how == "stage" else None


def draft(text: str, reader: Matcher) -> str | None:
    """The draft that the paste box offers; None where the text is surely no pull failure."""
    proposal = propose(mask(text).text, reader)
    if proposal is None:
        return None
    file = f"signatures/{proposal.cause or '<cause>'}.yaml"
    head = f"# Put this into {file} under 'signatures:', replace each TODO, and run 'make check'.\n"
    return head + entry(proposal)


def propose(text: str, reader: Matcher) -> Proposal | None:
    """A signature for the message of `text` that shows most of a pull and is not accounted for."""
    readings = reader.read(paste.messages(text))
    unknown = [r for r in readings if r.evidence.counter <= r.evidence.pull]
    if not unknown:
        return None
    best = max(unknown, key=_promise)
    template = _template(best)
    if len(nearest.words_of(re.sub(r"{[^}]*}", "", template))) < _LEAST_WORDS:
        return None
    guess = _guess(best)
    cause, section = (guess.cause, guess.section) if guess else ("", None)
    name, example = _id(cause, template), text[:_MOST_TEXT]
    return Proposal(cause, section, name, template, example, _form(text), _runtime(text))


def with_template(proposal: Proposal, template: str) -> Proposal:
    return replace(proposal, template=template, id=_id(proposal.cause, template))


def toward(proposal: Proposal, cause: str, section: str | None, catalogue: Catalogue) -> Proposal:
    """The proposal under another cause, with an id that is free."""
    name = _id(cause, proposal.template)
    taken = {*catalogue.signatures, *catalogue.aliases}
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return replace(proposal, cause=cause, section=section, id=free)


def entry(proposal: Proposal) -> str:
    """The YAML of the entry, indented for its place in a file."""
    section = proposal.section or "null"
    emitter = proposal.runtime or "registry"
    lines = [
        f"- id: {proposal.id}",
        f"  section: {section}",
        "  status: draft",
        f"  template: {_quoted(proposal.template)}",
        f"  emitters: [{emitter}]",
        "  references:",
        '    - url: "TODO: the line of the source that prints it, or the thread"',
        '      seen: "TODO: the day you read it, YYYY-MM-DD"',
        *(f"  {line}" for line in example(proposal)),
    ]
    return "".join(f"  {line}\n" for line in lines)


def example(proposal: Proposal) -> Iterator[str]:
    """The lines of its example, `examples:` first."""
    runtime = proposal.runtime or "TODO: containerd, cri-o, docker, podman or kubelet"
    yield "examples:"
    yield f"  - text: {_quoted(proposal.text)}"
    yield f"    form: {proposal.form}"
    yield f"    runtime: {_quoted(runtime) if runtime.startswith('TODO') else runtime}"
    yield '    source: "TODO: where the text comes from: https address, or lab:<recipe>"'


def as_example(text: str) -> str:
    """The YAML that adds `text` to the examples of a signature that knows it already."""
    known = Proposal("", None, "", "", text[:_MOST_TEXT], _form(text), _runtime(text))
    return "".join(f"    {line}\n" for line in example(known))


def insert(file: str, proposal: Proposal) -> str:
    """A cause's file with the entry at its end; `formatting.ordered` puts it in its place."""
    return file.rstrip("\n") + "\n" + entry(proposal)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _promise(reading: Reading) -> tuple[float, bool, int]:
    words = nearest.words_of(reading.message.text[:_MOST_TEXT])
    return reading.evidence.pull, not _FAILURE.isdisjoint(words), min(len(words), 40)


def _guess(reading: Reading) -> stages.Guess | None:
    """Status and stage decide where the message shows them."""
    answer = reading.answer
    if answer and answer.how == "stage" and answer.kind != "symptom":
        return stages.Guess(answer.cause, answer.section)
    told = reading.evidence
    return stages.by_status(told.status) or stages.by_stage(None, told.stage)


def _template(reading: Reading) -> str:
    """The words after the last wrapper, names and numbers turned into placeholders."""
    tokens = reading.tokens
    covered = [
        tokens.piece_of[item.hit.last]
        for item in reading.found
        if isinstance(item.entry, Wrapper) or _symptom(item.entry)
    ]
    start = max(covered, default=-1) + 1
    if len(tokens.pieces) - start < _LEAST_WORDS:
        start = 0
    parts: list[str] = []
    words = 0
    values = reading.captures()
    captures = {value: kind for kind, value in values.items()}
    names = frozenset(values.get("repository", "").split("/"))
    for number in range(start, len(tokens.pieces)):
        piece = tokens.piece(number)
        kind = _placeholder(piece, captures)
        if kind is None and piece in names and not tokens.known(number):
            kind = "word"  # a part of the image's own name
        if kind is None:
            words += len(masking.tokens(piece))
            parts.append(piece)
        elif not parts or parts[-1] != f"{{{kind}}}":
            parts.append(f"{{{kind}}}")
        if words >= _MOST_WORDS:
            break
    while parts and parts[-1][0] == "{":
        parts.pop()
    while parts and parts[0][0] == "{":
        parts.pop(0)
    return " ".join(_twins(parts))


def _symptom(found: object) -> bool:
    return isinstance(found, Signature) and found.kind == "symptom"


def _placeholder(piece: str, captures: dict[str, str]) -> str | None:
    """The placeholder for a piece; None for words that belong to the wording."""
    kinds = masking.tokens(piece)
    if len(kinds) == 1 and kinds[0][0] == "<":
        kind = kinds[0].strip("<>")
        return kind if kind in templates.PLACEHOLDERS else "word"
    if piece in captures and captures[piece] in ("image", "registry", "repository", "tag", "pod"):
        return captures[piece]
    name = any(char.isdigit() for char in piece) and any(char.isalpha() for char in piece)
    return "word" if name and not piece.isupper() else None


def _twins(parts: Sequence[str]) -> Iterator[str]:
    """Name a second placeholder of a type, as the language wants it."""
    seen: dict[str, int] = {}
    for part in parts:
        if part[0] != "{":
            yield part
            continue
        seen[part] = seen.get(part, 0) + 1
        yield part if seen[part] == 1 else f"{part[:-1]}:{seen[part]}}}"


def _id(cause: str, template: str) -> str:
    said = re.sub(r"{[^}]*}", " ", template)
    words = [w for w in re.findall(r"[a-z0-9]+", said.lower()) if w not in _DULL]
    return "-".join((cause or "TODO-cause", *words[:_ID_WORDS]))


def _form(text: str) -> str:
    if text.startswith("{"):
        return "json"
    if re.match(r"[IWEF]\d{4} ", text):
        return "klog"
    if "Containers:" in text:
        return "describe"
    row = re.search(r"^(?:\S+ +)?(?:Warning|Normal) ", text, re.MULTILINE)
    return "events" if row else "message"


def _runtime(text: str) -> str:
    low = text.lower()
    return next((runtime for phrase, runtime in _RUNTIMES if phrase in low), "")
