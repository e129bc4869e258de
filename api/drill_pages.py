"""A Drill as pages: nested disclosures that work without a script, and hand-outs to print.

The script (docs/assets/drill.js) plays on the very same elements and reads the numbers from
their data attributes, so there is one rendering of a drill and nothing to keep in step.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from api.drills import END, Choice, Drill, Evidence, Round, evidence_in, score

_WIDE = 110  # a line longer than this is prose of an error: wrapped, not scrolled
_CODE = re.compile(r"`([^`]+)`")
_EMPHASIS = re.compile(r"(\*+)(.+?)\1")
_LEVELS = {"easy": "Easy", "medium": "Medium", "hard": "Hard"}


def page(drill: Drill) -> str:
    """The Markdown of a drill's own page."""
    count = len(drill.rounds)
    rounds = "\n\n".join(_round(drill, here) for here in drill.rounds)
    return f"""# {drill.title} {{#{drill.name}}}

{_facts(drill)}

{drill.setup}

<div class="drill" data-drill="{drill.name}" data-rounds="{count}" markdown="1">

<p class="drill-howto">Open a round, read what you see, decide, and only then open your choice.
Each choice shows what happens, what it costs and why. Add up the minutes yourself.</p>

{rounds}

{_report(drill)}

</div>
"""


def table(drills: Mapping[str, Drill]) -> str:
    """The list of drills, easiest first."""
    lines = ["| Drill | Difficulty | Rounds | What happens |", "|---|---|---|---|"]
    for d in _easiest_first(drills):
        level = _LEVELS[d.difficulty]
        lines.append(f"| [{d.title}]({d.name}.md) | {level} | {len(d.rounds)} | {d.description} |")
    return "\n".join(lines)


def handouts(drills: Mapping[str, Drill]) -> str:
    """For the table: set-up, evidence and choices of every drill, and nothing that tells."""
    parts = []
    for drill in _easiest_first(drills):
        parts.append(f"## {drill.title} {{#{drill.name} .drill-sheet}}")
        parts += [_facts(drill), drill.setup]
        for here in drill.rounds:
            # A later round tells the answer of the one before it: a sheet of its own.
            sheet = " .drill-sheet" if here.number > 1 else ""
            parts.append(
                f"### Round {here.number}: {here.title} {{#{drill.name}-{here.number}{sheet}}}\n\n"
                f"{_shown(here)}\n\n**Your choices**\n\n"
                + "\n".join(f"- **{_letter(choice)}** {choice.label}" for choice in here.choices)
            )
    return "\n\n".join(parts)


def answers(drills: Mapping[str, Drill]) -> str:
    """For the facilitator: every result with its cost, and the damage report."""
    parts = []
    for drill in _easiest_first(drills):
        parts.append(f"## {drill.title} {{#{drill.name} .drill-sheet}}")
        for here in drill.rounds:
            parts.append(f"### Round {here.number}: {here.title} {{#{drill.name}-{here.number}}}")
            parts += [
                f"**{_letter(choice)}: {choice.label}**\n\n{_result(choice)}"
                for choice in here.choices
            ]
        report = re.sub(r" \{#([a-z-]+)\}", rf" {{#{drill.name}-\1}}", drill.report)
        parts.append(f"### Damage report {{#{drill.name}-report}}\n\n{_numbers(drill)}\n\n")
        parts.append(_figures(report.replace("\n### ", "\n#### ").removeprefix("### ")))
    return "\n\n".join(parts)


def _easiest_first(drills: Mapping[str, Drill]) -> list[Drill]:
    return sorted(drills.values(), key=lambda d: (list(_LEVELS).index(d.difficulty), d.title))


def verdict(choice: Choice) -> str:
    """What a choice was, in words."""
    if choice.best:
        return "The best move here."
    if choice.next is None:
        return "A wrong turn: it does not lead on. Choose again."
    return "A detour: it leads on, and costs more than it had to."


def told(choice: Choice) -> str:
    """The verdict with the cost and the reason."""
    lost = f", {minutes(choice.down)} of downtime" if choice.down else ""
    return f"**{verdict(choice)}** It costs {minutes(choice.minutes)}{lost}. {choice.why}"


def onward(drill: Drill, choice: Choice) -> tuple[str, str]:
    """Where a choice leads: the words and the anchor."""
    if choice.next is None:
        at = choice.id[:-1]
        return f"Back to the choices of round {at}", f"round-{at}"
    if choice.next == END:
        return "See the damage report", "damage-report"
    return f"Go on to round {choice.next}: {drill.round(choice.next).title}", f"round-{choice.next}"


def minutes(count: int) -> str:
    return f"{count} minute" + ("" if count == 1 else "s")


def _facts(drill: Drill) -> str:
    level = f"{_LEVELS[drill.difficulty]}, {len(drill.rounds)} rounds"
    facts = {
        "System": drill.system,
        "Time": drill.time,
        "You are": drill.role,
        "Difficulty": level,
    }
    return "\n".join(f"- **{name}:** {value}" for name, value in facts.items())


def _letter(choice: Choice) -> str:
    return choice.id[-1].upper()


def _plain(label: str) -> str:
    """A label as HTML inside a summary, where Markdown is not read."""
    coded = _CODE.sub(r"<code>\1</code>", html.escape(label, quote=False))
    return _EMPHASIS.sub(r"<em>\2</em>", coded)


def _round(drill: Drill, here: Round) -> str:
    choices = "\n\n".join(_choice(drill, choice) for choice in here.choices)
    number = here.number
    told = f'id="round-{number}" data-round="{number}"' + (" open" if number == 1 else "")
    return f"""<details class="drill-round" {told} markdown="1">
<summary>Round {number} of {len(drill.rounds)}: {_plain(here.title)}</summary>

{_shown(here)}

<p class="drill-ask">What do you do?</p>

{choices}

</details>"""


def _shown(here: Round) -> str:
    pressure = html.escape(here.pressure, quote=False)
    return f"""<p class="drill-pressure"><strong>Pressure:</strong> {pressure}</p>

{_figures(here.body)}"""


def _choice(drill: Drill, choice: Choice) -> str:
    words, anchor = onward(drill, choice)
    data = {
        "choice": choice.id,
        "minutes": choice.minutes,
        "down": choice.down,
        "next": "stay" if choice.next is None else choice.next,
        "best": "yes" if choice.best else "no",
    }
    told = " ".join(f'data-{name}="{value}"' for name, value in data.items())
    return f"""<details class="drill-choice" {told} markdown="1">
<summary>{_plain(choice.label)}</summary>

{_result(choice)}

[{words}](#{anchor}){{ .drill-go }}

</details>"""


def _result(choice: Choice) -> str:
    return f"""{_figures(choice.body)}

{told(choice)}
{{ .drill-verdict }}"""


def _report(drill: Drill) -> str:
    body = _figures(drill.report)
    return f"""<details class="drill-report" id="damage-report" markdown="1">
<summary>Damage report</summary>

{_numbers(drill)}

{body}

</details>"""


def _numbers(drill: Drill) -> str:
    """Best against worst, the two facts, and the best path."""
    rows = "\n".join(
        f"| {name} | {n.minutes} | {n.down} | {n.wrong} |"
        for name, n in (
            ("The best path", score(drill.best_path())),
            ("Every wrong turn there is", score(drill.worst_path())),
        )
    )
    steps = "\n".join(f"{n}. {c.label}" for n, c in enumerate(drill.best_path(), start=1))
    return f"""| Path | Minutes | Downtime | Wrong turns |
|---|---|---|---|
{rows}

**Downtime:** {drill.downtime}

**Blast radius:** {drill.blast}

**The best path:**

{steps}"""


def _figures(text: str) -> str:
    """Every ```text fence as a figure with a caption, reachable by keyboard."""
    parts: list[str] = []
    at = 0
    for evidence, (start, end), _ in evidence_in(text):
        parts += [text[at:start], _figure(evidence)]
        at = end
    return "".join([*parts, text[at:]])


def _figure(evidence: Evidence) -> str:
    wide = any(len(line) > _WIDE for line in evidence.text.split("\n"))
    # One line of HTML: a blank line inside would end the block for the Markdown parser.
    text = html.escape(evidence.text.rstrip("\n")).replace("\n", "&#10;")
    return (
        f'<figure class="drill-evidence{" drill-wrap" if wide else ""}">'
        f"<figcaption>{html.escape(evidence.title)}</figcaption>"
        f'<pre tabindex="0"><code>{text}</code></pre></figure>'
    )
