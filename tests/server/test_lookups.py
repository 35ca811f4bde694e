"""The look-ups of the prescribing assistance: public facts and pure functions behind a token; nothing of a body stays."""

import asyncio
import logging
import threading
from typing import Any

import httpx2
import pytest

from base import owner_fetches
from ordonum.cli.system import System
from ordonum.model.refusals import Refusal, Refused
from ordonum.server.api import lookups
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
        ("/v1/dosage/say", {"dosage": {"steps": [{"dose": {"amount": "1e-9999", "unit": "ml"}}]}}, "unreadable"),
        ("/v1/dosage/say", {"dosage": {"steps": [{"rate": {"amount": "NaN", "unit": "ml"}}]}}, "unreadable"),
    ],
)
def test_what_is_no_dosage_is_refused_by_its_name(system: System, bearer: str, path: str, body: Any, code: str) -> None:
    assert_problem(post(system, path, body, bearer=bearer), code)


MARK = "zygomycine du tiroir"
ASKED: dict[str, Any] = {
    "day": "2026-11-22",
    "lines": [
        {
            "kind": "medicine",
            "rank": 1,
            "label": f"IBUPROFENE 400 mg, {MARK}",
            "cip13": "3400937656313",
            "substances": [{"name": "ibuprofène"}],
            "dosage": "1 comprimé matin, midi et soir",
            "duration_days": 5,
        }
    ],
    "subject": {"pregnant": True, "pregnant_weeks": 30, "allergies": [{"name": MARK}], "clearance": "61.5"},
    "treatments": [{"label": MARK}],
}


def test_lines_are_assessed_with_their_prices(system: System, bearer: str) -> None:
    told = post(system, "/v1/assess", ASKED, bearer=bearer).json()
    assert ("pregnancy", "stop") in {(each["kind"], each["level"]) for each in told["assessment"]["alerts"]}
    assert told["prices"]["lines"][0]["boxes"] == 1
    assert told["prices"]["total"] == told["prices"]["lines"][0]["box"]


@pytest.mark.parametrize(
    ("clearance", "at"),
    [
        (22, None),
        (22.5, None),
        ("22", None),
        ("22 ml/min", "$.subject.clearance"),
        (True, "$.subject.clearance"),
        (900, "$.subject"),
    ],
)
def test_a_clearance_is_a_number_with_or_without_quotes_and_another_is_told_by_its_name(
    system: System, bearer: str, clearance: Any, at: str | None
) -> None:
    asked = ASKED | {"subject": ASKED["subject"] | {"clearance": clearance}}
    told = post(system, "/v1/assess", asked, bearer=bearer).json()
    assert [(each["at"], "nombre" in each["detail"]) for each in told.get("errors", ())] == ([(at, True)] if at else [])
    del asked["day"]  # one fault makes no other of what is right
    again = post(system, "/v1/assess", asked, bearer=bearer).json()["errors"]
    assert [each["at"] for each in again] == ["$.day", *filter(None, [at])]


def test_no_word_of_what_is_assessed_stays_in_the_database_the_log_or_the_figures(
    system: System, bearer: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        before = _rows(system)
        assert post(system, "/v1/assess", ASKED, bearer=bearer).status_code == 200
        assert_problem(post(system, "/v1/assess", ASKED | {"lines": [{"label": MARK}]}, bearer=bearer), "unreadable")
        assert post(system, "/v1/dosage/read", {"text": MARK}, bearer=bearer).status_code == 200
        assert _get(system, "/v1/drugs/search", bearer, q=MARK).status_code == 200
    assert _rows(system) == before
    assert MARK not in caplog.text
    scraped = httpx2.get(f"{system.url}/metrics").text
    assert MARK not in scraped
    assert 'operation="assess"' in scraped


@pytest.mark.parametrize("named", ["surname", "first_name", "nir", "ins", "patient", "number"])
def test_nothing_that_names_the_patient_is_taken(system: System, bearer: str, named: str) -> None:
    for body in (ASKED | {named: "x"}, ASKED | {"subject": {named: "x"}}):
        assert_problem(post(system, "/v1/assess", body, bearer=bearer), "unreadable")
    treatment = ASKED | {"treatments": [{"label": "x", named: "x"}]}
    assert_problem(post(system, "/v1/assess", treatment, bearer=bearer), "unreadable")


def test_what_is_too_long_or_of_no_shape_is_refused_by_its_name(system: System, bearer: str) -> None:
    assert_problem(post(system, "/v1/assess", b"[" * 300_000, bearer=bearer), "too-large")
    assert_problem(
        post(system, "/v1/assess", ASKED | {"subject": {"clearance": "beaucoup"}}, bearer=bearer), "unreadable"
    )
    assert_problem(post(system, "/v1/assess", ASKED | {"subject": {"clearance": "NaN"}}, bearer=bearer), "unreadable")
    assert_problem(post(system, "/v1/assess", ASKED | {"day": "hier"}, bearer=bearer), "unreadable")


def _rows(system: System) -> dict[str, int]:
    """How many rows each table of the service has."""
    tables = owner_fetches(system, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return {
        each["tablename"]: owner_fetches(system, f"SELECT count(*) AS many FROM {each['tablename']}")[0]["many"]
        for each in tables
    }


def test_a_queue_that_grows_is_refused_and_the_event_loop_goes_on() -> None:
    release = threading.Event()

    async def crowd() -> int:
        threads = lookups.LookupThreads()
        waiting = [asyncio.create_task(threads.run(release.wait)) for _ in range(lookups.WAITING_MAX)]
        await asyncio.sleep(0)  # the loop goes on while they wait
        with pytest.raises(Refused) as refused:
            await threads.run(release.wait)
        assert refused.value.refusal is Refusal.UNAVAILABLE
        release.set()
        await asyncio.gather(*waiting)
        return await threads.run(lambda: 7)

    assert asyncio.run(crowd()) == 7
