"""A pasted text to event messages: undo what terminals, logs, JSON, YAML and chat did to it.

Out come *messages*: stretches of text that belong together (an event row, a log line, a status
message, or the whole of a free text), each with the workload it speaks about as far as the text
shows it. Nothing here knows the catalogue.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from api import references

MAX_BYTES = 256 * 1024
MAX_MESSAGES = 400
_LONGEST_MESSAGE = 16 * 1024

_ANSI = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
# A run of backslashes is entered at its start only, or each of its places would scan the rest.
_ESCAPED = re.compile(r"(?<!\\)\\+([\"'])")
_ESCAPED_SPACE = re.compile(r"(?<!\\)\\+[nrt](?=[^a-z]|[a-z]+[ :=/])")
_UNICODE = re.compile(r"\\u00(3c|3e|26|27|22)", re.IGNORECASE)
_BORDER = re.compile(r"^[ \t]*[│┃║|┌┐└┘├┤─━═╔╗╚╝+-]*[│┃║][ \t]?|[ \t]*[│┃║][ \t]*$", re.MULTILINE)
# A chat or an issue tracker makes links of numbers and hosts; bounded, so that it stays linear.
_LINK = re.compile(r"\[([^\[\]\n]{1,80})\]\(https?://[^\s()]{1,512}\)")
_QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD)) | {0x00A0: " "}

# A line that starts a message of its own.
_KLOG = re.compile(r"[IWEF]\d{4} +\d\d:\d\d:\d\d")
_STAMP = re.compile(
    r"(?:[A-Z][a-z]{2} +\d{1,2} +\d\d:\d\d:\d\d|\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d"
    r"|time=\"|\[?\d\d:\d\d:\d\d\b|level=|ts=|(?:INFO|WARN|ERRO|FATA|DEBU)\[)"
)
_POD_ROW = re.compile(r"\S+(?: +\S+)? +\d+/\d+ +\S+ +\d+ ")
# The last cell of a progress table; its rows are all of one width, and none is broken.
_TIMED_ROW = re.compile(r"\s{2}\d+(?:\.\d+)?(?:ms|s|m|h)[ \t]*$")
_WRAPPED_AT = 60  # no terminal is narrower
_MOSTLY = 0.6  # of the lines that run on are full, where a terminal broke them


class Workload(NamedTuple):
    """Who the message is about, as far as the text shows it; values fit their grammars."""

    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    node: str | None = None
    image: str | None = None


NOBODY = Workload()


@dataclass(frozen=True, slots=True)
class Message:
    """A stretch of text to be matched as one."""

    text: str
    workload: Workload = NOBODY
    count: int = 1


def decode(body: bytes) -> str:
    """Bytes as pasted to text; what is not UTF-8 becomes the replacement character."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8", "replace")


def messages(text: str) -> list[Message]:
    """The messages of a paste, in its order, identical ones counted instead of repeated."""
    text = text.strip()
    structured = _json(text)
    found = _lines(_clean(text)) if structured is None else structured
    seen: dict[tuple[str, Workload], int] = {}
    for message in found:
        key = (message.text[:_LONGEST_MESSAGE], message.workload)
        seen[key] = seen.get(key, 0) + message.count
        if len(seen) > MAX_MESSAGES:
            seen.pop(key)
            break
    return [Message(body, workload, count) for (body, workload), count in seen.items()]


def _clean(text: str) -> str:
    """One line per message part: colours, frames, hard wraps and escapes undone, in that order."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    if not text.isprintable():  # a line break is not printable either
        text = _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if "│" in text or "┃" in text or "║" in text:
        text = _unbox(text)
    if text.startswith(">") or "\n>" in text:
        text = _QUOTED.sub("", text)
    if "\n" in text:
        text = _unwrap(text)  # before escapes are undone: the terminal counted them
    if "](http" in text:
        text = _LINK.sub(r"\1", text)
    if "&quot;" in text or "&#" in text or "&lt;" in text or "&gt;" in text:
        text = html.unescape(text)
    if "\\" in text:
        text = _UNICODE.sub(lambda found: chr(int(found.group(1), 16)), text)
        text = _ESCAPED.sub(r"\1", text)
        text = _ESCAPED_SPACE.sub(" ", text)
    return text


def _unbox(text: str) -> str:
    """Take a drawn frame away; a frame's width is a hard wrap, mid-word."""
    lines = [_BORDER.sub("", line) for line in text.split("\n")]
    return "\n".join(line for line in lines if line.strip(" ─━═-+┌┐└┘├┤"))


def _unwrap(text: str) -> str:
    """Join lines that a terminal broke at its width.

    A terminal's lines are all equally long but the last; a tool that breaks between words leaves
    lines of many lengths, and those are joined by nothing more than the space they stand for.
    """
    lines = text.split("\n")
    width = max(len(line) for line in lines)
    if width < _WRAPPED_AT:
        return text
    runs_on = [
        bool(line) and bool(after) and not after[:2].isspace() and not _starts(after)
        for line, after in pairwise(lines)
    ]
    full = [
        runs_on[at] and len(lines[at]) == width and not _TIMED_ROW.search(lines[at])
        for at in range(len(runs_on))
    ]
    distinct = len({line for line, whole in zip(lines, full, strict=False) if whole})
    if distinct < 2 or sum(full) < _MOSTLY * sum(runs_on):
        return text
    joined = [lines[0]]
    for at, line in enumerate(lines[1:]):
        if full[at]:
            joined[-1] += line
        else:
            joined.append(line)
    return "\n".join(joined)


def _starts(line: str) -> bool:
    """Whether a line begins a message of its own rather than continuing one."""
    bare = line.lstrip()
    if not bare:
        return False
    if _KLOG.match(bare) or _STAMP.match(bare) or _POD_ROW.match(bare):
        return True
    words = bare.split(None, 5)[:5]
    return "Warning" in words or "Normal" in words


def _lines(text: str) -> Iterator[Message]:
    """Cut cleaned text into messages, carrying the workload that headers and rows name."""
    workload = Workload()
    block: list[str] = []
    namespaced = False  # a table of all namespaces, whose first column says whose each row is
    for line in text.split("\n"):
        header = _header(line, workload)
        if line.startswith("NAMESPACE "):
            namespaced = True
        elif namespaced and _starts(line):
            header = Workload(namespace=_fit("namespace", line.split(None, 1)[0]))
        if block and (header is not None or _starts(line)):
            yield _message(block, workload)
            block = []
        if header is not None:
            workload = header
        block.append(line)
    if block:
        yield _message(block, workload)


def _message(block: list[str], workload: Workload) -> Message:
    text = "\n".join(block).strip("\n")
    return Message(text, _named(text, workload))


_HEADER = re.compile(r"(Name|Namespace|Node):\s+(\S+)")


def _header(line: str, workload: Workload) -> Workload | None:
    """The workload of a `kubectl describe` header line; None where the line is none."""
    found = _HEADER.match(line)
    if not found:
        return None
    key, value = found.groups()
    if key == "Name":
        return Workload(pod=_fit("pod", value))
    if key == "Namespace":
        return workload._replace(namespace=_fit("namespace", value))
    return workload._replace(node=_fit("node", value.partition("/")[0]))


_POD_FIELD = re.compile(r"\bpod(?:=|/| )\"?([a-z0-9.-]+)(?:/([a-z0-9.-]+))?(?:_([a-z0-9-]+)\()?")
_ASSIGNED = re.compile(r"Successfully assigned ([a-z0-9.-]+)/([a-z0-9.-]+) to ([a-z0-9.-]+)")
_CONTAINER = re.compile(
    r"(?:\"StartContainer\" for|container) \"([a-z0-9-]+)\""
    r"|spec\.(?:initContainers|containers)\{([a-z0-9-]+)\}"
)
_CONTAINER_SIGNS = ('StartContainer"', 'container "', "ontainers{")


def _named(text: str, workload: Workload) -> Workload:
    """The workload with what this message itself names."""
    if "Successfully assigned" in text and (found := _ASSIGNED.search(text)):
        namespace, pod, node = found.groups()
        return workload._replace(namespace=namespace, pod=workload.pod or pod, node=node)
    if "pod" in text and (found := _POD_FIELD.search(text)):
        first, second, third = found.groups()
        if second and "pod=" in found.group():
            workload = workload._replace(
                namespace=_fit("namespace", first), pod=_fit("pod", second)
            )
        elif third:
            workload = workload._replace(namespace=_fit("namespace", third), pod=_fit("pod", first))
        elif "/" in found.group() or '"' in found.group():
            workload = workload._replace(pod=_fit("pod", first))
    row = _POD_ROW.match(text)
    if row and workload.pod is None:
        cells = text.split(None, 2)
        names = cells[:2] if "/" not in cells[1] else cells[:1]
        workload = workload._replace(
            pod=_fit("pod", names[-1]),
            namespace=_fit("namespace", names[0]) if len(names) == 2 else workload.namespace,
        )
    if any(sign in text for sign in _CONTAINER_SIGNS) and (found := _CONTAINER.search(text)):
        workload = workload._replace(container=_fit("container", found.group(1) or found.group(2)))
    return workload


def _fit(kind: str, value: str) -> str | None:
    return value if value and references.fits(kind, value) else None


def is_json(text: str) -> bool:
    """Whether the text opens as a JSON object or list does."""
    return text.lstrip()[:1] in ("{", "[")


def _json(text: str) -> Iterator[Message] | None:
    """The messages of a JSON paste (pod, event, List, API answer); None where it is no JSON."""
    if not is_json(text):
        return None
    # Lines that a terminal or a chat broke stand inside strings, where JSON allows no line break.
    for candidate, strict in ((text, True), (_unwrap(text), True), (text, False)):
        try:
            return objects(json.loads(candidate, strict=strict))
        except (ValueError, RecursionError):
            continue
    return None


def objects(value: Any) -> Iterator[Message]:
    """The messages of a parsed JSON value: events, pods, Lists of them, anything else as text."""
    waiting = [value]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif isinstance(item, Mapping):
            if isinstance(item.get("items"), list):
                waiting[:0] = item["items"]
            elif "involvedObject" in item or "regarding" in item:
                yield _event(item)
            elif isinstance(item.get("status"), Mapping) and "metadata" in item:
                yield from _pod(item)
            else:
                yield Message(_flat(item))
        elif item is not None:
            yield Message(_clean(str(item)))


def _mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is a JSON object; a paste may hold anything in its place."""
    return value if isinstance(value, Mapping) else {}


def _event(item: Mapping[str, Any]) -> Message:
    target = _mapping(item.get("involvedObject") or item.get("regarding"))
    source = _mapping(item.get("source"))
    path = str(target.get("fieldPath", ""))
    container = path.partition("{")[2].rstrip("}")
    kind = str(target.get("kind", "Pod"))
    count = item.get("count") or _mapping(item.get("series")).get("count") or 1
    text = " ".join(
        str(part)
        for part in (item.get("type"), item.get("reason"), item.get("message") or item.get("note"))
        if part
    )
    workload = Workload(
        namespace=_fit("namespace", str(target.get("namespace", ""))),
        pod=_fit("pod", str(target.get("name", ""))) if kind == "Pod" else None,
        container=_fit("container", container),
        node=_fit("node", str(source.get("host", ""))),
    )
    return Message(_clean(text), workload, count if isinstance(count, int) and count > 0 else 1)


_STATUSES = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")


def _pod(item: Mapping[str, Any]) -> Iterator[Message]:
    metadata, status = _mapping(item.get("metadata")), _mapping(item.get("status"))
    spec = _mapping(item.get("spec"))
    whose = Workload(
        namespace=_fit("namespace", str(metadata.get("namespace", ""))),
        pod=_fit("pod", str(metadata.get("name", ""))),
        node=_fit("node", str(spec.get("nodeName", ""))),
    )
    found = False
    for key in _STATUSES:
        statuses = status.get(key)
        for each in statuses if isinstance(statuses, list) else ():
            container = _mapping(each)
            state = _mapping(container.get("state"))
            for phase in ("waiting", "terminated"):
                if told := _mapping(state.get(phase)):
                    found = True
                    yield Message(
                        _clean(f"{told.get('reason', '')} {told.get('message', '')}"),
                        whose._replace(
                            container=_fit("container", str(container.get("name", ""))),
                            image=_fit("image", str(container.get("image", ""))),
                        ),
                    )
    if not found:
        yield Message(_flat(status), whose)


def _flat(item: Any) -> str:
    """Every text of a JSON value, one a line."""
    texts: list[str] = []
    waiting = [item]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [
                f"{key}: {inner}" if isinstance(inner, str | int) else inner
                for key, inner in reversed(list(value.items()))
            ]
        elif isinstance(value, list):
            waiting += reversed(value)
        elif value is not None:
            texts.append(str(value))
    return _clean("\n".join(texts))
