"""The whole service before some hundred generated cases, signed by test cards; the campaign sends ten thousand."""

from fuzzing.api import fuzz
from fuzzing.bugs import errors_logged
from ordonum.cli.system import System

SEED, CASES, PASSED_MIN, NEVER_DONE_MAX = 20261116, 220, 0.3, 2


def test_whatever_the_document_allows_or_forbids_is_answered_as_it_says(system: System) -> None:
    with errors_logged() as errors:
        tally = fuzz(system, cases=CASES, seed_used=SEED)
    print(f"\n{tally}")
    assert tally.failures == []
    assert errors == []
    assert tally.passed.total() >= PASSED_MIN * tally.cases
    assert all(
        tally.passed[name] for name in tally.sent
    )  # each operation decided something; the campaign wants each done
    assert sum(not tally.accepted[name] for name in tally.sent) <= NEVER_DONE_MAX
