"""Cancelling the whole or lines, by the author, the one replaced, a colleague; acknowledging a copy; listing one's own."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from desk import Desk, Written, refusals_of
from factories import boxes, delivered
from ordonum.cli.system import System
from ordonum.model.acts import (
    ByNumber,
    ByOwnAct,
    CancelRequest,
    ConsultRequest,
    CopyRequest,
    ExecuteRequest,
    Given,
    Origin,
    ReadBackRequest,
    RegisteredRequest,
)
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.model.views import RegisteredList
from ordonum.model.wishes import CopyAcknowledged, CopyChannel, Paperless
from ordonum.sandbox import people
from ordonum.wire import native
from raw import assert_problem, post

AUTHOR, MATE, OTHER, PHARMACY = "dr-martin", "remplacante-simon", "dr-leroy", "pharmacie-centre"
LEROY = next(who for name, who, _ in people.TEST_CARDS if name == OTHER)
SHARED = {
    "exists-different",
    "busy",
    "outcome-unknown",
    "too-many-unknown",
}  # test_amending and others


@pytest.fixture
def desk(system: System) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(system, stack)


def _cancel(
    written: Written, *lines: int, why: str | None = None, qr: str | None = None, **changes: Any
) -> CancelRequest:
    made = Cancellation(act_id=uuid4(), reason=CancelReason.CONTRA_INDICATION, lines=lines, place_reason=why)
    return msgspec.structs.replace(CancelRequest(prescription=written.by_number, cancellation=made, qr=qr), **changes)


def test_a_line_is_cancelled_what_was_delivered_of_it_stays_and_the_others_go_on(desk: Desk) -> None:
    written = desk.prescribe(AUTHOR)
    desk.execute(PHARMACY, written.number, delivered(1, boxes(1)))
    told = desk.done(AUTHOR, "cancel", _cancel(written, 1))
    assert told["outcome"] == "rest-stopped"
    seen = desk.seen(PHARMACY, written.number)
    assert [(each.given, each.left, each.status.value) for each in seen.remainders] == [
        (1, 0, "cancelled"),
        (0, 2, "to-deliver"),
    ]
    assert [(each.lines, each.reason.value) for each in seen.stops] == [((1,), "contra-indication")]
    for outcome, code in ((delivered(1), "line-cancelled"), (delivered(2), None)):
        request = ExecuteRequest(number=written.number, execution=desk.execution(outcome))
        if code is None:
            desk.done(PHARMACY, "execute", request)
        else:
            desk.refused(PHARMACY, "execute", request, code, "$.execution.lines[0]")
    past = desk.execution(delivered(1), given=Given.ALREADY)
    desk.done(PHARMACY, "execute", ExecuteRequest(number=written.number, execution=past))
    assert desk.seen(PHARMACY, written.number).executions[-1].in_conflict == ("line-cancelled",)
    assert ("cancel", "done") in desk.traced(written.number)


def test_who_was_replaced_cancels_and_a_colleague_of_the_place_says_why(desk: Desk) -> None:
    stood_in = desk.prescribe(AUTHOR, replaced=LEROY)
    desk.done(OTHER, "cancel", _cancel(stood_in, 1))
    desk.refused(MATE, "cancel", _cancel(stood_in), "colleague-reason-wanted", "$.place_reason")
    desk.done(MATE, "cancel", _cancel(stood_in, why="elle est en congé"))
    cancelled = desk.seen(PHARMACY, stood_in.number).cancelled
    assert cancelled is not None
    assert cancelled.by_colleague
    alone = desk.prescribe(AUTHOR)
    desk.refused(OTHER, "cancel", _cancel(alone, why="elle est en congé"), "not-your-prescription")


def test_each_refusal_of_a_cancellation_is_met_and_nothing_is_recorded(desk: Desk) -> None:
    written, paper, over, full, replaced = (
        desk.prescribe(AUTHOR),
        desk.write(AUTHOR)[0],
        desk.prescribe(AUTHOR),
        desk.prescribe(AUTHOR),
        desk.prescribe(AUTHOR),
    )
    first = _cancel(over, why="d'accord avec elle")
    desk.done(AUTHOR, "cancel", first)
    desk.done(AUTHOR, "cancel", _cancel(written, 2))
    desk.execute(PHARMACY, full.number, delivered(1, boxes(3)), delivered(2, boxes(2)))
    new = desk.registration(AUTHOR, replaces=replaced.act_id)
    replacement = {"act_id": uuid4(), "reason": "shortage"}
    body = {"registration": new, "prescription": replaced.by_number, "replacement": replacement}
    assert desk.send(AUTHOR, "replace", body).status_code == 201
    line = "$.cancellation.lines[0]"
    unknown = _cancel(written, prescription=ByOwnAct(uuid4()))
    table = (
        ("not-registered", AUTHOR, _cancel(paper), None),
        ("qr-differs", AUTHOR, _cancel(paper, qr=written.code), "$.qr"),
        ("unknown-own-act", AUTHOR, unknown, None),
        ("not-your-prescription", OTHER, _cancel(written), None),
        ("not-your-prescription", OTHER, _cancel(paper, qr=paper.code), None),
        ("colleague-reason-wanted", MATE, _cancel(written), "$.place_reason"),
        ("already-cancelled", AUTHOR, _cancel(over), None),
        ("replaced", AUTHOR, _cancel(replaced, 1), None),
        ("already-executed", AUTHOR, _cancel(full), None),
        ("unknown-line", AUTHOR, _cancel(written, 3), line),
        ("line-already-stopped", AUTHOR, _cancel(written, 2), line),
        ("line-already-stopped", AUTHOR, _cancel(full, 1), line),
    )
    for code, who, request, at in table:
        desk.refused(who, "cancel", request, code, at)
    assert desk.traced(full.number)[-2:] == [("cancel", "already-executed"), ("cancel", "line-already-stopped")]
    assert {code for code, *_ in table} | SHARED == refusals_of("cancel")
    changed = msgspec.structs.replace(first.cancellation, reason=CancelReason.DEATH)
    desk.refused(AUTHOR, "cancel", msgspec.structs.replace(first, cancellation=changed), "exists-different")


def test_a_reason_that_does_not_fit_is_named_with_its_place(desk: Desk) -> None:
    written = desk.prescribe(AUTHOR)
    right = {"act_id": str(uuid4()), "reason": "death"}
    for changes, at in (
        ({"reason": "other"}, "$.cancellation"),
        ({"reason": "duplicate"}, "$.cancellation.reason"),
        ({"lines": [1, 1]}, "$.cancellation"),
        ({"lines": [0]}, "$.cancellation.lines[0]"),
    ):
        body = {"prescription": written.by_number, "cancellation": right | changes}
        told = desk.refused(AUTHOR, "cancel", body, "unreadable")
        assert told["errors"][0]["at"].startswith(at), told["errors"]


def test_lines_cancelled_on_paper_are_kept_and_applied_of_the_same_prescriber_only(desk: Desk) -> None:
    written, registration = desk.write(AUTHOR)
    told = desk.done(AUTHOR, "cancel", _cancel(written, 2, qr=written.code))
    assert told["outcome"] == "kept"
    desk.refused(MATE, "cancel", _cancel(written, 1, qr=written.code, why="congé"), "not-your-prescription")
    past = desk.execution(delivered(2), given=Given.ALREADY)
    request = ExecuteRequest(number=written.number, execution=past, qr=written.code)
    desk.done(PHARMACY, "execute", request)
    assert post(desk.system, "/v1/register", registration, bearer=desk.bearer(AUTHOR)).status_code == 201
    seen = desk.seen(PHARMACY, written.number)
    assert ([each.left for each in seen.remainders], seen.status.value) == ([3, 0], "partly-executed")
    assert seen.executions[0].in_conflict == ("line-cancelled",)


def test_an_opposed_patients_prescriber_is_told_nothing_of_deliveries(desk: Desk) -> None:
    for given in (False, True):
        written = desk.prescribe(AUTHOR, opposed=True)
        if given:
            desk.execute(PHARMACY, written.number, delivered(1, boxes(3)))
        assert desk.done(AUTHOR, "cancel", _cancel(written, 1))["outcome"] == "stopped"
        assert desk.done(AUTHOR, "cancel", _cancel(written))["outcome"] == "stopped"


# The copy that replaces the paper -----------------------------------------------------------------------------------


def _copy(written: Written, at: datetime, channel: CopyChannel = CopyChannel.DMP, **named: Any) -> CopyRequest:
    arrived = CopyAcknowledged(act_id=uuid4(), channel=channel, acknowledged_at=at)
    return CopyRequest(prescription=named.get("prescription", written.by_number), copy=arrived)


def test_a_copy_is_acknowledged_once_and_each_refusal_of_it_is_met(desk: Desk) -> None:
    now = desk.system.now()
    asked = {"paperless": Paperless(channel=CopyChannel.DMP, requested_on=now.date())}
    written, plain, paper = desk.prescribe(AUTHOR, **asked), desk.prescribe(AUTHOR), desk.write(AUTHOR, **asked)[0]
    channel, date = "$.copy.channel", "$.copy.acknowledged_at"
    table: tuple[tuple[str, str, CopyRequest, str | None], ...] = (
        ("not-registered", AUTHOR, _copy(paper, now), None),
        ("unknown-own-act", AUTHOR, _copy(written, now, prescription=ByOwnAct(uuid4())), None),
        ("not-your-prescription", OTHER, _copy(written, now), None),
        ("copy-not-asked", AUTHOR, _copy(plain, now), channel),
        ("copy-not-asked", AUTHOR, _copy(written, now, CopyChannel.PATIENT_MAIL), channel),
        ("copy-date", AUTHOR, _copy(written, now + timedelta(hours=1)), date),
        ("copy-date", AUTHOR, _copy(written, now - timedelta(hours=1)), date),
    )
    for code, who, request, at in table:
        desk.refused(who, "copy", request, code, at)
    first = _copy(written, desk.system.now())
    desk.done(MATE, "copy", first)
    assert desk.traced(written.number)[-1] == ("copy", "done")
    desk.refused(AUTHOR, "copy", _copy(written, desk.system.now()), "copy-already")
    other = msgspec.structs.replace(first.copy, channel=CopyChannel.PATIENT_MAIL)
    desk.refused(MATE, "copy", msgspec.structs.replace(first, copy=other), "exists-different")
    assert {code for code, *_ in table} | {"copy-already"} | SHARED == refusals_of("copy")


# One's own list -----------------------------------------------------------------------------------------------------


def test_ones_own_prescriptions_are_listed_newest_first_and_say_nothing_of_executions(desk: Desk) -> None:
    written = [desk.prescribe("dentiste-garcia") for _ in range(3)]
    desk.execute(PHARMACY, written[0].number)
    desk.done("dentiste-garcia", "cancel", _cancel(written[1]))
    answer = desk.send("dentiste-garcia", "registered", RegisteredRequest())
    assert answer.status_code == 200, answer.text
    listed = native.read_own(answer.content, RegisteredList)
    ours = [each for each in listed.items if each.register_act_id in [one.act_id for one in written]]
    assert [each.register_act_id for each in ours] == [each.act_id for each in reversed(written)]
    assert [each.stopped is not None for each in ours] == [False, True, False]
    assert listed.last_24_hours >= 3
    assert "executions" not in answer.text
    before = RegisteredRequest(before=ours[1].registered_at)
    older = native.read_own(desk.send("dentiste-garcia", "registered", before).content, RegisteredList)
    assert written[0].act_id in [each.register_act_id for each in older.items]
    assert not {written[1].act_id, written[2].act_id} & {each.register_act_id for each in older.items}
    assert_problem(desk.send("structure-pharmacie-centre", "registered", RegisteredRequest()), "not-for-this-caller")
    assert refusals_of("registered") == set()


def test_what_is_cancelled_is_still_read_back_by_its_author(desk: Desk) -> None:
    written = desk.prescribe(AUTHOR)
    desk.done(AUTHOR, "cancel", _cancel(written, 1, prescription=written.by_act))
    told = desk.send(AUTHOR, "executions", ReadBackRequest(prescription=ByNumber(written.number)))
    assert [each["lines"] for each in told.json()["stops"]] == [[1]]


def test_lines_cancelled_before_the_registration_are_told_to_whoever_holds_the_paper(desk: Desk) -> None:
    paper, body = desk.write(AUTHOR)
    told = []
    read = ConsultRequest(number=paper.number, origin=Origin.PAPER, qr=paper.code)
    for lines in ((), (2,)):
        if lines:
            desk.done(AUTHOR, "cancel", _cancel(paper, *lines, qr=paper.code))
        told.append(desk.refused(PHARMACY, "consult", read, "not-yet-registered")["detail"])
    assert ["à ne pas délivrer : ligne 2" in each for each in told] == [False, True]
    early = ExecuteRequest(number=paper.number, execution=desk.execution(given=Given.ALREADY), qr=paper.code)
    assert any("ligne 2" in each for each in desk.done(PHARMACY, "execute", early)["notices"])
    assert "1 exécution" in (both := desk.refused(PHARMACY, "consult", read, "not-yet-registered")["detail"])
    assert "ligne 2" in both
    assert post(desk.system, "/v1/register", body, bearer=desk.bearer(AUTHOR)).status_code == 201
    assert [each.status.value for each in desk.seen(PHARMACY, paper.number).remainders] == ["partly", "cancelled"]
