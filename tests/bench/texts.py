"""What the bench reads: our own messages, two long pastes, and catalogues of any size."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from api import templates
from api.templates import Template

ROOT = Path(__file__).resolve().parents[2]
DESCRIBE_BYTES = 54 * 1024
HOSTILE_BYTES = 60 * 1024

_IMAGE = "registry.example.com/shop/cart:2.4.1"
_EVENTS = f"""Events:
  Type     Reason     Age                  From               Message
  ----     ------     ----                 ----               -------
  Normal   Scheduled  4m12s                default-scheduler  Successfully assigned shop/cart-7d9f8b6c4d-x2x7q to node-3
  Normal   Pulling    2m39s (x4 over 4m)   kubelet            Pulling image "{_IMAGE}"
  Warning  Failed     2m38s (x4 over 4m)   kubelet            Failed to pull image "{_IMAGE}": rpc error: code = NotFound desc = failed to pull and unpack image "{_IMAGE}": failed to resolve reference "{_IMAGE}": {_IMAGE}: not found
  Warning  Failed     2m38s (x4 over 4m)   kubelet            Error: ErrImagePull
  Warning  Failed     2m27s (x6 over 4m)   kubelet            Error: ImagePullBackOff
  Normal   BackOff    2m13s (x7 over 4m)   kubelet            Back-off pulling image "{_IMAGE}"
"""


def corpus() -> list[str]:
    """Every text of `tests/corpus`."""
    return [
        text
        for path in sorted((ROOT / "tests" / "corpus").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if (text := json.loads(line).get("text"))
    ]


def describe() -> str:
    """`kubectl describe pod` of one failing pod: long annotations and many variables."""
    rng = random.Random("describe")

    def word() -> str:
        return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(4, 11)))

    applied = json.dumps({word(): {word(): word() for _ in range(6)} for _ in range(150)})
    head = [
        "Name:             cart-7d9f8b6c4d-x2x7q",
        "Namespace:        shop",
        "Priority:         0",
        "Service Account:  cart",
        "Node:             node-3/192.0.2.13",
        "Start Time:       Sat, 21 Nov 2026 02:11:08 +0000",
        "Labels:           app=cart",
        "                  pod-template-hash=7d9f8b6c4d",
        f"Annotations:      kubectl.kubernetes.io/last-applied-configuration: {applied}",
        *(f"                  {word()}.example.com/{word()}: {word()} {rng.getrandbits(160):040x}"
          for _ in range(120)),
        "Status:           Pending",
        "IP:               192.0.2.77",
        "Containers:",
        "  cart:",
        "    Container ID:",
        f"    Image:          {_IMAGE}",
        "    Image ID:",
        "    State:          Waiting",
        "      Reason:       ImagePullBackOff",
        "    Ready:          False",
        "    Restart Count:  0",
        "    Environment:",
    ]  # fmt: skip
    tail = ["Conditions:", "  Type              Status", "  Ready             False ", _EVENTS]
    size = sum(map(len, head)) + sum(map(len, tail))
    while size < DESCRIBE_BYTES - 100:
        line = f"      {word().upper()}_{word().upper()}:  {word()}-{word()} {word()}"
        head.append(line)
        size += len(line) + 1
    return "\n".join(head + tail)


def hostile() -> str:
    """An application's log: every line has words of real pull errors, and none is one."""
    rng = random.Random("hostile")
    lines: list[str] = []
    size = 0
    while size < HOSTILE_BYTES:
        host = f"{rng.choice(['orders', 'users', 'stock', 'billing'])}-{rng.randint(0, 99)}"
        said = rng.choice(
            (
                f"dial tcp 192.0.2.{rng.randint(1, 254)}:8443: connect: connection refused",
                f"lookup {host}.internal on 192.0.2.10:53: no such host",
                f'Get "https://{host}.internal/api": net/http: TLS handshake timeout',
                "unexpected status code 503 Service Unavailable",
                f"read tcp 192.0.2.7:{rng.randint(30000, 60000)}: i/o timeout",
            )
        )
        line = (
            f"2026-11-21T02:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.{rng.randint(0, 999):03}Z"
            f" ERROR client {rng.getrandbits(32):08x} request to {host} failed, attempt"
            f" {rng.randint(1, 9)}: {said}"
        )
        lines.append(line)
        size += len(line) + 1
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A catalogue of `size` made-up templates and noisy queries, each with the template meant."""

    templates: list[Template]
    queries: list[tuple[str, int]]

    @property
    def causes(self) -> list[str]:
        """The reason behind each template stands for its cause."""
        return [str(number // len(_WRAPPERS)) for number in range(len(self.templates))]


_WRAPPERS = (
    'Failed to pull image "{image}": {inner}',
    'Failed to pull image "{image}": rpc error: code = Unknown desc = {inner}',
    'failed to pull and unpack image "{image}": {inner}',
    'failed to resolve reference "{image}": {inner}',
    "Error response from daemon: {inner}",
    "error pulling image {image}: {inner}",
    "initializing source docker://{image}: {inner}",
    "copying config for {image}: {inner}",
    "reading manifest {tag} in {repository}: {inner}",
    "writing blob of {image}: {inner}",
    "{manifest-url}: {inner}",
    "fetching {blob-url}: {inner}",
)
_SAMPLES = {
    "image": "{host}/team/app:{tag}",
    "host": "{host}",
    "tag": "{tag}",
    "repository": "team/app",
    "manifest-url": "https://{host}/v2/team/app/manifests/{tag}",
    "blob-url": "https://{host}/v2/team/app/blobs/sha256:{digest}",
}


def synthetic(size: int, queries: int, seed: str = "fresh") -> Synthetic:
    """Twelve wrappers by `size` / 12 random reasons; queries carry noise as real pastes do.

    70 % have an event's prefix, 25 % one or two typos, 25 % lines around them, and 10 % lack the
    last 5 % of their text.
    """
    rng = random.Random(seed)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(4, 10)))
             for _ in range(3000)]  # fmt: skip
    inners = [" ".join(rng.choices(words, k=rng.randint(4, 9))) for _ in range(-(-size // 12))]
    sources = [wrapper.replace("{inner}", inner) for inner in inners for wrapper in _WRAPPERS][
        :size
    ]
    asked = [
        (_noisy(sources[number], rng), number)
        for number in (rng.randrange(size) for _ in range(queries))
    ]
    return Synthetic([templates.parse(source) for source in sources], asked)


def _noisy(source: str, rng: random.Random) -> str:
    host = f"registry-{rng.randint(1, 999)}.example.com"
    tag = f"{rng.randint(0, 9)}.{rng.randint(0, 99)}"
    text = source
    for kind, sample in _SAMPLES.items():
        value = sample.format(host=host, tag=tag, digest=f"{rng.getrandbits(256):064x}")
        text = text.replace(f"{{{kind}}}", value)
    if rng.random() < 0.25:
        for _ in range(rng.randint(1, 2)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + text[at + 1 :]
    if rng.random() < 0.7:
        text = f"  Warning  Failed  {rng.randint(1, 59)}s (x4 over 2m)  kubelet  {text}"
    if rng.random() < 0.25:
        text = f"  Normal  Scheduled  1m  default-scheduler  Successfully assigned\n{text}\n  done"
    if rng.random() < 0.1:
        text = text[: int(len(text) * 0.95)]
    return text
