"""Ten thousand cases that schemathesis makes from our own document, signed by test cards, at the real service."""

import json
from collections.abc import Callable

import pytest
from scale import scaled, seeded

from fuzzing.api import fuzz
from fuzzing.bugs import errors_logged
from ordonum.cli.system import System
from road import road_to

CASES, PASSED_MIN = 10_000, 0.3
CASES_TO_FIND = 120


def test_ten_thousand_signed_cases_meet_no_bug_and_are_answered_as_the_document_says(own_system: System) -> None:
    seed, _ = seeded()
    with errors_logged() as errors:
        tally = fuzz(own_system, cases=scaled(CASES), seed_used=seed)
    print(f"\n{tally}")
    assert tally.failures == []
    assert errors == []
    assert tally.passed.total() >= PASSED_MIN * tally.cases


# The instrument can fail: services with a fault planted on their road ------------------------------------------------

Reply = bool | tuple[int, bytes]
_PROBLEM = {
    "type": "urn:ordonum:refus:unreadable",
    "title": "x",
    "status": 422,
    "code": "unreadable",
    "effect": "none",
    "retry": "never",
    "instance": "urn:uuid:x",
    "errors": [],
}


def _stumbles_on_a_rare_field(path: str, body: bytes) -> Reply:
    """A bug where an execution says under which rule it goes on."""
    return (500, b'{"detail": "KeyError"}') if path == "/v1/execute" and b'"rule_reason": "' in body else True


def _forgets_a_field(path: str, _: bytes) -> Reply:
    """An answer that is not what the document says."""
    return (200, b'{"status": "to-execute"}') if path == "/v1/executions" else True


def _asks_for_no_token(path: str, _: bytes) -> Reply:
    """An operation that answers anybody."""
    return (200, b"{}") if path == "/v1/consult" else True


def _repeats_what_was_said(path: str, body: bytes) -> Reply:
    """A refusal that holds the number."""
    if path != "/v1/invoice":
        return True
    return 422, json.dumps({**_PROBLEM, "detail": body.decode(errors="replace")}).encode()


def _tells_of_its_insides(path: str, _: bytes) -> Reply:
    """A refusal with a stack."""
    told = {**_PROBLEM, "detail": 'Traceback (most recent call last): File "door.py", line 3, in x'}
    return (422, json.dumps(told).encode()) if path == "/v1/cancel" else True


def _takes_anything(path: str, _: bytes) -> Reply:
    """A service that accepts what its document forbids."""
    return (201, b"{}") if path == "/v1/delegations" else True


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (_stumbles_on_a_rare_field, "answered 500"),
        (_forgets_a_field, "JsonSchemaError"),
        (_asks_for_no_token, "IgnoredAuth"),
        (_repeats_what_was_said, "a secret of the request"),
        (_tells_of_its_insides, "tells of our insides"),
        (_takes_anything, "AcceptedNegativeData"),
    ],
)
def test_a_planted_fault_of_the_service_is_found(
    system: System, planted: Callable[[str, bytes], Reply], found: str
) -> None:
    with road_to(system) as road:
        road.rule = planted
        tally = fuzz(system, cases=CASES_TO_FIND, seed_used=1, url=road.url)
    seen = [each for each in tally.failures if found in each.split("\n")[0]]
    print(f"\n{len(seen)} of {len(tally.failures)} failures, in {tally.cases} cases: {seen[0][:200] if seen else '-'}")
    assert seen
