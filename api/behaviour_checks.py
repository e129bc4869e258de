"""Checks over the whole set: what each text is answered, and which templates get in whose way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from api import behaviour, evidence, nearest
from api.behaviour import NONE, Read, Text
from api.entries import Entry
from api.matcher import Matcher
from api.model import Catalogue, LookAlike, Signature, Wrapper
from api.problems import Problem
from api.reading import Candidate, order, outdone
from api.templates import Template

# A reason whose words stand in the examples of this many other causes is no reason.
_BROAD = 3


def check(
    catalogue: Catalogue, texts: Sequence[Text], files: Mapping[str, Entry]
) -> Iterator[Problem]:
    """One pass of the matcher over every text, then the proofs that need no text."""
    reader = Matcher(catalogue)
    places = _Places(files)
    reads = [behaviour.read(reader, text) for text in texts]
    broad = dict(_broad(catalogue, reads, places))
    yield from broad.values()
    for read in reads:
        if read.outcome.signature in broad and read.outcome.signature != read.text.owner:
            continue  # one fault, told once and in its place
        if read.text.role == "example":
            yield from _example(catalogue, read)
        elif read.text.role == "counter":
            yield from _counter(read)
        elif read.text.role == "gap" and read.outcome.signature == read.text.owner:
            message = f"known_gaps {read.text.number} of {read.text.owner} matches now"
            yield _of(read.text, "gap-closed", message, "move it to examples")
        elif read.text.role == "decoy" and read.text.owner:
            yield from _look_alike(catalogue, read)
    yield from _ties(catalogue, reads, places)
    yield from _twins(catalogue, places)
    yield from _subsumed(catalogue, places, broad)


class _Places:
    """Where the template of an entry stands."""

    def __init__(self, files: Mapping[str, Entry]) -> None:
        self._of = {
            (path, entry.line): entry.places.get("template", (entry.line, 1))
            for path, file in files.items()
            for key in ("signatures", "wrappers")
            for entry in file.entries(key)
        }

    def problem(
        self, entry: Signature | LookAlike | Wrapper, code: str, message: str, fix: str
    ) -> Problem:
        path = f"signatures/{_file(entry)}.yaml"
        line, column = self._of.get((path, entry.line), (entry.line, 0))
        return Problem(path, line, column, code, message, fix)


def _file(entry: Signature | LookAlike | Wrapper) -> str:
    if isinstance(entry, Signature):
        return entry.cause
    return NONE if isinstance(entry, LookAlike) else "wrappers"


def _of(text: Text, code: str, message: str, fix: str) -> Problem:
    return Problem(text.path, text.line, 0, code, message, fix)


def _example(catalogue: Catalogue, read: Read) -> Iterator[Problem]:
    text, outcome = read.text, read.outcome
    signature = catalogue.signatures[text.owner]
    hits = [(tokens, item) for tokens, item in read.hits() if item.entry is signature]
    if not hits:
        yield _no_match(text, signature.template)
        return
    own = {(signature.cause, signature.section), *((p.cause, p.section) for p in signature.prefer)}
    what = f"example {text.number} of {signature.id}"
    if outcome.cause == NONE:
        message = f"{what} is not recognized as an image-pull failure"
        fix = "paste the whole message with its wrapper, or drop generic if nothing else prints it"
        yield _of(text, "no-answer", message, fix)
    elif (outcome.cause, outcome.section) not in own and not _yields(signature, read):
        other = catalogue.signatures.get(outcome.signature or "")
        who = f"{outcome.cause} ({outcome.how})"
        if other:
            who = f"{other.id} ({_words(other.template)} against {signature.template.words})"
        message = f"{what} is answered by {who}"
        yield _of(text, "stolen", message, "make the template more specific, or move the example")
    example = signature.examples[text.number - 1]
    for name, wanted in example.captures.items():
        got = [
            tokens.piece(piece)
            for tokens, item in hits
            for kind, piece in evidence.placeholders(signature.template, item.hit, tokens)
            if kind == name
        ]
        if wanted not in got:
            message = f"{what} yields {name} = {', '.join(got) or 'nothing'}, not '{wanted}'"
            yield _of(text, "wrong-capture", message, "correct captures, or the placeholder")


def _yields(signature: Signature, read: Read) -> bool:
    """Whether an umbrella gave way to a reason beside it, of its own cause or a declared one."""
    return signature.kind != "reason" and read.right


def _no_match(text: Text, template: Template) -> Problem:
    miss = nearest.miss(text.text, template)
    message = f"example {text.number} of {text.owner} does not match its template. "
    if miss.missing:
        message += f"wanted: {miss.wanted}; found: {miss.found}"
        message += f" (first difference at word {miss.word})"
    else:
        message += "every word is there, but other words stand between them"
    return _of(text, "no-match", message, "correct the template, or the text")


def _counter(read: Read) -> Iterator[Problem]:
    text, outcome = read.text, read.outcome
    if outcome.signature == text.owner:
        message = f"not_this {text.number} is matched by {text.owner} itself"
        yield _of(text, "counter-matched", message, "add a word that only this failure prints")
    elif not read.right:
        message = f"not_this {text.number} of {text.owner} is said to be {text.accept[0]}"
        message += f" and is answered {outcome.signature or outcome.cause}"
        yield _of(text, "wrong-answer", message, "correct 'is', or the signature that answers")


def _look_alike(catalogue: Catalogue, read: Read) -> Iterator[Problem]:
    owner = next(entry for entry in catalogue.look_alikes if entry.id == read.text.owner)
    if not any(item.entry is owner for _, item in read.hits()):
        yield _no_match(read.text, owner.template)


def _broad(
    catalogue: Catalogue, reads: Sequence[Read], places: _Places
) -> Iterator[tuple[str, Problem]]:
    """(signature, problem): what it answers and should not; the worst of a signature comes last."""
    answered: dict[str, list[Read]] = defaultdict(list)
    found: dict[str, dict[str, Read]] = defaultdict(dict)
    decoys = 0
    for read in reads:
        if read.text.role == "decoy":
            decoys += 1
            if not read.right:
                answered[read.outcome.signature or ""].append(read)
        elif read.text.role == "example":
            cause = catalogue.signatures[read.text.owner].cause
            for _, item in read.hits():
                if isinstance(item.entry, Signature) and item.entry.cause != cause:
                    found[item.entry.id].setdefault(cause, read)
    for name, causes in found.items():
        signature = catalogue.signatures[name]
        others = set(causes).difference(signature.ambiguous_with)
        if signature.kind == "reason" and len(others) >= _BROAD:
            victim = min(causes[other].text.owner for other in others)
            message = (
                f"'{signature.template.text}' has {_words(signature.template)} and stands in"
                f" examples of {len(others)} other causes, e.g. {victim}"
            )
            fix = "add a word that only this failure prints"
            yield name, places.problem(signature, "too-broad", message, fix)
    for name, hits in answered.items():
        first = hits[0].text
        where = f"{first.path}:{first.line}"
        if name not in catalogue.signatures:
            message = f"a text that is no pull failure is answered {hits[0].outcome.cause}"
            fix = "add a look-alike to signatures/none.yaml, or lower a wrapper's weight"
            yield first.name, _of(first, "too-broad", message, fix)
            continue
        signature = catalogue.signatures[name]
        message = (
            f"'{signature.template.text}' has {_words(signature.template)}"
            f" and answers {len(hits)} of {decoys} decoys, e.g. {where}"
        )
        fix = "add a word that only this failure prints, or generic: true if other programs say it"
        if hits[0].outcome.how == "fuzzy":
            message += " by likeness"
            fix = "add the decoy's own words to signatures/none.yaml"
        yield name, places.problem(signature, "too-broad", message, fix)


def _ties(catalogue: Catalogue, reads: Sequence[Read], places: _Places) -> Iterator[Problem]:
    """Two templates of different sections that nothing orders: the answer would be chance."""
    told: set[tuple[str, ...]] = set()
    for read in reads:
        for _, found in read.messages:
            own = [Candidate(i.entry, i.hit) for i in found if isinstance(i.entry, Signature)]
            items = [item for item in own if not outdone(item, found)]
            top = max((order(item) for item in items), default=None)
            best = {item.entry.id: item.entry for item in items if order(item) == top}
            names = tuple(sorted(best))
            if len({(s.cause, s.section) for s in best.values()}) > 1 and names not in told:
                told.add(names)
                first, second = (best[name] for name in names[:2])
                if second.cause in first.ambiguous_with and first.cause in second.ambiguous_with:
                    continue
                message = (
                    f"two templates match {read.text.name} with {_words(first.template)} each:"
                    f" {', '.join(names)}"
                )
                fix = "add a word to one, or ambiguous_with to both"
                yield places.problem(second, "tie", message, fix)


def _twins(catalogue: Catalogue, places: _Places) -> Iterator[Problem]:
    """The same words after masking: of two answers, or two wrappers."""
    answers: dict[object, str] = {}
    entries: list[Signature | LookAlike] = [*catalogue.signatures.values(), *catalogue.look_alikes]
    for entry in entries:
        first = answers.setdefault(_words_of(entry.template), entry.id)
        if first != entry.id:
            message = f"{entry.id} has the same words as {first}"
            yield places.problem(entry, "twin", message, "add a word to one, or merge them")
    wrappers: dict[object, Wrapper] = {}
    for wrapper in catalogue.wrappers:
        twin = wrappers.setdefault(_words_of(wrapper.template), wrapper)
        if twin is not wrapper:
            message = f"'{wrapper.template.text}' has the same words as line {twin.line}"
            yield places.problem(wrapper, "twin", message, "remove one")


def _words_of(template: Template) -> object:
    """What makes two templates the same: their runs, and what must stand between."""
    inner = tuple(tuple(p.type for p in slot) for slot in template.slots[1:-1])
    strict = tuple(behaviour.demands(slot) for slot in (template.slots[0], template.slots[-1]))
    return template.runs, inner, strict


def _subsumed(
    catalogue: Catalogue, places: _Places, broad: Mapping[str, Problem]
) -> Iterator[Problem]:
    """A template that matches every text of another cause's signature, and may win against it.

    A longer template wins over a shorter one inside it, so only those pairs are faults where the
    longer is no longer, or is generic and may not answer where the shorter may.
    """
    pairs = list(behaviour.subsumptions(list(catalogue.signatures.values())))
    twins = {(short.id, long.id) for long, short in pairs}
    for short, long in pairs:
        if (short.id, long.id) in twins or short.id in broad:
            continue  # `twin` or `too-broad` says so
        wins = long.template.words > short.template.words and (short.generic or not long.generic)
        if short.cause != long.cause and not wins and long.cause not in short.ambiguous_with:
            message = f"every text of {long.id} also matches {short.id}, with another cause"
            fix = f"narrow the template, or add {long.cause} to its ambiguous_with"
            yield places.problem(short, "subsumes", message, fix)


def _words(template: Template) -> str:
    return f"{template.words} literal word{'s' if template.words != 1 else ''}"
