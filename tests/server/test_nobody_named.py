"""Nobody can be named by what is left on the disk; the same search finds what is planted (tests/campaign: a thousand)."""

from pathlib import Path

from base import embedded_only
from nobody import nobody_is_named, planted_leaks_are_found, scene

PEOPLE = 24


@embedded_only
def test_nobody_is_named_by_what_is_left_and_what_is_planted_is_found(tmp_path: Path) -> None:
    with scene(tmp_path, PEOPLE, seed=20_261_122) as played:
        nobody_is_named(played, tmp_path / "dumps")
        assert planted_leaks_are_found(played, tmp_path / "dumps") >= 5
