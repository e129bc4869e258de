"""A matcher from a file: loading the sources takes half a second, loading this a few milliseconds.

The file is keyed by a hash of every source and of this package, so it cannot be stale; it is
written beside and renamed, so it cannot be half. What a paste may never need (examples, the HTML
of other causes) stays packed until it is asked for.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import pickle
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

from api import matcher, model
from api.index import Index
from api.matcher import Matcher, Parts
from api.model import Catalogue
from api.scan import Signs

T = TypeVar("T")
_FOLDER = ".cache"


class Packed(Sequence[T]):
    """A sequence of pickled items, each unpacked when first asked for."""

    def __init__(self, items: Sequence[bytes]) -> None:
        self._items = items
        self._open: dict[int, T] = {}

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[T]: ...
    def __getitem__(self, number: int | slice) -> T | Sequence[T]:
        if isinstance(number, slice):
            return [self[at] for at in range(*number.indices(len(self)))]
        if number in self._open:
            return self._open[number]
        item: T = pickle.loads(self._items[number])  # written by `_pack` below
        self._open[number] = item
        return item


class Named(Mapping[str, T]):
    """Names for the items of a sequence that begin at `start`."""

    def __init__(self, names: Sequence[str], items: Sequence[T], start: int = 0) -> None:
        self._numbers = {name: start + at for at, name in enumerate(names)}
        self._items = items

    def __getitem__(self, name: str) -> T:
        return self._items[self._numbers[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def load(root: Path) -> Matcher:
    """The matcher of the sources below `root`, from the file or made anew.

    Raises CatalogueError with every problem of the sources. A folder that cannot be written to
    costs the time of compiling, nothing else.
    """
    digest = model.digest(root)
    path = root / _FOLDER / f"matcher-{digest}-{_code()}.bin"
    try:
        return _unpack(marshal.loads(path.read_bytes()))
    except (OSError, ValueError, EOFError, TypeError):
        from api import catalogue  # YAML and Markdown, which a fast start does without

        made = Matcher(catalogue.load(root))
        _write(path, marshal.dumps(_pack(made)))
        return made


def _pack(made: Matcher) -> tuple[Any, ...]:
    known, ready = made.catalogue, matcher.parts(made.catalogue)
    counts = len(known.signatures), len(known.look_alikes), len(known.wrappers)
    return (
        ready.index.state,
        [pickle.dumps(entry, 5) for entry in ready.entries],
        list(ready.causes),
        (ready.signs.words, ready.signs.pairs, ready.signs.rare),
        list(known.signatures),
        counts,
        list(known.causes),
        [pickle.dumps(cause, 5) for cause in known.causes.values()],
        dict(known.aliases),
        known.well_known,
        known.digest,
    )


def _unpack(packed: tuple[Any, ...]) -> Matcher:
    state, packs, causes_of, signs, ids, counts, slugs, causes, aliases, well_known, digest = packed
    entries: Packed[Any] = Packed(packs)
    signatures, look_alikes, _ = counts
    known = Catalogue(
        causes=Named(slugs, Packed(causes)),
        signatures=Named(ids, entries),
        look_alikes=Packed(packs[signatures : signatures + look_alikes]),
        wrappers=Packed(packs[signatures + look_alikes :]),
        aliases=aliases,
        well_known=well_known,
        digest=digest,
    )
    return Matcher(known, Parts(entries, Index(state), causes_of, Signs(*signs)))


def _code() -> str:
    """A hash of this package and the interpreter: other code may pack otherwise."""
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()[:12]


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        for old in path.parent.glob("matcher-*.bin"):
            old.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        return
