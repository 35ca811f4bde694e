"""Replacing: the new registration and the end of the old in one call; both or neither, whatever happens."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from base import owner_runs
from desk import Desk, Written, refusals_of
from factories import a_medicine, a_patient, boxes, delivered
from ordonum.cli.system import System
from ordonum.model.acts import ByOwnAct, ExecuteRequest, RegisterRequest, ReplaceReceipt, ReplaceRequest
from ordonum.model.care import NursingLine
from ordonum.model.lines import Family
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.stopping import Cancellation, CancelReason, Replacement
from ordonum.sandbox import people
from ordonum.server.api.operations import REGISTER_REFUSALS
from ordonum.wire import commitment, jws, native
from raw import assert_problem, post

AUTHOR, MATE, OTHER, PHARMACY = "dr-martin", "remplacante-simon", "dr-leroy", "pharmacie-centre"
LEROY = next(who for name, who, _ in people.TEST_CARDS if name == OTHER)
AT_ONCE = 8
ELSEWHERE = {"outcome-unknown", "too-many-unknown"}
LESS = (a_medicine(1, quantity=boxes(1), label="A"), a_medicine(2, quantity=boxes(2), label="B"))


@pytest.fixture
def desk(system: System) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(system, stack)


def _replace(desk: Desk, who: str, old: Written, *lines: Line, **changes: Any) -> ReplaceRequest:
    """A replacement of this prescription; `changes` are those of the new one, unless the replacement has them."""
    stop = {key: changes.pop(key) for key in ("beyond_reason", "place_reason") if key in changes}
    wishes = {"replaces": old.act_id} | changes
    return ReplaceRequest(
        registration=desk.registration(who, *lines, **wishes),
        prescription=old.by_number,
        replacement=Replacement(act_id=uuid4(), reason=CancelReason.CHANGE_OF_REGIME, **stop),
    )


def test_what_was_delivered_stays_with_the_old_one_and_the_new_one_tells_of_it(desk: Desk) -> None:
    old = desk.prescribe(AUTHOR)
    done = desk.execute(PHARMACY, old.number, delivered(1, boxes(2)))
    request = _replace(desk, AUTHOR, old, *LESS)
    told = desk.done(AUTHOR, "replace", request)
    assert told["replacement"]["outcome"] == "rest-stopped"
    before, after = desk.seen(PHARMACY, old.number), desk.seen(PHARMACY, request.registration.number)
    assert (before.status.value, [each.given for each in before.remainders]) == ("replaced", [2, 0])
    assert before.replaced is not None
    assert [each.left for each in before.remainders] == [0, 0]
    assert (after.status.value, [each.left for each in after.remainders]) == ("registered", [1, 2])
    assert after.earlier is not None
    assert [each.act_id for each in after.earlier.executions] == [done.act_id]
    late = ExecuteRequest(number=old.number, execution=desk.execution())
    assert "remplacée le" in desk.refused(PHARMACY, "execute", late, "replaced", "$.number")["detail"]
    desk.execute(PHARMACY, request.registration.number, delivered(1))
    assert ("replace", "done") in desk.traced(old.number)
    assert ("register", "done") in desk.traced(request.registration.number)


def test_the_last_of_a_chain_tells_of_all_that_was_delivered_before_it(desk: Desk) -> None:
    old, made = desk.prescribe(AUTHOR), []
    for _ in range(3):
        made.append(desk.execute(PHARMACY, old.number, delivered(1, boxes(1))).act_id)
        request = _replace(desk, AUTHOR, old, *LESS, beyond_reason="boîte perdue")
        desk.done(AUTHOR, "replace", request)
        order = native.read(jws.payload_of(request.registration.jws), SignedOrder)
        old = Written(request.registration.number, order.act_id, "")
    found = desk.seen(PHARMACY, old.number).earlier
    assert found is not None
    assert [each.act_id for each in found.executions] == made


def test_named_by_ones_own_act_another_patients_deliveries_are_not_told(desk: Desk) -> None:
    for patient, told in ((a_patient(), True), (a_patient(first_name="Paul", birth_date="1990-01-02"), False)):
        old = desk.prescribe(AUTHOR)
        desk.execute(PHARMACY, old.number, delivered(1, boxes(2)))
        request = msgspec.structs.replace(_replace(desk, AUTHOR, old, *LESS, patient=patient), prescription=old.by_act)
        assert desk.send(AUTHOR, "replace", request).status_code == 201
        assert (desk.seen(PHARMACY, request.registration.number).earlier is not None) is told


def test_the_two_receipts_are_those_that_each_act_has_alone(desk: Desk) -> None:
    old = desk.prescribe(AUTHOR)
    request = _replace(desk, AUTHOR, old)
    both = native.read_own(desk.send(AUTHOR, "replace", request).content, ReplaceReceipt)
    again = desk.send(AUTHOR, "register", request.registration)
    assert (again.status_code, again.headers["Replayed"]) == (200, "true")
    assert again.content == native.write(both.registration)
    asked = {"prescription": old.by_number, "act_id": request.replacement.act_id}
    assert desk.send(AUTHOR, "recorded", asked).json()["receipt"] == json.loads(native.write(both.replacement))


def test_who_was_replaced_and_a_colleague_replace_too(desk: Desk) -> None:
    stood_in = desk.prescribe(AUTHOR, replaced=LEROY)
    desk.done(OTHER, "replace", _replace(desk, OTHER, stood_in))
    old = desk.prescribe(AUTHOR)
    desk.refused(MATE, "replace", _replace(desk, MATE, old), "colleague-reason-wanted", "$.place_reason")
    desk.done(MATE, "replace", _replace(desk, MATE, old, place_reason="elle est en congé"))


def test_each_refusal_of_a_replacement_is_met_and_nothing_is_recorded(desk: Desk) -> None:
    old, part, over, full, gone = (desk.prescribe(AUTHOR) for _ in range(5))
    paper = desk.write(AUTHOR)[0]
    desk.execute(PHARMACY, part.number, delivered(1, boxes(2)))
    desk.execute(PHARMACY, full.number, delivered(1, boxes(3)), delivered(2, boxes(2)))
    stop = Cancellation(act_id=uuid4(), reason=CancelReason.DEATH)
    assert desk.send(AUTHOR, "cancel", {"prescription": over.by_number, "cancellation": stop}).status_code == 201
    first = _replace(desk, AUTHOR, gone)
    desk.done(AUTHOR, "replace", first)
    right = _replace(desk, AUTHOR, old)
    taken = _taking(desk, part, replaces=old.act_id)
    care = {"family": Family.NURSING, "replaces": old.act_id}
    nursing = _replace(desk, AUTHOR, old, NursingLine(rank=1, label="Soins"), **care)
    somebody = _replace(desk, AUTHOR, old, patient=a_patient(first_name="Paul"))
    by_nobody = msgspec.structs.replace(right, prescription=ByOwnAct(uuid4()))
    elsewhere = msgspec.structs.replace(_replace(desk, AUTHOR, paper), qr=old.code)
    stolen = msgspec.structs.replace(right, registration=desk.registration(OTHER, replaces=old.act_id))
    line = "$.registration.jws.lines[0]"
    table: tuple[tuple[str, str, ReplaceRequest, str | None], ...] = (
        ("not-registered", AUTHOR, _replace(desk, AUTHOR, paper), None),
        ("unknown-own-act", AUTHOR, by_nobody, None),
        ("signer-not-caller", AUTHOR, stolen, None),
        ("number-taken", AUTHOR, msgspec.structs.replace(right, registration=taken), "$.number"),
        ("not-your-prescription", OTHER, _replace(desk, OTHER, old), None),
        ("colleague-reason-wanted", MATE, _replace(desk, MATE, old), "$.place_reason"),
        ("already-cancelled", AUTHOR, _replace(desk, AUTHOR, over), None),
        ("replaced", AUTHOR, _replace(desk, AUTHOR, gone), None),
        ("already-executed", AUTHOR, _replace(desk, AUTHOR, full), None),
        ("replaces-differs", AUTHOR, _replace(desk, AUTHOR, old, replaces=None), "$.registration.jws.replaces"),
        ("replaces-differs", AUTHOR, _replace(desk, AUTHOR, old, replaces=uuid4()), "$.registration.jws.replaces"),
        ("replaces-another-patient", AUTHOR, nursing, "$.registration"),
        ("replaces-another-patient", AUTHOR, somebody, "$.registration"),
        ("replacement-beyond", AUTHOR, _replace(desk, AUTHOR, part), line),
    )
    for code, who, request, at in table:
        desk.refused(who, "replace", request, code, at)
        assert desk.traced(request.registration.number)[-1:] != [("register", "done")] or code == "number-taken"
    alone = desk.refused(AUTHOR, "register", right.registration, "replaces-alone", "$.jws.replaces")
    assert "même appel" in alone["detail"]
    desk.refused(AUTHOR, "replace", elsewhere, "not-registered")  # a code proves who wrote, not that it is there
    again = msgspec.structs.replace(first.replacement, act_id=uuid4())
    for changes in ({"replacement": again}, {"registration": right.registration}):
        desk.refused(AUTHOR, "replace", msgspec.structs.replace(first, **changes), "exists-different")
    desk.refused(MATE, "replace", _replace(desk, MATE, gone, place_reason="congé"), "replaced")
    reached = {code for code, *_ in table} | {"exists-different"}
    assert refusals_of("replace") - reached - ELSEWHERE <= {each.code for each in REGISTER_REFUSALS} | {"qr-differs"}


def _taking(desk: Desk, taken: Written, *, replaces: UUID) -> RegisterRequest:
    """A registration under a number that has one."""
    request = desk.registration(AUTHOR, replaces=replaces)
    order = native.read(jws.payload_of(request.jws), SignedOrder)
    committed = commitment.commit(taken.number, request.identity, request.opening)
    signed = msgspec.structs.replace(order, commitment=committed)
    card = desk.client(AUTHOR).card
    return msgspec.structs.replace(request, number=taken.number, jws=card.sign_order(native.write(signed)))


def test_more_than_was_left_asks_a_reason_and_an_opposed_patients_prescriber_is_not_told(desk: Desk) -> None:
    for opposed in (False, True):
        old = desk.prescribe(AUTHOR, opposed=opposed)
        desk.execute(PHARMACY, old.number, delivered(1, boxes(2)))
        if not opposed:
            told = desk.refused(AUTHOR, "replace", _replace(desk, AUTHOR, old), "replacement-beyond")
            assert "1 boîte" in told["detail"]
        more = {} if opposed else {"beyond_reason": "boîte perdue"}
        done = desk.done(AUTHOR, "replace", _replace(desk, AUTHOR, old, opposed=opposed, **more))
        assert done["replacement"]["outcome"] == ("stopped" if opposed else "rest-stopped")


def _at_once(desk: Desk, requests: list[ReplaceRequest]) -> Counter[str]:
    start, bearer = threading.Barrier(len(requests)), desk.bearer(AUTHOR)

    def send(body: bytes) -> str:
        start.wait()
        answer = post(desk.system, "/v1/replace", body, bearer=bearer)
        if answer.status_code >= 400:
            return str(assert_problem(answer)["code"])
        return "again" if answer.headers.get("Replayed") == "true" else "won"

    with ThreadPoolExecutor(len(requests)) as pool:
        return Counter(pool.map(send, [native.write(each) for each in requests]))


def test_replacements_of_one_prescription_at_once_have_one_winner(desk: Desk) -> None:
    old = desk.prescribe(AUTHOR)
    requests = [_replace(desk, AUTHOR, old) for _ in range(AT_ONCE)]
    before = desk.kept()
    assert _at_once(desk, requests) == {"won": 1, "replaced": AT_ONCE - 1}
    assert desk.kept()[0] == before[0] + 2
    there = [each for each in requests if ("register", "done") in desk.traced(each.registration.number)]
    assert len(there) == 1
    other = desk.prescribe(AUTHOR)
    assert _at_once(desk, [_replace(desk, AUTHOR, other)] * AT_ONCE) == {"won": 1, "again": AT_ONCE - 1}


@pytest.mark.parametrize("kind", ["replace", "register"])
def test_a_replacement_that_dies_between_its_two_acts_leaves_neither(own_system: System, kind: str) -> None:
    with ExitStack() as stack:
        desk = Desk(own_system, stack)
        old = desk.prescribe(AUTHOR)
        request, before = _replace(desk, AUTHOR, old), desk.kept()
        owner_runs(
            own_system,
            "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF NEW.kind = '{kind}' THEN RAISE EXCEPTION 'planted'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER planted BEFORE INSERT ON act FOR EACH ROW EXECUTE FUNCTION planted()",
        )
        answer = desk.send(AUTHOR, "replace", request)
        assert answer.status_code >= 500
        assert answer.json()["effect"] in ("none", "unknown")
        assert desk.kept() == before
        owner_runs(own_system, "DROP FUNCTION planted CASCADE")
        assert desk.left(old.number) == [3, 2]
        desk.done(AUTHOR, "replace", request)
