"""The look-ups of the prescribing assistance: public facts and pure functions behind a token; nothing of a body stays."""

import httpx2
import pytest

from ordonum.cli.system import System
from raw import assert_problem, post, token

DOLIPRANE, DOLIPRANE_BOX = "60234100", "3400935955838"


def _get(system: System, path: str, bearer: str | None, **query: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer is not None else {}
    return httpx2.get(system.url + path, params=query or None, headers=headers)


@pytest.fixture(scope="module")
def bearer(system: System) -> str:
    with system.client("dr-martin") as doctor:
        return token(doctor, system)


def test_a_medicine_is_told_by_its_speciality_or_by_its_box(system: System, bearer: str) -> None:
    told = _get(system, f"/v1/drugs/{DOLIPRANE}", bearer).json()
    assert told["speciality"]["name"].startswith("DOLIPRANE 1000 mg")
    assert told["presentation"] is None
    boxed = _get(system, f"/v1/drugs/{DOLIPRANE_BOX}", bearer).json()
    assert (boxed["speciality"]["cis"], boxed["presentation"]) == (DOLIPRANE, DOLIPRANE_BOX)
    assert boxed["edition"]["whole"] is False


@pytest.mark.parametrize("code", ["69999999", "3400900000000"])
def test_a_code_that_nobody_knows_is_said_unknown(system: System, bearer: str, code: str) -> None:
    assert_problem(_get(system, f"/v1/drugs/{code}", bearer), "unknown-drug")


@pytest.mark.parametrize("code", ["1", "602341000", "6023410a", "60234100%0A"])
def test_a_code_of_no_shape_is_unreadable(system: System, bearer: str, code: str) -> None:
    told = assert_problem(_get(system, f"/v1/drugs/{code}", bearer), "unreadable")
    assert [each["at"] for each in told["errors"]] == ["$.code"]


def test_who_has_no_token_is_told_so(system: System) -> None:
    assert_problem(_get(system, f"/v1/drugs/{DOLIPRANE}", None), "no-token")
    assert_problem(_get(system, f"/v1/drugs/{DOLIPRANE}", "x.y.z"), "no-token")


def test_a_field_that_is_not_asked_for_is_refused(system: System, bearer: str) -> None:
    assert_problem(_get(system, f"/v1/drugs/{DOLIPRANE}", bearer, surname="Durand"), "unreadable")


def test_the_method_is_the_one_that_is_published(system: System, bearer: str) -> None:
    assert_problem(post(system, f"/v1/drugs/{DOLIPRANE}", {}, bearer=bearer), "wrong-method")
