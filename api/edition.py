"""What the server answers from: a catalogue, its matcher and the site built from the same sources.

The three are one immutable object, so that replacing it (`make dev`) is one assignment: a request
holds the edition it began with.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api import compiled, static_site
from api.matcher import Matcher
from api.model import Catalogue
from api.static_site import Site


@dataclass(frozen=True, slots=True)
class Edition:
    catalogue: Catalogue
    matcher: Matcher
    site: Site


@dataclass(slots=True)
class Live:
    """The edition being served; only the watcher of `make dev` replaces it."""

    edition: Edition


def load(root: Path, site: Path) -> Edition:
    """Raises CatalogueError: half a knowledge base is worse than none."""
    matcher = compiled.load(root)
    return Edition(matcher.catalogue, matcher, static_site.read(site))
