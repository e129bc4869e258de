"""`fix` sorts and writes, changes no meaning, keeps comments, and is done the first time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from api import catalogue, entries, formatting
from tests.test_checks import SOUND

ROOT = Path(__file__).resolve().parent.parent
MESSY = """# yaml-language-server: $schema=schema.json
cause: image-tag
summary: "The tag does not exist."
retry: permanent
signatures:
  # said by CRI-O, too
  - id: image-tag-b
    template: "b is gone"
    # from the lab
    section: not-found
    status: draft
    emitters: [registry]
    examples:
      - text: |
          two lines
            of text
        form: message
        runtime: docker
        source: "lab:b"
  - section: not-found
    id: image-tag-a
    status: draft
    template: "a is gone"
    emitters: [registry]
    examples:
      - text: "a is gone"
        form: message
        runtime: docker
        source: "lab:a"
"""


def ordered(text: str) -> str:
    return formatting.ordered(text, entries.CAUSE_FILE, by_id=True)


def test_entries_are_sorted_and_keys_put_in_order() -> None:
    tidy = ordered(MESSY)
    assert tidy.index("image-tag-a") < tidy.index("image-tag-b")
    assert "  - id: image-tag-a\n    section: not-found\n" in tidy


def test_a_comment_stays_with_what_it_is_about() -> None:
    tidy = ordered(MESSY)
    assert "  # said by CRI-O, too\n  - id: image-tag-b\n    # from the lab\n    section:" in tidy


def test_a_second_time_changes_nothing() -> None:
    assert ordered(ordered(MESSY)) == ordered(MESSY)


def test_a_text_over_several_lines_keeps_its_lines() -> None:
    assert "          two lines\n            of text\n" in ordered(MESSY)


@pytest.mark.parametrize("fault", ["summary: 'open", "\tsummary: tab", "  - id: ["])
def test_what_cannot_be_read_is_left_as_it_is(fault: str) -> None:
    broken = MESSY.replace('summary: "The tag does not exist."', fault)
    assert ordered(broken) == broken


def test_two_equal_keys_are_left_for_check_to_name() -> None:
    twice = MESSY.replace("    status: draft\n", "    status: draft\n    status: draft\n", 1)
    assert ordered(twice).count("    status: draft\n") == 3


def test_fix_never_changes_what_the_catalogue_means(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("signatures", "docs/causes", "tests/corpus"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "mkdocs.yml", root)
    for path in (root / "signatures").glob("*.yaml"):
        path.write_text(backwards(path.read_text("utf-8")), "utf-8")
    before = meaning(root)
    assert formatting.fix(root)
    assert meaning(root) == before
    assert formatting.fix(root) == []


def test_fix_writes_what_is_generated(tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(SOUND, root)
    assert formatting.fix(root) == [
        "signatures/schema.json",
        "docs/contributing/format.md",
        "docs/contributing/checks.md",
        "signatures/ids.txt",
    ]
    assert formatting.fix(root) == []


def test_the_ledger_only_grows(tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(SOUND, root)
    ledger = root / "signatures" / "ids.txt"
    ledger.write_text("# old\nsignature image-tag-of-old\n", "utf-8")
    formatting.fix(root)
    lines = ledger.read_text("utf-8").split("\n")
    assert lines[1] == "signature image-tag-of-old"
    assert "signature image-tag-manifest-for" in lines


def backwards(text: str) -> str:
    """The same file with its entries in the opposite order."""
    head, blocks = formatting._blocks(text.rstrip().split("\n"))
    return "\n".join([*head, *(line for block in reversed(blocks) for line in block)]) + "\n"


def meaning(root: Path) -> object:
    found = catalogue.inspect(root).catalogue
    return {
        name: (s.cause, s.section, s.template, s.kind, s.generic, s.status, s.prefer,
               [e.text for e in s.examples], [n.text for n in s.not_this])
        for name, s in found.signatures.items()
    }, sorted(entry.id for entry in found.look_alikes), len(found.wrappers)  # fmt: skip
