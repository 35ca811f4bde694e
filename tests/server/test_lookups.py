"""The look-ups of the prescribing assistance: public facts and pure functions behind a token; nothing of a body stays."""

from typing import Any

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


def test_a_medicine_is_found_as_it_is_typed(system: System, bearer: str) -> None:
    told = _get(system, "/v1/drugs/search", bearer, q="doliprane 1000").json()
    assert told["found"]["names"][0]["name"].startswith("DOLIPRANE")
    assert_problem(_get(system, "/v1/drugs/search", bearer, q=""), "unreadable")
    assert_problem(_get(system, "/v1/drugs/search", bearer, q="x" * 201), "unreadable")
    assert_problem(_get(system, "/v1/drugs/search", bearer), "unreadable")


def test_a_dosage_is_read_and_said_back(system: System, bearer: str) -> None:
    told = post(system, "/v1/dosage/read", {"text": "1-0-1 30j", "unit": "tablet"}, bearer=bearer).json()
    assert told["shown"] == "1 comprimé le matin et 1 comprimé le soir, pendant 30 jours"
    said = post(system, "/v1/dosage/say", {"dosage": told["dosage"], "in_words": True}, bearer=bearer).json()
    assert said["sentence"] == "un comprimé le matin et un comprimé le soir, pendant trente jours"
    left = post(system, "/v1/dosage/read", {"text": "1 cp zorglub"}, bearer=bearer).json()
    assert (left["dosage"], left["left"]) == (None, ["zorglub"])


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/dosage/read", {"text": "x" * 3_000}, "unreadable"),
        ("/v1/dosage/read", {"text": "1 cp", "surname": "Durand"}, "unreadable"),
        ("/v1/dosage/read", b"x" * 20_000, "too-large"),
        ("/v1/dosage/say", {"dosage": {"steps": [{"dose": {"amount": "beaucoup", "unit": "tablet"}}]}}, "unreadable"),
        ("/v1/dosage/say", {"dosage": {"steps": [{"turn": 2}]}}, "unreadable"),
    ],
)
def test_what_is_no_dosage_is_refused_by_its_name(system: System, bearer: str, path: str, body: Any, code: str) -> None:
    assert_problem(post(system, path, body, bearer=bearer), code)
