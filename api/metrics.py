"""Counts in Prometheus' text format. Labels come from closed lists, never from a request."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """Counters of one process; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._matches: Counter[tuple[str, str]] = Counter()
        self._problems: Counter[str] = Counter()
        self._durations = [0] * (len(_BUCKETS) + 1)
        self._seconds = 0.0

    def matched(self, verdict: str, cause: str, seconds: float) -> None:
        with self._lock:
            self._matches[verdict, cause] += 1
            self._durations[bisect_left(_BUCKETS, seconds)] += 1
            self._seconds += seconds

    def failed(self, kind: str) -> None:
        with self._lock:
            self._problems[kind] += 1

    def text(self, info: Mapping[str, str]) -> str:
        """The exposition; `info` labels the catalogue being served."""
        with self._lock:
            matches, problems = dict(self._matches), dict(self._problems)
            durations, seconds = list(self._durations), self._seconds
        name = "pullbook_match_requests_total"
        lines = [f"# HELP {name} Answers, by verdict and first cause.", f"# TYPE {name} counter"]
        for (verdict, cause), count in sorted(matches.items()):
            lines.append(f'{name}{{verdict="{verdict}",cause="{cause}"}} {count}')
        name = "pullbook_match_duration_seconds"
        lines += [f"# HELP {name} Time from text to diagnosis.", f"# TYPE {name} histogram"]
        below = 0
        for bound, count in zip(_BUCKETS, durations, strict=False):
            below += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {below}')
        total = sum(durations)
        lines += [f'{name}_bucket{{le="+Inf"}} {total}', f"{name}_sum {seconds:.6f}"]
        lines.append(f"{name}_count {total}")
        name = "pullbook_problems_total"
        lines += [f"# HELP {name} Errors answered, by problem.", f"# TYPE {name} counter"]
        lines += [f'{name}{{problem="{kind}"}} {count}' for kind, count in sorted(problems.items())]
        name = "pullbook_catalogue_info"
        labels = ",".join(f'{key}="{value}"' for key, value in info.items())
        lines += [f"# HELP {name} The catalogue being served.", f"# TYPE {name} gauge"]
        return "\n".join([*lines, f"{name}{{{labels}}} 1", ""])
