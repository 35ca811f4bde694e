"""A thousand marked patients: nobody can be named by anything that is left, and each planted leak is found."""

import os
import secrets
import time
from pathlib import Path

from scale import scaled

from base import embedded_only
from nobody import nobody_is_named, planted_leaks_are_found, scene

PEOPLE, PEOPLE_MIN = 1_000, 24


@embedded_only
def test_a_thousand_marked_patients_cannot_be_named(tmp_path: Path) -> None:
    seed = int(os.environ.get("ORDONUM_CAMPAIGN_SEED") or secrets.randbelow(10**9))
    start = time.monotonic()
    with scene(tmp_path, max(PEOPLE_MIN, scaled(PEOPLE)), seed) as played:
        lived = time.monotonic()
        told = nobody_is_named(played, tmp_path / "dumps")
        searched = time.monotonic()
        planted = planted_leaks_are_found(played, tmp_path / "dumps")
    print(f"\nseed {seed}: {told}: nobody named; {planted} planted leaks, all found")
    print(f"  acts {lived - start:.0f} s, search {searched - lived:.0f} s, planted {time.monotonic() - searched:.0f} s")
    print("  answers: " + ", ".join(f"{name} {n}" for name, n in sorted(played.practice.counts.items())))
