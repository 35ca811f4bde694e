"""More than a million mutated inputs at the parsers, and what a byte costs them as texts grow."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from scale import scaled, seeded

from fuzzing.jsons import NATIVE
from fuzzing.linear import LIMIT, RATIO_MAX, Growing, families, measure
from fuzzing.mutators import mutate_text
from fuzzing.pictures import pictures
from fuzzing.playing import Target, play
from fuzzing.signed import signed_by_a_card
from fuzzing.texts import INS, KEYBOARD, NUMBER, QR, TYPED
from ordonum.model.identifiers import Malformed
from ordonum.model.number import EpuId

MANY = {NUMBER: 400_000, QR: 400_000, KEYBOARD: 150_000, INS: 100_000, NATIVE: 110_000}
OF_EACH_SIGNED, PICTURES = 12_000, 3_000


@pytest.mark.parametrize(
    ("target", "inputs"), MANY.items(), ids=lambda each: each.name if isinstance(each, Target) else ""
)
def test_no_mutated_input_makes_a_parser_stumble(target: Target, inputs: int) -> None:
    seed, _ = seeded()
    played = play(target, scaled(inputs), seed)
    print(f"\nseed {seed}: {played}")
    assert played.failures == []
    assert 0 < played.accepted < played.inputs


def test_no_mutated_signature_or_certificate_makes_a_parser_stumble(tmp_path_factory: pytest.TempPathFactory) -> None:
    seed, _ = seeded()
    for target in signed_by_a_card(tmp_path_factory.mktemp("cards")).targets():
        played = play(target, scaled(OF_EACH_SIGNED), seed)
        print(f"\nseed {seed}: {played}")
        assert played.failures == []
        assert 0 < played.accepted < played.inputs


def test_no_mutated_file_makes_the_reader_of_pictures_stumble() -> None:
    seed, _ = seeded()
    played = play(pictures(), scaled(PICTURES), seed)
    print(f"\nseed {seed}: {played}")
    assert played.failures == []
    assert 0 < played.accepted < played.inputs


def test_a_byte_costs_no_more_in_a_long_text_than_in_a_middling_one() -> None:
    found = [measure(each) for each in families()]
    found.sort(key=lambda each: -each.ratio)
    print(f"\n{len(found)} families; the ten whose bytes cost most more at the limit than at an eighth of it:")
    for each in found[:10]:
        print(each)
    print("the ten whose bytes cost most at the limit:")
    for each in sorted(found, key=lambda each: -each.large)[:10]:
        print(each)
    assert [str(each) for each in found if each.ratio > RATIO_MAX] == []


# Each instrument can fail: faults planted on purpose -----------------------------------------------------------------


def _forgets_an_exception(text: str) -> bool:
    """A number's parser that meets a rare letter unprepared."""
    try:
        EpuId.read(text)
    except Malformed:
        return {"ß": 0}.get(text[:1], 1 // ("Ω" not in text)) == 1
    return True


def _reads_something_else(text: str) -> bool:
    """A parser that takes a number whose check symbol is another's."""
    if re.fullmatch(r"N[BCDEFGHJKLNPRSTUVX23456789]{17}", text) is None:
        return False
    assert EpuId(text) == text
    return True


_KEPT: list[str] = []


def _keeps_all(text: str) -> bool:
    """A parser that keeps what it was given."""
    _KEPT.append(text * 300)
    return len(text) % 2 == 0


@pytest.mark.parametrize("planted", [_forgets_an_exception, _reads_something_else, _keeps_all])
def test_planted_faults_of_parsers_are_found(planted: Callable[[str], bool]) -> None:
    played = play(Target("planted", lambda chance: mutate_text(chance, TYPED), planted), 20_000, 1)
    _KEPT.clear()
    assert played.failures
    print(f"\nfound: {played.failures[0][:160]}")


def test_a_planted_fault_is_drawn_again_by_its_seed() -> None:
    target = Target("planted", lambda chance: mutate_text(chance, TYPED), _forgets_an_exception)
    first, again = play(target, 20_000, 5), play(target, 20_000, 5)
    assert first.failures == again.failures != []


def _quadratic(text: str) -> Any:
    """Blanks before an end that does not come: each is a new start."""
    return re.search(r"\s+$", text)


def _quadratic_names(body: bytes) -> Any:
    """Names looked up one by one in those before."""
    seen: list[str] = []
    for name in json.loads(body):
        if name not in seen:
            seen.append(name)
    return seen


@pytest.mark.parametrize(
    ("name", "parse", "made", "limit"),
    [
        ("planted regex", _quadratic, lambda size: " " * (size - 1) + "x", 16_384),
        (
            "planted search",
            _quadratic_names,
            lambda size: json.dumps([f"{n:08}" for n in range(size // 12)]).encode(),
            LIMIT // 8,
        ),
    ],
)
def test_a_planted_quadratic_parser_is_found(
    name: str, parse: Callable[[Any], Any], made: Callable[[int], Any], limit: int
) -> None:
    found = measure(Growing(name, parse, made, limit))
    print(f"\n{found}")
    assert found.ratio > RATIO_MAX


def test_mutators_repeat_themselves_by_seed_alone() -> None:
    def some(seed: int) -> list[str]:
        chance = Random(seed)
        return [mutate_text(chance, TYPED) for _ in range(50)]

    assert some(3) == some(3) != some(4)
