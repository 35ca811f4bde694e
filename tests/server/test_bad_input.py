"""Whatever is sent gets a named refusal whose effect is true; never a bug, never a value that was sent."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client, prepare
from ordonum.model.acts import ByOwnAct, ExecuteRequest
from ordonum.wire import native
from ordonum.wire.assertion import GRANT_TYPE
from raw import assert_problem, post, token

PATHS = ("/v1/register", "/v1/consult", "/v1/execute", "/v1/cancel", "/v1/executions")
MARK = "MARQUESECRETE"

HOSTILE: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"\xff\xfe\x00",
    b'{"number": "\\ud800"}',
    b'{"number": "\\u0000"}',
    b'{"number": 1e400}',
    b'{"number": NaN}',
    b"[" * 60_000,
    b'{"a":' * 12_000,
    b'{"number": ' + b"9" * 50_000 + b"}",
    json.dumps({MARK: MARK, "number": MARK}).encode(),
)


@pytest.mark.parametrize("path", PATHS)
def test_hostile_bodies_are_refused_by_name_without_their_values(system: System, doctor: Client, path: str) -> None:
    bearer = token(doctor, system)
    for body in HOSTILE:
        answer = post(system, path, body, bearer=bearer)
        assert_problem(answer, "unreadable")
        assert MARK not in answer.text


def _mutations(value: Any) -> list[tuple[str, Any]]:
    """Every place of a value, with every wrong thing that can stand there."""
    wrong: list[Any] = [None, True, -1, 10**30, 1.5, "", MARK, [], {}, [MARK], {MARK: MARK}, "é" * 5000]
    places: list[tuple[str, Any]] = []

    def walk(inside: Any, path: tuple[Any, ...]) -> None:
        places.append(("/".join(map(str, path)), path))
        items = inside.items() if isinstance(inside, dict) else enumerate(inside) if isinstance(inside, list) else ()
        for key, each in items:
            walk(each, (*path, key))

    walk(value, ())
    made = []
    for name, path in places[1:]:
        for each in wrong:
            copy = json.loads(json.dumps(value))
            spot = copy
            for key in path[:-1]:
                spot = spot[key]
            spot[path[-1]] = each
            made.append((f"{name}={str(each)[:10]}", copy))
    return made


def test_every_field_of_every_request_replaced_by_anything_is_answered_truly(
    system: System, doctor: Client, pharmacy: Client
) -> None:
    """Each with the token of whom the act belongs to; and what was not recorded is really not there."""
    done = doctor.prescribe(a_prescription(lines=(a_medicine(quantity=boxes(9)),)))
    assert done.number is not None
    bearers = {path: token(pharmacy if path in ("/v1/execute", "/v1/consult") else doctor, system) for path in PATHS}
    requests = {
        "/v1/execute": json.loads(
            native.write(ExecuteRequest(number=done.number, execution=an_execution(delivered(1, boxes(1)))))
        ),
        "/v1/register": json.loads(prepare.registration(a_prescription(), doctor.card, doctor.software).body),
        "/v1/consult": {"number": str(done.number), "origin": "paper"},
        "/v1/cancel": {
            "prescription": {"by": "number", "number": str(done.number)},
            "cancellation": {"act_id": "8c5a1c1e-5a0b-4a35-8d2e-1f0a7a3a9f11", "reason": "death"},
        },
        "/v1/executions": {
            "prescription": {"by": "own-act", "register_act_id": "8c5a1c1e-5a0b-4a35-8d2e-1f0a7a3a9f11"}
        },
    }
    recorded = 0
    for path, request in requests.items():
        for name, body in _mutations(request):
            answer = post(system, path, body, bearer=bearers[path])
            recorded += path == "/v1/execute" and answer.status_code == 201
            assert answer.status_code < 500, (path, name)
            assert MARK not in answer.text or answer.status_code in (200, 201), (path, name)
            if answer.status_code >= 400:
                assert_problem(answer)
    acts = doctor.executions(ByOwnAct(done.act_id)).executions
    assert len(acts) == recorded


def test_a_body_too_large_is_refused_even_when_its_length_is_not_announced(system: System, doctor: Client) -> None:
    bearer = token(doctor, system)
    assert_problem(post(system, "/v1/consult", b'"' + b"x" * 300_000 + b'"', bearer=bearer), "too-large")


@pytest.mark.parametrize(
    "body",
    [b"", b"%%%", b"a=b", b"grant_type=x&assertion=y", f"grant_type={GRANT_TYPE}".encode(), b"\xff", b"&" * 5000]
    + [f"grant_type={GRANT_TYPE}&assertion={each}".encode() for each in ("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.")],
)
def test_the_token_endpoint_refuses_nonsense_by_name(system: System, body: bytes) -> None:
    answer = post(system, "/v1/token", body, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert_problem(answer, "bad-assertion")


def test_unknown_addresses_and_methods_are_problems_too(system: System) -> None:
    assert_problem(post(system, "/v1/nothing", b""), "no-such-page")
    import httpx2

    assert_problem(httpx2.get(f"{system.url}/v1/consult"), "wrong-method")
    assert_problem(httpx2.delete(f"{system.url}/v1/register"), "wrong-method")


def test_a_mistyped_number_is_told_apart_from_an_unknown_one(system: System, doctor: Client, pharmacy: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    typed = number[:-1] + ("B" if number[-1] != "B" else "C")
    body = {"number": typed, "origin": "paper"}
    told = assert_problem(post(system, "/v1/consult", body, bearer=token(pharmacy, system)), "unreadable")
    assert [each["code"] for each in told["errors"]] == ["wrong-check-symbol"]
    assert typed not in json.dumps(told)


def test_a_body_that_does_not_say_its_length_is_bounded_too(system: System, doctor: Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    headers = {"Authorization": f"Bearer {token(doctor, system)}"}
    answer = httpx2.post(f"{system.url}/v1/consult", content=endless(), headers=headers)
    assert_problem(answer, "too-large")


def test_no_answer_may_be_kept_on_the_way(system: System, doctor: Client, pharmacy: Client) -> None:
    number = doctor.prescribe(a_prescription()).number
    body = {"number": str(number), "origin": "paper"}
    for answer in (post(system, "/v1/consult", body, bearer=token(pharmacy, system)), post(system, "/v1/consult", {})):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
