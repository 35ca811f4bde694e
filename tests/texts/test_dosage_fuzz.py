"""No text makes the reader of dosages stumble, and none holds it long. The full size is in the campaign."""

import time

import pytest

from fuzzing.dosages import DOSAGE
from fuzzing.playing import play
from ordonum.texts.dosage import read

SEED = 1


def test_no_text_makes_the_reader_stumble_and_what_it_understands_is_read_back() -> None:
    played = play(DOSAGE, 1_000, SEED)
    assert played.failures == []
    assert 0 < played.accepted < played.inputs


@pytest.mark.parametrize(
    "unit",
    [
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
        "si ",
        "1 cp 3x/j puis ",
    ],
)
def test_a_long_text_is_kept_in_bounded_time(unit: str) -> None:
    for length in (2_000, 1_000_000):
        began = time.process_time()
        read((unit * length)[:length])
        assert time.process_time() - began < 1.5
