"""A million texts at the reader of dosages, and what a character costs it as texts grow to its bound."""

import time

from hypothesis import HealthCheck, given, settings
from scale import scaled, seeded, told

from dosages import dosages
from fuzzing.dosages import DOSAGE
from fuzzing.playing import play
from ordonum.model.dosage import Dosage
from ordonum.texts.dosage import read, say
from ordonum.texts.dosage.reading import TEXT_MAX

MANY = 1_000_000
UNITS = (
    "1 cp matin ",
    "si douleur ",
    "1-",
    "½",
    "un ",
    "vingt et ",
    "/",
    "1 ",
    "(",
    "puis ",
    "1,",
    "é",
    "1 cp 3x/j puis ",
    "soit 1 cp ",
)
RATIO_MAX = 4.0


def test_no_text_of_dosage_makes_the_reader_stumble() -> None:
    seed, _ = seeded()
    played = play(DOSAGE, scaled(MANY), seed)
    print(f"\nseed {seed}: {played}")
    assert played.failures == []
    assert 0 < played.accepted < played.inputs


@settings(max_examples=scaled(5_000), deadline=None, suppress_health_check=list(HealthCheck))
@given(dosages())
def test_what_is_said_of_any_structure_is_read_back(dosage: Dosage) -> None:
    for in_words in (False, True):
        assert read(say(dosage, in_words=in_words)).dosage == dosage


def test_a_character_costs_no_more_in_a_long_dosage() -> None:
    with told("dosage, time by length") as counts:
        for unit in UNITS:
            middle, large = (_ns_a_character(unit, size) for size in (TEXT_MAX // 8, TEXT_MAX))
            counts[unit.strip()] = f"{middle:.0f}→{large:.0f} ns"
            assert large < RATIO_MAX * middle
        for size in (10_000, 100_000, 1_000_000):
            counts[f"{size} characters"] = f"{_ns_a_character('1 cp matin ', size) * size / 1000:.0f} µs"


def _ns_a_character(unit: str, size: int) -> float:
    """The best of some readings."""
    text = (unit * size)[:size]
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter_ns()
        read(text)
        best = min(best, time.perf_counter_ns() - began)
    return best / size
