"""The parsers before mutated inputs, a few: the campaign throws a million. Only the documented exceptions come out."""

import pytest

from fuzzing.jsons import NATIVE
from fuzzing.pictures import pictures
from fuzzing.playing import Target, play
from fuzzing.signed import signed_by_a_card
from fuzzing.texts import INS, KEYBOARD, NUMBER, QR

SEED = 20261116
FEW = {NUMBER: 5_000, QR: 4_000, KEYBOARD: 4_000, INS: 2_000, NATIVE: 3_500}


@pytest.mark.parametrize(
    ("target", "inputs"), FEW.items(), ids=lambda each: each.name if isinstance(each, Target) else ""
)
def test_a_parser_reads_or_refuses_by_name_and_writes_the_same_again(target: Target, inputs: int) -> None:
    played = play(target, inputs, SEED)
    assert played.failures == []
    assert 0 < played.accepted < played.inputs  # both ways were gone


def test_what_claims_to_be_signed_is_taken_apart_or_refused_by_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    for target in signed_by_a_card(tmp_path_factory.mktemp("cards")).targets():
        played = play(target, 500, SEED)
        assert played.failures == []
        assert 0 < played.accepted < played.inputs


def test_a_file_that_should_be_a_picture_is_read_or_refused_in_words() -> None:
    played = play(pictures(), 60, SEED)
    assert played.failures == []
    assert 0 < played.accepted < played.inputs
