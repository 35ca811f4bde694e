"""How large the proofs are, with which seed, and how they tell what they did."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

SCALE = float(os.environ.get("ORDONUM_CAMPAIGN_SCALE", "1"))


def scaled(n: int) -> int:
    """This many, times ORDONUM_CAMPAIGN_SCALE (a float, 1 if it is not set); never less than one."""
    return max(1, round(n * SCALE))


def seeded() -> tuple[int, random.Random]:
    """The seed of a proof (ORDONUM_CAMPAIGN_SEED, else drawn) and the chance that it makes."""
    seed = int(os.environ.get("ORDONUM_CAMPAIGN_SEED") or random.SystemRandom().randrange(2**32))
    return seed, random.Random(seed)


@contextmanager
def told(proof: str, seed: int | None = None) -> Iterator[dict[str, object]]:
    """Print a proof's seed, what was put into the yielded counts, and its seconds, even when it fails."""
    counts: dict[str, object] = {}
    begun = time.monotonic()
    try:
        yield counts
    finally:
        said = "  ".join(f"{name}={value}" for name, value in counts.items())
        drawn = "" if seed is None else f"  seed={seed}"
        print(f"\n[{proof}]{drawn}  scale={SCALE:g}  {said}  seconds={time.monotonic() - begun:.1f}", flush=True)
