"""The items of a Kubernetes List, one at a time, from a stream of any size.

`kubectl get … -o json` prints one object that holds everything. Read whole, a million events need
some ten gigabytes; read item by item, they need the largest of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_CHUNK = 1 << 20
_LONGEST_ITEM = 64 << 20
_NUMBER = re.compile(r"[-+.eE0-9]*")
_SPACE = re.compile(r"[\s\ufeff]*")
_LIST = re.compile(
    r'\s*\{(?:\s*"(?:apiVersion|kind)"\s*:\s*"[^"]*"\s*,|\s*"metadata"\s*:\s*\{[^{}]*\}\s*,)*'
    r'\s*"items"\s*:\s*\['
)


class BrokenListError(ValueError):
    """The stream is no JSON, or ends too early."""


def is_list(head: str) -> bool:
    """Whether a text that starts like this is a Kubernetes List."""
    return _LIST.match(head.lstrip("\ufeff")) is not None


def items(read: Callable[[int], str]) -> Iterator[Mapping[str, Any]]:
    """Every item of the Lists that `read` gives; an object that is no List is an item itself."""
    stream = _Stream(read)
    while stream.peek():
        if not stream.take("{"):
            raise BrokenListError("expected a JSON object, such as kubectl's -o json prints")
        yield from _members(stream)


def _members(stream: _Stream) -> Iterator[Mapping[str, Any]]:
    """The items of one object, whose opening brace is behind; its other members are kept aside."""
    others: dict[str, Any] = {}
    listed = False
    while not stream.take("}"):
        name = stream.value()
        stream.expect(":")
        if name == "items" and stream.take("["):
            listed = True
            while not stream.take("]"):
                item = stream.value()
                if isinstance(item, Mapping):
                    yield item
                stream.take(",")
        else:
            others[str(name)] = stream.value()
        stream.take(",")
    if not listed:
        yield others


class _Stream:
    """A window on the text; `value` decodes what stands next and asks for more where it must."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._decode = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_CHUNK):
                return ""

    def take(self, character: str) -> bool:
        following = self.peek()
        if following == character:
            self._at += 1
            return True
        if not following:
            raise BrokenListError("the JSON ends too early; was the command interrupted?")
        return False

    def expect(self, character: str) -> None:
        if not self.take(character):
            raise BrokenListError(f"expected '{character}' in the JSON")

    def value(self) -> Any:
        self.peek()
        size = _CHUNK
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except RecursionError:
                raise BrokenListError("the JSON is nested too deeply") from None
            except ValueError:
                if len(self._text) - self._at > _LONGEST_ITEM or not self._more(size):
                    raise BrokenListError("this is no JSON, or it ends too early") from None
                size *= 2  # so that a large item is decoded a few times, not once a chunk
                continue
            tail = _NUMBER.match(self._text, end)  # `-1` may be the start of `-1.5`
            if (tail and tail.end() < len(self._text)) or not self._more(size):
                self._at = end
                return value

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        chunk = self._read(size)
        self._ended = not chunk
        self._text = self._text[self._at :] + chunk
        self._at = 0
        return bool(chunk)
