"""Why a text got its answer, and why another signature did not: the matcher's work, shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api import nearest, paste, redaction, stages
from api.evidence import Found
from api.matcher import Matcher
from api.model import LookAlike, Signature, Wrapper
from api.reading import Candidate, Reading, objection, order, outdone

_WIDEST = 160
_MESSAGES = 8


def explain(reader: Matcher, text: str, wanted: Signature | None = None, misses: int = 3) -> str:
    """Extraction, words, evidence, every template found, nearest misses, winner and margin.

    `wanted` asks about one signature: why not mine?
    """
    clean = redaction.redact(text)
    lines = [f"removed   {', '.join(clean.removed)}"] if clean.removed else []
    readings = reader.read(paste.messages(clean.text))
    for number, reading in enumerate(readings[:_MESSAGES], start=1):
        lines += _message(reader, reading, number, len(readings), misses)
        if wanted:
            lines += _why_not(reading, wanted)
        lines.append("")
    if len(readings) > _MESSAGES:
        lines += [f"… and {len(readings) - _MESSAGES} more messages", ""]
    best = reader.diagnose(text)
    if not best.matches:
        lines.append("answer    unknown: no message is taken for an image-pull failure")
    for match in best.matches:
        who = f" by {match.signature}" if match.signature else ""
        where = f"{match.cause}/{match.section}" if match.section else match.cause
        lines.append(f"answer    {where} {match.confidence:.2f}, {match.how}{who}")
    return "\n".join(lines) + "\n"


def _message(
    reader: Matcher, reading: Reading, number: int, total: int, misses: int
) -> Iterator[str]:
    told = reading.evidence
    yield f"message {number} of {total}: {_short(' '.join(reading.message.text.split()))}"
    words = nearest.words_of(reading.message.text)
    yield f"  words     {_short(' '.join(words))}"
    said = [f"pull {told.pull:g}", f"against {told.counter:g}"]
    said += [f"stage {told.stage}"] if told.stage else []
    said += [f"status {told.status}"] if told.status else []
    yield f"  evidence  {', '.join(said)}"
    for item in sorted(reading.found, key=lambda found: found.hit.first):
        place = f"words {item.hit.first + 1} to {item.hit.last + 1}"
        yield f"  found     {_name(item)} ({place}): {_fate(item, reading)}"
    for entry, miss in nearest.misses(reader, words, misses):
        share = f"{miss.covered:.0%} of its words"
        yield f"  near      {entry.id}: {share}; not in the text: {', '.join(miss.missing)}"
    answer = reading.answer
    if answer is None:
        yield "  answer    none"
    else:
        who = answer.signature or answer.cause
        yield f"  answer    {who} ({answer.kind}, {answer.how}); {_margin(reading)}"
        if answer.signature is None and answer.kind != "symptom":
            yield f"  told by   {_teller(reader, reading)}"


def _teller(reader: Matcher, reading: Reading) -> str:
    """What decided where no signature did, as the matcher asks: status, words, code or stage."""
    told = reading.evidence
    if stages.by_status(told.status):
        return f"the HTTP status {told.status}"
    if words := reader.telling(reading):
        return f"words that wordings of its section share: {', '.join(words)}"
    return "the gRPC code or the stage of the pull"


def _name(item: Found) -> str:
    if isinstance(item.entry, Wrapper):
        return f"wrapper '{item.entry.template.text}'"
    return item.entry.id


def _fate(item: Found, reading: Reading) -> str:
    """What became of a template that was found."""
    entry, told = item.entry, reading.evidence
    if isinstance(entry, Wrapper):
        return f"says {entry.says} at stage {entry.stage}, weight {entry.weight}"
    if isinstance(entry, LookAlike):
        return f"evidence against a pull, weight {entry.weight}"
    size = f"{entry.kind}, {entry.template.words} words"
    if reading.answer and reading.answer.signature == entry.id:
        return f"{size}: wins"
    refused = objection(entry, item.hit, reading.found, told, told.pull)
    if refused:
        return f"{size}: {refused}"
    if outdone(Candidate(entry, item.hit), reading.found):
        rivals = [other for other in reading.found if _rivals(other, item)]
        longest = max(rivals, key=lambda other: other.entry.template.words)
        return f"{size}: yields to {_name(longest)}, which accounts for more of the same words"
    return f"{size}: yields to a reason, or to one further in"


def _rivals(other: Found, item: Found) -> bool:
    """Whether another signature stands, in part, on the same words."""
    apart = other.hit.last < item.hit.first or item.hit.last < other.hit.first
    return other is not item and isinstance(other.entry, Signature) and not apart


def _margin(reading: Reading) -> str:
    """How clear the win was: the runner-up among the signatures found."""
    ranked = _ranked(reading.found)
    winner = reading.answer.signature if reading.answer else None
    others = [signature for signature in ranked if signature.id != winner]
    mine = [signature for signature in ranked if signature.id == winner]
    if not mine or not others:
        return "no other signature matches"
    ours, theirs = mine[0].template.words, others[0].template.words
    return f"{ours} words, against {theirs} of {others[0].id}"


def _ranked(found: Sequence[Found]) -> list[Signature]:
    own = [Candidate(i.entry, i.hit) for i in found if isinstance(i.entry, Signature)]
    return [item.entry for item in sorted(own, key=order, reverse=True)]


def _why_not(reading: Reading, wanted: Signature) -> Iterator[str]:
    if any(item.entry is wanted for item in reading.found):
        return  # its line above says what became of it
    miss = nearest.miss(reading.message.text, wanted.template)
    if miss.missing:
        yield f"  why not   {wanted.id} lacks: {', '.join(miss.missing)}"
        yield f"            wanted: {miss.wanted}; found: {miss.found} (word {miss.word})"
    else:
        yield f"  why not   {wanted.id}: every word is there, but other words stand between them"


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 2] + " …"
