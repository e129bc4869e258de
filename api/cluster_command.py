"""`match` for a whole cluster: what `kubectl get events -A -o json` prints, of any size."""

from __future__ import annotations

import io
import sys
from typing import Any, BinaryIO

import click

from api import cluster, json_items, paste
from api.cluster import Triage
from api.matcher import Matcher

_HEAD = 4096  # bytes that show whether a text is a List


class _Rest(io.RawIOBase):
    """What was read already, then the rest of the file."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] or self._file.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def is_list(head: bytes) -> bool:
    return json_items.is_list(paste.decode(head[:_HEAD]))


def read(head: bytes, file: BinaryIO, matcher: Matcher) -> Triage:
    """Triage the List that starts with `head`; a broken one is a usage error."""
    told = _told if sys.stderr.isatty() else _silent
    whole = io.BufferedReader(_Rest(head, file), 1 << 20)
    text = io.TextIOWrapper(whole, encoding="utf-8", errors="replace")
    try:
        return cluster.triage(json_items.items(text.read), matcher, told)
    except json_items.BrokenListError as error:
        raise click.UsageError(str(error)) from None
    finally:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _told(count: int) -> None:
    sys.stderr.write(f"\r{count:,} items read …")
    sys.stderr.flush()


def _silent(_: int) -> None:
    pass
