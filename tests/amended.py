"""What is done to marked patients' prescriptions afterwards, with marks in all that may be said of it: a bearer, a correction,
a withdrawal and its note, a report, a line that is cancelled, a replacement.
"""

from typing import Any
from uuid import UUID, uuid4

import msgspec

from ordonum.client import prepare
from ordonum.model.acts import (
    ByNumber,
    CancelRequest,
    ExecuteRequest,
    Execution,
    RecordedRequest,
    RegisterRequest,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.amending import AmendReason, Correction, Suspicion, SuspicionKind, Withdrawal
from ordonum.model.beneficiary import Bearer
from ordonum.model.number import EpuId
from ordonum.model.prescription import SignedOrder
from ordonum.model.stopping import Cancellation, CancelReason, Replacement
from ordonum.wire import jws, native


def amend(practice: Any, person: Any, execution: Execution) -> None:
    """What happens depends on the patient's place in the list; `execution` is one to make, of their first line."""
    i, number = person.index, person.number
    if i % 2 == 0:
        _bearer_then_nobody(practice, number, execution)
    if i % 3 == 1:
        doubt = Suspicion(act_id=uuid4(), kind=SuspicionKind.OTHER, note=practice.mark())
        report = ReportRequest(number=number, suspicion=doubt, qr=person.code)
        assert practice.send(practice.other, "/v1/report", report) == 201
    if i % 5 == 3:
        stop = Cancellation(act_id=uuid4(), lines=(2,), **_why(practice))
        assert (
            practice.send(
                practice.doctor, "/v1/cancel", CancelRequest(prescription=ByNumber(number), cancellation=stop)
            )
            == 201
        )
    if i % 8 == 6 and i % 7:
        _replaced(practice, person)


def _why(practice: Any) -> dict[str, Any]:
    return {"reason": CancelReason.OTHER, "detail": practice.mark(), "place_reason": practice.mark()}


def _bearer_then_nobody(practice: Any, number: EpuId, execution: Execution) -> None:
    """Somebody comes in the patient's stead; it is corrected, then taken back: nothing of them is left to find."""
    said = Bearer(
        surname=practice.mark(),
        first_name=practice.mark(),
        address=f"3 quai {practice.mark()}",
        proof=f"passeport {practice.mark()}",
    )
    first = msgspec.structs.replace(execution, act_id=uuid4(), bearer=said)
    why = Correction(execution=first.act_id, reason=AmendReason.OTHER, detail=practice.mark())
    second = msgspec.structs.replace(first, act_id=uuid4(), corrects=why)
    for each in (first, second):
        assert practice.send(practice.pharmacy, "/v1/execute", ExecuteRequest(number=number, execution=each)) == 201
    asked = Withdrawal(act_id=uuid4(), execution=second.act_id, reason=AmendReason.OTHER, note=practice.mark())
    assert practice.send(practice.pharmacy, "/v1/withdraw", WithdrawRequest(number=number, withdrawal=asked)) == 201
    wrong = msgspec.structs.replace(asked, act_id=uuid4(), note=practice.mark())
    assert practice.send(practice.pharmacy, "/v1/withdraw", WithdrawRequest(number=number, withdrawal=wrong)) == 409
    for act_id in (asked.act_id, UUID(int=0)):
        practice.send(practice.pharmacy, "/v1/recorded", RecordedRequest(prescription=ByNumber(number), act_id=act_id))


def _replaced(practice: Any, person: Any) -> None:
    """The same patient under another number, which is a secret too."""
    old = native.read(jws.payload_of(person.request.jws), SignedOrder)
    wanted = msgspec.structs.replace(person.prescription, replaces=old.act_id)
    prepared = prepare.registration(wanted, practice.doctor.card, practice.doctor.software)
    new = native.read(prepared.body, RegisterRequest)
    practice.secrets.numbers.add(str(new.number))
    practice.secrets.digests |= {new.opening, native.read(jws.payload_of(new.jws), SignedOrder).commitment}
    end = Replacement(act_id=uuid4(), beyond_reason=practice.mark(), **_why(practice))
    request = ReplaceRequest(registration=new, prescription=ByNumber(person.number), replacement=end)
    for status in (201, 200):
        assert practice.send(practice.doctor, "/v1/replace", request) == status
