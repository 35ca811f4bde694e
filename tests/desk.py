"""Who acts before a service by raw HTTP, what is recorded of it, and what the trace says."""

import json
from contextlib import ExitStack
from typing import Any, NamedTuple
from uuid import UUID

import httpx2
import msgspec

from base import owner_fetches
from factories import a_medicine, a_prescription, an_execution, boxes, delivered
from ordonum.cli.system import System
from ordonum.client import Client, EpuId, prepare
from ordonum.client.keys import HeldKeys
from ordonum.model.acts import ByNumber, ByOwnAct, ConsultRequest, ExecuteRequest, Execution, Origin, RegisterRequest
from ordonum.model.amending import AmendReason, Withdrawal
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.lines import Family
from ordonum.model.outcomes import Outcome
from ordonum.model.prescription import Line, Prescription
from ordonum.model.views import ForExecutant
from ordonum.server.api.operations import OPERATIONS
from ordonum.wire import native, qr
from raw import assert_problem, post, token

TABLES = ("act", "own_act", "prescription_of", "patient_index", "alert")
LINES = (a_medicine(1, quantity=boxes(3), label="A"), a_medicine(2, quantity=boxes(2), label="B"))


class Written(NamedTuple):
    """A prescription that was written: its number, the act that registers it, the text of its QR code."""

    number: EpuId
    act_id: UUID
    code: str

    @property
    def by_number(self) -> ByNumber:
        return ByNumber(self.number)

    @property
    def by_act(self) -> ByOwnAct:
        return ByOwnAct(self.act_id)


class Desk:
    """Cards by their name, each with its token; closed by its stack."""

    def __init__(self, system: System, stack: ExitStack) -> None:
        self.system, self._stack = system, stack
        self._clients: dict[str, Client] = {}
        self._tokens: dict[str, str] = {}
        self._keys = HeldKeys(system.home / "desk-keys")

    def client(self, who: str) -> Client:
        """The workstation of this card."""
        if who not in self._clients:
            self._clients[who] = self._stack.enter_context(self.system.client(who))
        return self._clients[who]

    def bearer(self, who: str) -> str:
        """Their token."""
        if who not in self._tokens:
            self._tokens[who] = token(self.client(who), self.system)
        return self._tokens[who]

    def send(self, who: str, operation: str, body: Any) -> httpx2.Response:
        """The answer to an operation that is asked."""
        path = next(each.path for each in OPERATIONS if each.name == operation)
        return post(self.system, path, native.write(body), bearer=self.bearer(who))

    def done(self, who: str, operation: str, body: Any) -> dict[str, Any]:
        """The answer to an act that is recorded once: the same bytes again when its reply was lost, and one trace."""
        before = self.kept()
        first = self.send(who, operation, body)
        assert (first.status_code, first.headers.get("Replayed")) == (201, None), first.text
        after = self.kept()
        again = self.send(who, operation, body)
        assert (again.status_code, again.headers.get("Replayed"), again.content) == (200, "true", first.content)
        assert after == self.kept() != before
        told: dict[str, Any] = first.json()
        return told

    def refused(self, who: str, operation: str, body: Any, code: str, at: str | None = None) -> dict[str, Any]:
        """The problem that an operation is answered with; nothing is recorded of it."""
        before = self.kept()
        told = assert_problem(self.send(who, operation, body), code)
        assert self.kept() == before
        if at is not None:
            assert [each["at"] for each in told["errors"]] == [at]
        return told

    def kept(self) -> tuple[int, ...]:
        """How many rows all that acts write have."""
        asked = ", ".join(f"(SELECT count(*) FROM {each})" for each in TABLES)
        return tuple(owner_fetches(self.system, f"SELECT {asked}")[0])

    def traced(self, number: EpuId) -> list[tuple[str, str]]:
        """What the trace of a prescription says, in its order: which action, with which outcome."""
        rows = owner_fetches(
            self.system, "SELECT leaf FROM audit WHERE lookup = $1 ORDER BY recorded_at", self.lookup(number)
        )
        leaves = [json.loads(row["leaf"]) for row in rows]
        return [(each["action"], each["outcome"]) for each in leaves]

    def attached(self, number: EpuId) -> int:
        """How many executions of it the patient's index finds."""
        asked = "SELECT coalesce(sum(direction), 0) FROM patient_index WHERE lookup = $1"
        return int(owner_fetches(self.system, asked, self.lookup(number))[0][0])

    def lookup(self, number: EpuId) -> bytes:
        """What the rows of a prescription are stored under."""
        assert self.system.context is not None
        return self.system.context.vault.lookup(number)

    # what is often done ----------------------------------------------------------------------------------------------

    def write(self, who: str, *lines: Line, **wishes: Any) -> tuple[Written, bytes]:
        """A prescription on paper, with its code, and the registration to send."""
        card, software = self.client(who).card, self.client(who).software
        made = self.prescription(who, *lines, **wishes)
        prepared = prepare.registration(made, card, software)
        assert prepared.number is not None
        code = qr.write(prepare.code(made, prepared.number, self._key(who)))
        return Written(prepared.number, prepared.act_id, code), prepared.body

    def prescription(self, who: str, *lines: Line, **wishes: Any) -> Prescription:
        """What is prescribed where this doctor works, today."""
        family, today = wishes.pop("family", Family.HEALTH_PRODUCTS), self.system.now().date()
        place = self.client(who).card.place
        made = a_prescription(lines=lines or LINES, family=family, place=place, written_on=today)
        return msgspec.structs.replace(made, **wishes)

    def prescribe(self, who: str, *lines: Line, **wishes: Any) -> Written:
        """The same, registered."""
        written, body = self.write(who, *lines, **wishes)
        answer = post(self.system, "/v1/register", body, bearer=self.bearer(who))
        assert answer.status_code == 201, answer.text
        return written

    def registration(self, who: str, *lines: Line, **wishes: Any) -> RegisterRequest:
        """A registration to send with a replacement."""
        return native.read(self.write(who, *lines, **wishes)[1], RegisterRequest)

    def execute(self, who: str, number: EpuId, *outcomes: Outcome, **changes: Any) -> Execution:
        """An execution that is recorded."""
        made = self.execution(*outcomes, **changes)
        answer = self.send(who, "execute", ExecuteRequest(number=number, execution=made))
        assert answer.status_code == 201, answer.text
        return made

    def execution(self, *outcomes: Outcome, **changes: Any) -> Execution:
        """An execution of now."""
        made = an_execution(performed_at=self.system.now())
        return msgspec.structs.replace(made, lines=outcomes or (delivered(1),), **changes)

    def withdrawal(self, execution: UUID, *lines: int, **changes: Any) -> Withdrawal:
        """What takes an execution back."""
        made = Withdrawal(act_id=an_execution().act_id, execution=execution, reason=AmendReason.DUPLICATE, lines=lines)
        return msgspec.structs.replace(made, **changes)

    def seen(self, who: str, number: EpuId) -> ForExecutant:
        """The prescription as an executant reads it."""
        answer = self.send(who, "consult", ConsultRequest(number=number, origin=Origin.PAPER))
        assert answer.status_code == 200, answer.text
        return native.read_own(answer.content, ForExecutant)

    def left(self, number: EpuId, who: str = "pharmacie-centre") -> list[int | None]:
        """What is left of each line."""
        return [each.left for each in self.seen(who, number).remainders]

    def _key(self, who: str) -> Any:
        card = self.client(who).card
        held = self._keys.current(card.professional.rpps, KeyUse.QR, self.system.now())
        if held is None:
            held = self._keys.make(card, KeyUse.QR, self.system.now())
            answer = self.send(who, "delegate", DelegateRequest(held.delegation))
            assert answer.status_code == 201, answer.text
        return held


def refusals_of(operation: str) -> set[str]:
    """What this operation may answer of its own."""
    return {refusal.code for each in OPERATIONS if each.name == operation for refusal in each.refusals}
