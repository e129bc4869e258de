"""The one source: `signatures/*.yaml` and `docs/causes/*.md` become one frozen Catalogue.

`load(root)` is a pure function of a folder. Site, endpoint, command line and checks all get the
same object; a signature whose section does not exist cannot be in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from api import entries, rendering, templates
from api.entries import Entry, Field
from api.model import (
    Catalogue,
    Cause,
    CounterExample,
    Example,
    LookAlike,
    Preference,
    Reference,
    Section,
    Signature,
    TellApart,
    Wrapper,
    digest,
)
from api.problems import CatalogueError, Problem
from api.templates import Template

LOOK_ALIKES = "none"
WRAPPERS = "wrappers"

# The second-level headings of a cause's page that are no sections of the cause.
_SHARED = frozenset(("retry", "messages", "tell-apart", "prevent", "references"))
_WITHOUT_SECTIONS = ("looks", "diagnose", "fix", "verify")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What could be read of a folder, faults or not: the checks' view of the sources."""

    catalogue: Catalogue
    problems: tuple[Problem, ...]
    files: Mapping[str, Entry]  # path below the root → the YAML file with its places


def load(root: Path) -> Catalogue:
    """Read everything below `root`. Raises CatalogueError with every problem found."""
    inspection = inspect(root)
    if inspection.problems:
        raise CatalogueError(inspection.problems)
    return inspection.catalogue


def inspect(root: Path) -> Inspection:
    """Read everything below `root`, and go on after a problem."""
    loader = _Loader(root)
    catalogue = loader.load()
    return Inspection(catalogue, tuple(loader.problems), loader.files)


class _Loader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.files: dict[str, Entry] = {}
        self.renderer = rendering.Renderer((root / "mkdocs.yml").read_text("utf-8"))

    def load(self) -> Catalogue:
        causes: dict[str, Cause] = {}
        signatures: dict[str, Signature] = {}
        aliases: dict[str, str] = {}
        look_alikes: tuple[LookAlike, ...] = ()
        wrappers: tuple[Wrapper, ...] = ()
        for path in sorted((self.root / "signatures").glob("*.yaml")):
            name = str(path.relative_to(self.root))
            if path.stem == WRAPPERS:
                wrappers = self._wrappers(name, self._read(path, entries.WRAPPER_FILE))
            elif path.stem == LOOK_ALIKES:
                look_alikes = self._look_alikes(name, self._read(path, entries.LOOK_ALIKE_FILE))
            else:
                entry = self._read(path, entries.CAUSE_FILE)
                cause = self._cause(name, path.stem, entry)
                causes[path.stem] = cause
                for item in entry.entries("signatures"):
                    signature = self._signature(name, cause, item)
                    if signature is None:
                        continue
                    if signature.id in signatures:
                        self._refuse(
                            name, item, "id", "reused-id", f"'{signature.id}' is there already",
                            "choose another id",
                        )  # fmt: skip
                    signatures[signature.id] = signature
                    aliases.update(dict.fromkeys(signature.aliases, signature.id))
        self._check_references(causes, signatures)
        return Catalogue(
            causes,
            signatures,
            look_alikes,
            wrappers,
            aliases,
            self._well_known(),
            digest(self.root),
        )

    def _well_known(self) -> frozenset[str]:
        """Names of images that everyone knows, to tell a typo from a private name."""
        lines = (self.root / "signatures" / "well-known.txt").read_text("utf-8").split("\n")
        return frozenset(line for line in lines if line and line[0] != "#")

    def _read(self, path: Path, fields: Mapping[str, Field]) -> Entry:
        name = str(path.relative_to(self.root))
        entry, problems = entries.read(name, path.read_text("utf-8"), fields)
        self.problems += problems
        self.files[name] = entry
        return entry

    def _refuse(self, path: str, entry: Entry, key: str, code: str, message: str, fix: str) -> None:
        line, column = entry.places.get(key, (entry.line, 1))
        self.problems.append(Problem(path, line, column, code, message, fix))

    def _cause(self, path: str, stem: str, entry: Entry) -> Cause:
        if entry.get("cause", stem) != stem:
            message = f"cause is '{entry.get('cause')}', the file is {stem}.yaml"
            self._refuse(path, entry, "cause", "wrong-name", message, "let them agree")
        title, sections = self._sections(stem)
        return Cause(
            stem,
            title,
            entry.get("summary", ""),
            entry.get("retry", "depends"),
            tuple(
                TellApart(
                    item.get("from", ""), item.get("because", ""), item.get("check", ""),
                    item.get("if_this", ""), item.get("if_that", ""),
                )
                for item in entry.entries("tells_apart")
            ),
            sections,
        )  # fmt: skip

    def _sections(self, cause: str) -> tuple[str, Mapping[str | None, Section]]:
        path = self.root / "docs" / "causes" / f"{cause}.md"
        if not path.exists():
            name = str(path.relative_to(self.root))
            message = f"the cause {cause} has no page"
            self.problems.append(Problem(name, 0, 0, "no-page", message, "write it"))
            return cause, {}
        page = rendering.page(path.read_text("utf-8"))
        title = str(page.meta.get("title", cause))
        parts = rendering.sections(page.body, 2)
        found: dict[str | None, Section] = {}
        for anchor, (heading, body, _) in parts.items():
            if anchor not in _SHARED and anchor not in _WITHOUT_SECTIONS:
                steps = rendering.sections(body, 3).get(f"{anchor}-diagnose", ("", "", 0))[1]
                found[anchor] = self._section(anchor, heading, body, steps)
        if not found:
            body = "\n\n".join(
                f"### {parts[anchor][0]}\n\n{parts[anchor][1]}"
                for anchor in _WITHOUT_SECTIONS
                if anchor in parts
            )
            steps = parts.get("diagnose", ("", "", 0))[1]
            found[None] = self._section(None, title, body, steps)
        return title, found

    def _section(self, anchor: str | None, title: str, body: str, diagnose: str) -> Section:
        blocks = [
            content for language, content, _ in rendering.fences(diagnose) if language == "bash"
        ]
        html = self.renderer.html(f"## {title}\n\n{body}")
        return Section(anchor, title, html, body, _commands(blocks[0]) if blocks else ())

    def _template(self, path: str, entry: Entry) -> Template | None:
        text = entry.get("template")
        if text is None:
            return None
        try:
            return templates.parse(text)
        except templates.TemplateError as fault:
            line, column = entry.places["template"]
            self.problems.append(
                Problem(
                    path, line, column + 1 + fault.column, "placeholder",
                    str(fault), fault.fix, text, fault.column,
                )
            )  # fmt: skip
            return None

    def _signature(self, path: str, cause: Cause, entry: Entry) -> Signature | None:
        template = self._template(path, entry)
        if template is None or not entry.get("id"):
            return None
        if not entry.get("id").startswith(f"{cause.slug}-") and entry.get("id") != cause.slug:
            self._refuse(
                path, entry, "id", "bad-id", f"'{entry.get('id')}' does not start with the cause",
                f"start it with '{cause.slug}-'",
            )  # fmt: skip
        return Signature(
            id=entry.get("id"),
            cause=cause.slug,
            section=entry.get("section"),
            status=entry.get("status", "draft"),
            kind=entry.get("kind", "reason"),
            generic=entry.get("generic", False),
            template=template,
            emitters=entry.get("emitters", ()),
            since=entry.get("since"),
            until=entry.get("until"),
            ambiguous_with=entry.get("ambiguous_with", ()),
            prefer=tuple(
                Preference(item.get("when", ""), item.get("cause", ""), item.get("section"))
                for item in entry.entries("prefer")
            ),
            references=tuple(
                Reference(item.get("url", ""), item.get("seen", ""))
                for item in entry.entries("references")
            ),
            examples=_examples(entry.entries("examples")),
            not_this=tuple(
                CounterExample(
                    item.get("text", ""), item.get("is", ""), item.get("because", ""), item.line
                )
                for item in entry.entries("not_this")
            ),
            known_gaps=_examples(entry.entries("known_gaps")),
            aliases=entry.get("aliases", ()),
            replaced_by=entry.get("replaced_by"),
            line=entry.line,
        )

    def _look_alikes(self, path: str, file: Entry) -> tuple[LookAlike, ...]:
        found = []
        for entry in file.entries("signatures"):
            template = self._template(path, entry)
            if template is not None:
                found.append(
                    LookAlike(
                        entry.get("id", ""), entry.get("kind", "other"), entry.get("weight", 1),
                        template, entry.get("because", ""), _examples(entry.entries("examples")),
                        entry.line,
                    )
                )  # fmt: skip
        return tuple(found)

    def _wrappers(self, path: str, file: Entry) -> tuple[Wrapper, ...]:
        found = []
        for entry in file.entries("wrappers"):
            template = self._template(path, entry)
            if template is not None:
                found.append(
                    Wrapper(
                        template, entry.get("stage", "pull"), entry.get("says", "pull"),
                        entry.get("weight", 1), entry.get("shows"), entry.line,
                    )
                )  # fmt: skip
        return tuple(found)

    def _check_references(
        self, causes: Mapping[str, Cause], signatures: Mapping[str, Signature]
    ) -> None:
        for signature in signatures.values():
            path = f"signatures/{signature.cause}.yaml"
            wanted = [(signature.cause, signature.section)]
            wanted += [(p.cause, p.section) for p in signature.prefer]
            wanted += [(cause, None) for cause in signature.ambiguous_with]
            for slug, section in wanted:
                if slug not in causes:
                    message = f"{signature.id} names the cause '{slug}', which has no file"
                    fix = f"causes are {', '.join(causes)}"
                    self.problems.append(Problem(path, signature.line, 0, "no-cause", message, fix))
                elif section is not None and section not in causes[slug].sections:
                    has = ", ".join(str(s) for s in causes[slug].sections if s)
                    message = f"{signature.id}: docs/causes/{slug}.md has no {{#{section}}}"
                    self.problems.append(
                        Problem(path, signature.line, 0, "no-section", message, f"it has: {has}")
                    )


def _examples(items: Sequence[Entry]) -> tuple[Example, ...]:
    return tuple(
        Example(
            item.get("text", ""), item.get("form", "message"), item.get("runtime", ""),
            item.get("version"), item.get("source", ""), item.get("captures", {}), item.line,
        )
        for item in items
    )  # fmt: skip


def _commands(block: str) -> tuple[str, ...]:
    """The commands of a shell block: comments out, continued lines joined."""
    joined = block.replace("\\\n", " ").split("\n")
    return tuple(" ".join(line.split()) for line in joined if line.strip() and line[0] != "#")
