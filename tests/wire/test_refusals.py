"""The list of refusals as people and software read it."""

import re

import pytest

from ordonum.model.refusals import RECORDED_SENTENCE, Effect, Kind, Refusal, Refused, Retry
from ordonum.wire import native, problem


@pytest.mark.parametrize("refusal", list(Refusal), ids=lambda r: r.code)
def test_each_refusal_says_what_happened_whether_anything_was_recorded_and_what_to_do(refusal: Refusal) -> None:
    told = problem.problem(Refused(refusal), reference="essai")
    assert RECORDED_SENTENCE[refusal.value.effect] in told.detail
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", told.code)
    assert told.detail.endswith(".")
    assert "{" not in told.detail
    assert 400 <= told.status < 600


def test_codes_are_unique() -> None:
    assert len({each.code for each in Refusal}) == len(Refusal)


def test_nothing_is_said_to_be_retried_blindly_unless_its_effect_allows_it() -> None:
    for each in Refusal:
        if each.value.effect is Effect.UNKNOWN:
            assert each.value.retry is Retry.SAME_ID, each
        if each.value.kind is Kind.INVALID:
            assert each.value.retry is Retry.NEVER, each


def test_a_problem_is_read_back_by_the_client() -> None:
    told = problem.problem(
        Refused(Refusal.MORE_THAN_LEFT, at="$.x", left="0 boîte", line=1, last="hier"), reference="r"
    )
    assert problem.read(native.write(told)) == told
    assert problem.refusal_of(told) is Refusal.MORE_THAN_LEFT
