"""What the server answers from: a catalogue, its matcher and the site built from the same sources.

The three are one immutable object, so that replacing it (`make dev`) is one assignment: a request
holds the edition it began with.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api import catalogue, static_site
from api.catalogue import Catalogue
from api.matcher import Matcher
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
    loaded = catalogue.load(root)
    return Edition(loaded, Matcher(loaded), static_site.read(site))
