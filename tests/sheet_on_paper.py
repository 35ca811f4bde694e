"""A sheet that left the practice before its registration, and what is done with it meanwhile."""

from datetime import timedelta
from uuid import uuid4

import httpx2

from factories import an_execution
from ordonum.cli.system import System
from ordonum.client import Client, prepare
from ordonum.client.keys import HeldKeys
from ordonum.client.prepare import Prepared
from ordonum.model.acts import ByNumber, CancelRequest, ConsultRequest, ExecuteRequest, Execution, Given, Origin
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.number import EpuId
from ordonum.model.prescription import Prescription
from ordonum.model.stopping import Cancellation, CancelReason
from ordonum.wire import native, qr
from raw import post, token


class Sheet:
    """A sheet that left the practice before its registration reached the service."""

    def __init__(self, system: System, doctor: Client, prescription: Prescription, keys: HeldKeys) -> None:
        held = keys.current(doctor.card.professional.rpps, KeyUse.QR, system.now())
        if held is None:
            held = keys.make(doctor.card, KeyUse.QR, system.now())
            body = native.write(DelegateRequest(held.delegation))
            assert post(system, "/v1/delegations", body, bearer=token(doctor, system)).status_code == 201
        self.system, self.doctor, self.prescription = system, doctor, prescription
        self.prepared: Prepared = prepare.registration(prescription, doctor.card, doctor.software)
        assert self.prepared.number is not None
        self.number: EpuId = self.prepared.number
        patient = prescription.patient
        content = qr.content_for(
            self.number,
            doctor.card.professional.rpps,
            prescription.place,
            surname=patient.surname,
            first_name=patient.first_name,
            birth_date=patient.birth_date,
            written_on=prescription.written_on,
        )
        self.code = qr.write(held.sign_qr(content))

    def register(self) -> None:
        """The registration arrives."""
        answer = post(self.system, "/v1/register", self.prepared.body, bearer=token(self.doctor, self.system))
        assert answer.status_code == 201, answer.text

    def execute(self, client: Client, execution: Execution, *, code: str | None = "own") -> httpx2.Response:
        """An execution sent with the QR code's text."""
        scanned = self.code if code == "own" else code
        request = ExecuteRequest(number=self.number, execution=execution, qr=scanned)
        return post(self.system, "/v1/execute", native.write(request), bearer=token(client, self.system))

    def consult(self, client: Client, *, code: str | None = "own") -> httpx2.Response:
        """A consultation with the QR code's text."""
        request = ConsultRequest(number=self.number, origin=Origin.PAPER, qr=self.code if code == "own" else code)
        return post(self.system, "/v1/consult", native.write(request), bearer=token(client, self.system))

    def cancel(self, client: Client, *, code: str | None = "own") -> httpx2.Response:
        """A cancellation with the QR code's text."""
        request = CancelRequest(
            prescription=ByNumber(self.number),
            cancellation=Cancellation(act_id=uuid4(), reason=CancelReason.LOST_OR_STOLEN),
            qr=self.code if code == "own" else code,
        )
        return post(self.system, "/v1/cancel", native.write(request), bearer=token(client, self.system))


def already(system: System, *lines: object) -> Execution:
    performed = system.now() - timedelta(minutes=5)
    return an_execution(*lines, given=Given.ALREADY, performed_at=performed)  # type: ignore[arg-type]  # its own lines
