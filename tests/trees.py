"""Tiny source trees for tests, written from a dict of path to text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

MKDOCS = "site_name: Test\nmarkdown_extensions:\n  - attr_list\n  - admonition\n"
PAGE = """---
title: Image tag
---
# Image tag {#image-tag}

## Will it clear by itself? {#retry}

## The tag is gone {#not-found}

Nobody pushed it.

### Diagnose {#not-found-diagnose}

1. List the tags.

    ```bash
    # every tag
    crane ls registry.example.com/team/app
    kubectl get pod your-pod \\
      -n your-namespace
    ```

### Fix {#not-found-fix}

Push it.

### Verify {#not-found-verify}

Look again, [here](../checks/which-node.md#one).
"""
SIGNATURES = """cause: image-tag
summary: "The tag does not exist."
retry: permanent
signatures:
  - id: image-tag-manifest-unknown
    section: not-found
    status: stable
    template: "manifest for {image} not found"
    emitters: [docker]
    examples:
      - text: "manifest for orbit/api:1 not found"
        form: message
        runtime: docker
        source: "atlas"
"""
NONE = 'cause: none\nsummary: "Look-alikes."\nsignatures: []\n'
WRAPPERS = """wrappers:
  - template: "Failed to pull image {image}"
    stage: pull
    says: pull
    weight: 5
"""
FILES = {
    "mkdocs.yml": MKDOCS,
    "docs/causes/image-tag.md": PAGE,
    "signatures/image-tag.yaml": SIGNATURES,
    "signatures/none.yaml": NONE,
    "signatures/wrappers.yaml": WRAPPERS,
    "signatures/well-known.txt": "nginx\n",
}


def plant(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the small catalogue below `root`, with `changes` to its files."""
    for name, text in {**FILES, **(changes or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root
