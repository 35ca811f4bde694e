"""How a parser is fuzzed: what it is fed, how often, what counts as a failure, how much memory it may take."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct

WARM = 0.2  # the share of a run after which memory is first looked at
RSS_GROWTH_MAX = 48_000_000  # bytes


def must(holds: bool, what: str) -> None:
    """What must hold of an answer or of a refusal. Raises AssertionError."""
    if not holds:
        raise AssertionError(what)


class Target(Struct, frozen=True):
    """A parser: what makes an input of it by chance, and what tries it. `tried` says whether the input was accepted.

    Whatever else comes out of `tried` than an answer is a failure.
    """

    name: str
    make: Callable[[Random], Any]
    tried: Callable[[Any], bool]


class Outcome(Struct):
    """What became of the inputs of a target."""

    name: str
    inputs: int
    accepted: int
    seconds: float
    rss_growth: int
    failures: list[str]

    def __str__(self) -> str:
        return (
            f"{self.name:<22} {self.inputs:>9,} inputs, {self.accepted:>8,} accepted, {self.seconds:6.1f} s, "
            f"resident memory {self.rss_growth / 1e6:+.1f} MB, {len(self.failures)} failures"
        )


def play(target: Target, inputs: int, seed_used: int) -> Outcome:
    """Throw that many inputs at a parser. A failure holds the input; its seed and rank draw it again."""
    chance, failures, accepted = Random(f"{target.name}/{seed_used}"), [], 0
    started, resident = time.monotonic(), _resident()
    for rank in range(inputs):
        if rank == int(inputs * WARM):
            resident = _resident()
        given = target.make(chance)
        try:
            accepted += target.tried(given)
        except Exception as failure:  # whatever comes out is what is looked for
            failures.append(f"{target.name}, seed {seed_used}, input {rank}: {failure!r} of {given!r:.800}")
            if len(failures) == 20:
                break
    grown = _resident() - resident
    if grown > RSS_GROWTH_MAX:
        failures.append(f"{target.name}, seed {seed_used}: resident memory grew by {grown / 1e6:.0f} MB")
    return Outcome(target.name, inputs, accepted, time.monotonic() - started, grown, failures)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
