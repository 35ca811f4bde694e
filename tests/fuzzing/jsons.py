"""Native JSON under fuzz: every request, and what is signed."""

import contextlib
import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID

from factories import (
    DOCTOR,
    PLACE,
    SOFTWARE,
    a_medicine,
    a_prescription,
    a_text,
    an_execution,
    an_order,
    boxes,
    delivered,
)
from fuzzing.mutators import MARK, mutate_json
from fuzzing.playing import Target, must
from fuzzing.texts import KEY, NUMBERS, QR_TEXTS
from ordonum.model.acts import (
    ByNumber,
    ByOwnAct,
    CancelRequest,
    ConsultRequest,
    ExecuteRequest,
    InvoiceRequest,
    Origin,
    ReadBackRequest,
    RegisterRequest,
)
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.identifiers import BirthDate
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Family
from ordonum.model.number import EpuId
from ordonum.model.prescription import Identity
from ordonum.model.refusals import Refusal, Refused
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import delegation, native
from ordonum.wire.assertion import AssertionClaims
from ordonum.wire.faults import FAULTS_MAX, HINTS

_ID, _NUMBER, _HEX = UUID(int=7, version=4), EpuId(NUMBERS[0]), "0f" * 32
DELEGATION = delegation.make(KEY, KeyUse.QR, since=datetime(2026, 11, 16, tzinfo=UTC), lasts=timedelta(days=1))
CLAIMS = AssertionClaims(
    iss="8" + DOCTOR.rpps,
    sub="8" + DOCTOR.rpps,
    aud="http://127.0.0.1/v1/token",
    iat=1_794_000_000,
    exp=1_794_000_060,
    jti="x" * 32,
    place=PLACE,
    software=SOFTWARE,
)
_INVOICE = Invoice(
    act_id=_ID,
    number=cast(Any, "FSE-1"),
    lot=cast(Any, "L1"),
    date=date(2026, 11, 16),
    lines=(InvoicedLine(line=1, label="x", quantity=boxes(1)),),
)
ORDER = an_order(a_medicine(1), a_medicine(2))
VALUES: tuple[Any, ...] = (
    RegisterRequest(number=_NUMBER, identity=Identity("Éloïse", BirthDate("1979-03-14")), opening=_HEX, jws="aa.bb.cc"),
    ConsultRequest(number=_NUMBER, origin=Origin.PAPER, qr=QR_TEXTS[0]),
    ExecuteRequest(number=_NUMBER, execution=an_execution(delivered(1, boxes(1)))),
    InvoiceRequest(number=_NUMBER, invoice=_INVOICE),
    CancelRequest(prescription=ByNumber(_NUMBER), cancellation=Cancellation(act_id=_ID, reason=CancelReason.DEATH)),
    ReadBackRequest(prescription=ByOwnAct(_ID)),
    DelegateRequest("aa.bb.cc"),
    ORDER,
    an_order(a_text(1), family=Family.NURSING),
    DELEGATION,
    CLAIMS,
    a_prescription(written_on=date(2026, 11, 16)),
)
PLAIN = [(type(value), json.loads(native.write(value))) for value in VALUES]


def _json_input(chance: Random) -> tuple[type, bytes]:
    kind, plain = chance.choice(PLAIN)
    others = [plain, plain, plain, chance.choice(PLAIN)[1]]
    return kind, mutate_json(chance, others)


def _native(given: tuple[type, bytes]) -> bool:
    kind, body = given
    try:
        value: Any = native.read(body, kind)
    except Refused as refused:
        _is_told(refused)
        return False
    written = native.write(value)
    assert native.read(written, kind) == value
    assert native.canonical(native.read(native.canonical(value), kind)) == native.canonical(value)
    native.refuse_duplicate_keys(written, at="$")
    with contextlib.suppress(Refused):
        native.refuse_duplicate_keys(body, at="$")
    return True


def _is_told(refused: Refused) -> None:
    """A refusal says where and what, by a known code, and repeats nothing that was sent."""
    must(refused.refusal is Refusal.UNREADABLE, refused.refusal.code)
    must(1 <= len(refused.faults) <= FAULTS_MAX, "no fault, or too many")
    for fault in refused.faults:
        must(fault.at.startswith("$") and fault.code in HINTS, fault.code)
        must(MARK not in fault.at + fault.detail, "a value that was sent is repeated")


NATIVE = Target("native json", _json_input, _native)
