"""Withdrawing, correcting, reporting, asking whether it was recorded: each refusal once, lost replies, races, the trace."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from base import owner_fetches
from desk import Desk, Written, refusals_of
from factories import boxes, delivered
from ordonum.cli.system import System
from ordonum.model.acts import (
    ByNumber,
    ConsultRequest,
    ExecuteRequest,
    Execution,
    Given,
    Origin,
    RecordedRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.amending import AmendReason, Correction, Suspicion, SuspicionKind
from ordonum.model.number import EpuId
from ordonum.model.outcomes import Handwritten, NotDelivered, Withheld
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.server.store import acts as acts_table
from ordonum.server.usecases import recording
from ordonum.wire import native
from raw import assert_problem, post

AT_ONCE = 16
MINE, RIVAL, NURSE, DOCTOR = "pharmacie-centre", "pharmacie-gare", "infirmiere-diallo", "dr-martin"
WRITING = {"exists-different", "busy"}  # of any act: reached once for all below
ELSEWHERE = {"outcome-unknown", "too-many-unknown"}  # of any operation: test_hostile and test_guessing


@pytest.fixture
def desk(system: System) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(system, stack)


def _withdraw(desk: Desk, number: EpuId, execution: UUID, *lines: int, qr: str | None = None) -> WithdrawRequest:
    return WithdrawRequest(number=number, withdrawal=desk.withdrawal(execution, *lines), qr=qr)


def _report(number: EpuId, **more: Any) -> ReportRequest:
    made = Suspicion(act_id=uuid4(), kind=SuspicionKind.ALTERED, note="quantité surchargée", prescriber_told=True)
    return ReportRequest(number=number, suspicion=made, **more)


def _correcting(desk: Desk, execution: UUID, *outcomes: Any, **changes: Any) -> Execution:
    correction = Correction(execution=execution, reason=AmendReason.QUANTITY)
    return desk.execution(*outcomes, corrects=correction, **changes)


def test_an_execution_is_taken_back_whole_or_by_line_and_what_it_took_is_left_at_once(desk: Desk) -> None:
    written = desk.prescribe(DOCTOR)
    done = desk.execute(MINE, written.number, delivered(1, boxes(2)), delivered(2, boxes(2)))
    assert (desk.left(written.number), desk.attached(written.number)) == ([1, 0], 1)
    noted = desk.withdrawal(done.act_id, 2, reason=AmendReason.HANDED_BACK, note="il passera à la Gare")
    desk.done(MINE, "withdraw", WithdrawRequest(number=written.number, withdrawal=noted))
    assert (desk.left(written.number), desk.attached(written.number)) == ([1, 2], 1)
    seen = desk.seen(RIVAL, written.number)
    assert [(each.execution, each.lines, each.note) for each in seen.withdrawn] == [
        (done.act_id, (2,), "il passera à la Gare")
    ]
    assert [each.line for each in seen.executions[0].lines] == [1]  # type: ignore[union-attr]  # what was delivered
    desk.done(MINE, "withdraw", _withdraw(desk, written.number, done.act_id))
    assert (desk.left(written.number), desk.attached(written.number)) == ([3, 2], 0)
    assert desk.seen(RIVAL, written.number).executions == ()
    actions = [each for each in desk.traced(written.number) if each[0] in ("register", "execute", "withdraw")]
    assert actions == [("register", "done"), ("execute", "done"), ("withdraw", "done"), ("withdraw", "done")]


@pytest.mark.parametrize(
    ("outcomes", "taken", "attached"),
    [
        ((delivered(1), Withheld(line=2, reason=NotDelivered.OUT_OF_STOCK)), (1,), 0),
        ((delivered(1), Withheld(line=2, reason=NotDelivered.OUT_OF_STOCK)), (2,), 1),
        ((delivered(1), Handwritten(text="Coton")), (1,), 1),
        ((delivered(1), delivered(2)), (1, 2), 0),
    ],
)
def test_a_patient_stays_attached_by_what_was_handed_over(
    desk: Desk, outcomes: tuple[Any, ...], taken: tuple[int, ...], attached: int
) -> None:
    written = desk.prescribe(DOCTOR)
    done = desk.execute(MINE, written.number, *outcomes)
    desk.done(MINE, "withdraw", _withdraw(desk, written.number, done.act_id, *taken))
    assert desk.attached(written.number) == attached
    if attached:
        desk.done(MINE, "withdraw", _withdraw(desk, written.number, done.act_id))
        assert desk.attached(written.number) == 0


def test_each_refusal_of_a_withdrawal_is_met_and_nothing_is_recorded(desk: Desk) -> None:
    written, paper = desk.prescribe(DOCTOR), desk.write(DOCTOR)[0]
    stopped, number = desk.write(DOCTOR)[0], written.number
    done = desk.execute(MINE, number, delivered(1), delivered(2))
    theirs = desk.execute(RIVAL, number, delivered(1))
    part = _withdraw(desk, number, done.act_id, 2)
    desk.done(MINE, "withdraw", part)
    early = Cancellation(act_id=uuid4(), reason=CancelReason.LOST_OR_STOLEN)
    body = {"prescription": {"by": "number", "number": stopped.number}, "cancellation": early, "qr": stopped.code}
    assert desk.send(DOCTOR, "cancel", body).status_code == 201
    whole, lines = "$.withdrawal.execution", "$.withdrawal.lines[1]"
    table = (
        ("unknown-number", _withdraw(desk, paper.number, done.act_id), None),
        ("not-yet-registered", _withdraw(desk, paper.number, done.act_id, qr=paper.code), None),
        ("cancelled", _withdraw(desk, stopped.number, done.act_id, qr=stopped.code), None),
        ("qr-differs", _withdraw(desk, paper.number, done.act_id, qr=written.code), "$.qr"),
        ("unknown-execution", _withdraw(desk, number, uuid4()), whole),
        ("not-your-execution", _withdraw(desk, number, theirs.act_id), whole),
        ("unknown-line", _withdraw(desk, number, done.act_id, 1, 9), lines),
        ("already-withdrawn", _withdraw(desk, number, done.act_id, 1, 2), lines),
    )
    for code, request, at in table:
        desk.refused(MINE, "withdraw", request, code, at)
        assert desk.traced(request.number)[-1] == ("withdraw", code)
    other = msgspec.structs.replace(part.withdrawal, reason=AmendReason.RETURNED)
    desk.refused(MINE, "withdraw", WithdrawRequest(number=number, withdrawal=other), "exists-different")
    desk.refused(RIVAL, "withdraw", part, "exists-different")
    assert {code for code, _, _ in table} | WRITING == refusals_of("withdraw") - ELSEWHERE


def test_sixteen_withdrawals_of_one_execution_at_once_have_one_winner(desk: Desk) -> None:
    written = desk.prescribe(DOCTOR)
    done = desk.execute(MINE, written.number, delivered(1, boxes(3)))
    bodies = [native.write(_withdraw(desk, written.number, done.act_id)) for _ in range(AT_ONCE)]
    start, bearer = threading.Barrier(AT_ONCE), desk.bearer(MINE)

    def send(body: bytes) -> str:
        start.wait()
        answer = post(desk.system, "/v1/withdraw", body, bearer=bearer)
        return "won" if answer.status_code == 201 else str(assert_problem(answer)["code"])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = Counter(pool.map(send, bodies))
    assert told == {"won": 1, "already-withdrawn": AT_ONCE - 1}
    assert (desk.left(written.number), desk.attached(written.number)) == ([3, 2], 0)


# Corrections --------------------------------------------------------------------------------------------------------


def test_a_correction_takes_the_place_of_what_it_corrects_up_and_down(desk: Desk) -> None:
    written = desk.prescribe(DOCTOR)
    first = desk.execute(MINE, written.number, delivered(1, boxes(2)))
    before = first.act_id
    for amount in (3, 1, 3):
        made = _correcting(desk, before, delivered(1, boxes(amount)))
        desk.done(MINE, "execute", ExecuteRequest(number=written.number, execution=made))
        assert (desk.left(written.number)[0], desk.attached(written.number)) == (3 - amount, 1)
        before = made.act_id
    assert [each.act_id for each in desk.seen(RIVAL, written.number).executions] == [before]
    too_much = _correcting(desk, before, delivered(1, boxes(4)))
    desk.refused(MINE, "execute", ExecuteRequest(number=written.number, execution=too_much), "more-than-left")
    nothing = _correcting(desk, before, Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK), beneficiary=None)
    desk.done(MINE, "execute", ExecuteRequest(number=written.number, execution=nothing))
    assert (desk.left(written.number), desk.attached(written.number)) == ([3, 2], 0)


def test_what_is_not_ones_own_or_gone_is_not_corrected(desk: Desk) -> None:
    written, paper = desk.prescribe(DOCTOR), desk.write(DOCTOR)[0]
    mine, theirs = desk.execute(MINE, written.number), desk.execute(RIVAL, written.number)
    desk.done(MINE, "withdraw", _withdraw(desk, written.number, mine.act_id))
    at = "$.execution.corrects.execution"
    for code, where, target, qr in (
        ("unknown-execution", written, uuid4(), None),
        ("not-your-execution", written, theirs.act_id, None),
        ("already-withdrawn", written, mine.act_id, None),
        ("unknown-execution", paper, mine.act_id, paper.code),
    ):
        made = _correcting(desk, target, given=Given.ALREADY)
        request = ExecuteRequest(number=where.number, execution=made, qr=qr)
        desk.refused(MINE, "execute", request, code, at)


# Reports and questions ----------------------------------------------------------------------------------------------


def _alerts(desk: Desk, number: EpuId) -> int:
    asked = "SELECT count(*) FROM alert WHERE lookup = $1 AND kind = 'suspected-forgery'"
    return int(owner_fetches(desk.system, asked, desk.lookup(number))[0][0])


def test_a_report_alerts_once_is_shown_to_the_next_and_is_kept_before_any_registration(desk: Desk) -> None:
    written, paper = desk.prescribe(DOCTOR), desk.write(DOCTOR)
    desk.done(MINE, "report", _report(written.number))
    assert _alerts(desk, written.number) == 1
    shown = desk.seen(RIVAL, written.number).reports
    assert [(each.suspicion, each.note, each.place_name) for each in shown] == [
        (SuspicionKind.ALTERED, "quantité surchargée", "Pharmacie du Centre")
    ]
    assert desk.traced(written.number)[1] == ("report", "done")
    asked = ConsultRequest(number=paper[0].number, origin=Origin.PAPER)
    assert "Soupçon" not in assert_problem(desk.send(MINE, "consult", asked), "unknown-number")["detail"]
    desk.done(RIVAL, "report", _report(paper[0].number, qr=paper[0].code))
    for code, body in (
        ("unknown-number", asked),
        ("not-yet-registered", msgspec.structs.replace(asked, qr=paper[0].code)),
    ):
        assert (
            "Soupçon de faux déjà signalé par 1 lieu"
            in assert_problem(desk.send(MINE, "consult", body), code)["detail"]
        )
    assert post(desk.system, "/v1/register", paper[1], bearer=desk.bearer(DOCTOR)).status_code == 201
    assert len(desk.seen(MINE, paper[0].number).reports) == 1


def test_each_refusal_of_a_report_is_met_and_nothing_is_recorded(desk: Desk) -> None:
    written, paper = desk.prescribe(DOCTOR), desk.write(DOCTOR)[0]
    first = _report(written.number)
    desk.done(MINE, "report", first)
    desk.refused(MINE, "report", _report(paper.number, qr=written.code), "qr-differs", "$.qr")
    desk.refused(NURSE, "report", _report(written.number), "not-your-family")
    for _ in range(recording.EARLY_BY_PLACE_MAX):
        desk.done(MINE, "report", _report(paper.number, qr=paper.code))
    desk.refused(MINE, "report", _report(paper.number, qr=paper.code), "too-many-early")
    changed = msgspec.structs.replace(first.suspicion, kind=SuspicionKind.FORGED)
    desk.refused(MINE, "report", msgspec.structs.replace(first, suspicion=changed), "exists-different")
    reached = {"qr-differs", "not-your-family", "too-many-early", "too-many-acts", *WRITING}
    assert reached == refusals_of("report") - ELSEWHERE


def test_was_mine_recorded_is_answered_to_whose_it_is(desk: Desk) -> None:
    written, paper = desk.prescribe(DOCTOR), desk.write(DOCTOR)[0]
    done = desk.execute(MINE, written.number)
    first = desk.done(MINE, "withdraw", request := _withdraw(desk, written.number, done.act_id))

    def ask(act_id: UUID, about: Written = written, **more: Any) -> RecordedRequest:
        return RecordedRequest(prescription=ByNumber(about.number), act_id=act_id, **more)

    answer = desk.send(MINE, "recorded", ask(request.withdrawal.act_id))
    assert (answer.status_code, answer.json()["kind"], answer.json()["receipt"]) == (200, "withdraw", first)
    named = RecordedRequest(prescription=written.by_act, act_id=written.act_id)
    assert desk.send(DOCTOR, "recorded", named).json()["kind"] == "register"
    assert ("recorded", "done") in desk.traced(written.number)
    desk.refused(MINE, "recorded", ask(uuid4()), "not-recorded")
    desk.refused(RIVAL, "recorded", ask(done.act_id), "not-recorded")
    desk.refused(MINE, "recorded", ask(uuid4(), paper), "not-registered")
    by_nobody = RecordedRequest(
        prescription=msgspec.structs.replace(written.by_act, register_act_id=uuid4()), act_id=uuid4()
    )
    desk.refused(DOCTOR, "recorded", by_nobody, "unknown-own-act")


# What is absurd -----------------------------------------------------------------------------------------------------


def test_what_is_absurd_has_a_name_and_a_place_and_leaves_nothing(desk: Desk) -> None:
    """An act on a line that is not there, in the future, with an absurd quantity, with a reason that does not fit."""
    written = desk.prescribe(DOCTOR)
    done = desk.execute(MINE, written.number)
    now = desk.system.now()
    made = (_correcting(desk, done.act_id), desk.withdrawal(done.act_id), _report(written.number).suspicion)
    execution, withdrawal, suspicion = (json.loads(native.write(each)) for each in made)

    def of(**changes: Any) -> dict[str, Any]:
        return {"number": written.number, "execution": execution | changes}

    absurd = execution["lines"][0] | {"quantity": {"value": 10**9, "unit": "box"}}
    for operation, body, code, at in (
        ("execute", of(lines=[execution["lines"][0] | {"line": 9}]), "unknown-line", "$.execution.lines[0].line"),
        ("execute", of(performed_at=now + timedelta(hours=1)), "performed-in-future", "$.execution.performed_at"),
        ("execute", of(lines=[absurd]), "unreadable", "$.execution.lines[0].quantity"),
        ("execute", of(corrects={"execution": done.act_id, "reason": "other"}), "unreadable", "$.execution.corrects"),
        ("execute", of(act_id=str(done.act_id), corrects=execution["corrects"]), "unreadable", "$.execution"),
        ("withdraw", withdrawal | {"reason": "other", "note": None}, "unreadable", "$.withdrawal"),
        ("withdraw", withdrawal | {"reason": "prescribing-error"}, "unreadable", "$.withdrawal.reason"),
        ("withdraw", withdrawal | {"lines": [1, 1]}, "unreadable", "$.withdrawal"),
        ("withdraw", withdrawal | {"lines": [0]}, "unreadable", "$.withdrawal.lines[0]"),
        ("withdraw", withdrawal | {"lines": [9]}, "unknown-line", "$.withdrawal.lines[0]"),
        ("report", suspicion | {"kind": "other", "note": None}, "unreadable", "$.suspicion"),
        ("report", suspicion | {"note": " "}, "unreadable", "$.suspicion.note"),
    ):
        whole = body if operation == "execute" else {"number": written.number, _FIELD[operation]: body}
        told = desk.refused(MINE, operation, whole, code)
        assert told["errors"][0]["at"].startswith(at), (operation, told["errors"])


_FIELD = {"withdraw": "withdrawal", "report": "suspicion"}


def test_an_act_too_many_and_one_that_never_finds_its_place_are_refused_by_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = desk.prescribe(DOCTOR)
    monkeypatch.setattr(recording, "ACTS_MAX", 1)
    desk.refused(MINE, "report", _report(written.number), "too-many-acts")
    monkeypatch.setattr(recording, "ACTS_MAX", acts_table.ACTS_MAX)
    monkeypatch.setattr(recording, "ATTEMPTS_MAX", 0)
    desk.refused(MINE, "report", _report(written.number), "busy")
