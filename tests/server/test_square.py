"""Role × act × {own, foreign, unknown}, for every family, made from the table of rights and played before the real service:
each cell is done, or refused by the name that is expected of it."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from factories import a_beneficiary, a_prescription, a_text, an_execution
from insured import of, opposition
from ordonum.cli.system import System
from ordonum.client import Client, prepare
from ordonum.client.card import Card
from ordonum.knowledge.care_team import READABLE
from ordonum.knowledge.rights import (
    JUDGED_BY_WHAT_IS_NAMED,
    PURPOSES,
    RIGHTS,
    Alone,
    Biologist,
    Right,
    Role,
    families,
    role_of,
)
from ordonum.model.actors import Employee, EmployeeRole, Place, Profession, Structure, Who
from ordonum.model.acts import (
    ByNumber,
    CancelRequest,
    ConsultRequest,
    CopyRequest,
    ExecuteRequest,
    InvoiceRequest,
    Origin,
    ReadBackRequest,
    RecordedRequest,
    RegisteredRequest,
    RegisterRequest,
    ReplaceRequest,
    ReportRequest,
    WithdrawRequest,
)
from ordonum.model.amending import AmendReason, Suspicion, SuspicionKind, Withdrawal
from ordonum.model.beneficiary import Nir
from ordonum.model.care_team import Care, Relation, SearchPurpose, SearchRequest, Sought
from ordonum.model.delegation import DelegateRequest, KeyUse
from ordonum.model.identifiers import BirthDate, EmployeeId, Rpps, SpecialtyCode
from ordonum.model.insurer import Mission, Purpose
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import IN_SCOPE, Family
from ordonum.model.number import EpuId
from ordonum.model.office import JustifyRequest, LiftRequest, OpposeRequest, TracesRequest
from ordonum.model.outcomes import Delivered, NotDelivered, Withheld
from ordonum.model.prescription import Prescription
from ordonum.model.stopping import Cancellation, CancelReason, Replacement
from ordonum.model.wishes import CopyAcknowledged, CopyChannel, Paperless
from ordonum.sandbox import people, places
from ordonum.sandbox.vitale import nir
from ordonum.server.api.operations import OPERATIONS
from ordonum.wire import delegation, native
from raw import post, token

COMING = {Right.CORRECT}  # said by an execution
UNKNOWN = EpuId("N3K7P9674VBT8J4CGP")  # of nobody, here
PATHS = {each.name: each.path for each in OPERATIONS}
SENDERS = (EmployeeRole.SECRETARY, EmployeeRole.MEDICAL_ASSISTANT, Alone.STRUCTURE)
"""Who sends what the professionals of the place signed and did."""
AT_ONCE = (Right.REGISTERED, Right.DELEGATE, Right.OPPOSE, Right.LIFT, Right.SEARCH)
"""What names no prescription."""
BY_FAMILY = (Right.REGISTER, Right.CONSULT, Right.EXECUTE, Right.INVOICE, Right.REPORT)
ALL = [each for each in Family if each in IN_SCOPE]
DONE, _AN_HOUR = "done", timedelta(hours=1)


class Cell(Struct, frozen=True):
    """Whose prescription, of which family."""

    relation: str
    family: Family


class World:
    """Cards for every role, and what there is to name: prescriptions, executions. Made as they are asked for."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.clients: dict[Role, Client] = {}
        self.tokens: dict[Role, str] = {}
        self.leroy = system.client("dr-leroy")
        self.gare = system.client("pharmacie-gare")
        self.martin = system.client("dr-martin")
        self._bearers: dict[str, str] = {}
        self._foreign: dict[tuple[Family, Profession | None], tuple[EpuId, UUID]] = {}

    def client(self, role: Role) -> Client:
        if role not in self.clients:
            client = Client(
                self.system.url,
                self._card(role),
                home=self.system.home / "square" / str(role),
                trust=self.system.authority.trust,
                now=self.system.now,
            )
            assert role_of(client.card.holder) is role
            self.clients[role], self.tokens[role] = client, token(client, self.system)
        return self.clients[role]

    def _card(self, role: Role) -> Card:
        known: list[tuple[str, Who]] = [(name, who) for name, who, _ in people.TEST_CARDS]
        known += [(name, who) for name, who, _ in people.AGENT_CARDS]
        known += [(name, who) for name, who, *_ in people.EMPLOYEE_CARDS]
        for name, who in known:
            if role_of(who) is role:
                return self.system.card(name)
        return self._issued(role, 900 + list(RIGHTS).index(role))

    def _issued(self, role: Role, rank: int) -> Card:
        """The card of a role that the sandbox has none of."""
        own, practice = people.cabinet(rank, f"Cabinet {rank}"), places.CABINET_MARTIN
        siret, martin = places.SECRETARY_SIRET, people.rpps(1)
        made: tuple[Who, Place, Rpps | None]
        if role is Alone.STRUCTURE:
            made = Structure(places.by_siret(siret), practice.name), practice, None
        elif isinstance(role, EmployeeRole):
            made = Employee(EmployeeId(f"5{siret}/CPET{rank:05}"), "FABRE", "Nina", role), practice, martin
        elif role is Biologist.DOCTOR:
            doctor = people.professional(rank, "FABRE", "Nina", Profession.DOCTOR)
            made = msgspec.structs.replace(doctor, specialty=SpecialtyCode("SM03")), own, None
        else:
            assert isinstance(role, Profession)
            made = people.professional(rank, "FABRE", "Nina", role), own, None
        who, place, under = made
        return Card(self.system.authority.issue(f"square-{rank}", who, place, under=under))

    def prescription(self, place: Place, family: Family, role: Role) -> Prescription:
        """Of that family, addressed where it must be, whose copy goes to the DMP."""
        made = a_prescription(lines=(a_text(),), place=place)
        profession = getattr(self.client(role).card.holder, "profession", None) or Profession.DOCTOR
        return msgspec.structs.replace(
            made,
            family=family,
            addressed_to=profession if family is Family.OTHER else None,
            paperless=Paperless(channel=CopyChannel.DMP, requested_on=made.written_on),
        )

    def signer(self, role: Role, relation: str) -> Client:
        """Who signs: the caller, or (for whoever only sends) a doctor of their place; or a doctor of elsewhere."""
        if relation == "foreign":
            return self.leroy
        return self.martin if role in SENDERS else self.client(role)

    def registered(self, role: Role, cell: Cell, *, fresh: bool = False) -> tuple[EpuId, UUID]:
        """A prescription of that relation and family, its number and its act; a foreign one serves several times."""
        signer = self.signer(role, cell.relation)
        made = self.prescription(signer.card.place, cell.family, role)
        if cell.relation == "foreign" and not fresh and (kept := self._foreign.get((cell.family, made.addressed_to))):
            return kept
        done = prepare.registration(made, signer.card, signer.software)  # without a sheet, which takes longer than all
        assert done.number is not None
        self.done("register", signer, done.body)
        if cell.relation == "foreign" and not fresh:
            self._foreign[cell.family, made.addressed_to] = done.number, done.act_id
        return done.number, done.act_id

    def delivered(self, by: Client, number: EpuId) -> UUID:
        """An execution of it that delivers."""
        execution = an_execution(Delivered(line=1, product="fait"), beneficiary=a_beneficiary())
        self.done("execute", by, prepare.execution(number, execution).body)
        return execution.act_id

    def done(self, operation: str, by: Client, body: bytes) -> None:
        """Have it recorded for the caller of this card."""
        if by.card.name not in self._bearers:
            self._bearers[by.card.name] = token(by, self.system)
        answer = post(self.system, PATHS[operation], body, bearer=self._bearers[by.card.name])
        assert answer.is_success, answer.text


def _stop() -> dict[str, Any]:
    return {"act_id": uuid4(), "reason": CancelReason.CLINICAL_GROUNDS}


def _numbered(world: World, role: Role, cell: Cell) -> EpuId:
    return UNKNOWN if cell.relation == "unknown" else world.registered(role, cell)[0]


def _register(world: World, role: Role, cell: Cell) -> RegisterRequest:
    signer = world.signer(role, cell.relation)
    if not hasattr(signer.card.holder, "rpps"):
        signer = world.leroy
    made = prepare.registration(world.prescription(signer.card.place, cell.family, role), signer.card, signer.software)
    return native.read(made.body, RegisterRequest)


def _replace(world: World, role: Role, cell: Cell) -> ReplaceRequest:
    number, act_id = (UNKNOWN, uuid4()) if cell.relation == "unknown" else world.registered(role, cell)
    signer = world.client(role) if hasattr(world.client(role).card.holder, "rpps") else world.leroy
    new = world.prescription(signer.card.place, cell.family, role)
    made = prepare.registration(msgspec.structs.replace(new, replaces=act_id), signer.card, signer.software)
    registration = native.read(made.body, RegisterRequest)
    return ReplaceRequest(registration=registration, prescription=ByNumber(number), replacement=Replacement(**_stop()))


def _execution_of(world: World, role: Role, cell: Cell) -> tuple[EpuId, UUID]:
    """An execution by the caller, by another pharmacy, or of nothing that is known."""
    if cell.relation == "unknown":
        return UNKNOWN, uuid4()
    family = cell.family if cell.relation == "own" else Family.HEALTH_PRODUCTS
    number = world.registered(role, Cell("foreign", family), fresh=True)[0]
    return number, world.delivered(world.client(role) if cell.relation == "own" else world.gare, number)


def _withdraw(world: World, role: Role, cell: Cell) -> WithdrawRequest:
    number, execution = _execution_of(world, role, cell)
    withdrawal = Withdrawal(act_id=uuid4(), execution=execution, reason=AmendReason.QUANTITY)
    return WithdrawRequest(number=number, withdrawal=withdrawal)


def _invoice(world: World, role: Role, cell: Cell) -> InvoiceRequest:
    """For whoever sends, «own» is what a professional of their place executed."""
    if role in SENDERS and cell.relation == "own":
        number = world.registered(role, Cell("foreign", Family.OTHER), fresh=True)[0]
        world.delivered(world.martin, number)
    else:
        number = UNKNOWN if cell.relation == "unknown" else world.registered(role, cell, fresh=role in SENDERS)[0]
    day = world.system.now().date()
    lines = (InvoicedLine(line=1),)
    return InvoiceRequest(number=number, invoice=Invoice(act_id=uuid4(), number="F1", lot="L1", date=day, lines=lines))


def _copy(world: World, role: Role, cell: Cell) -> CopyRequest:
    number = _numbered(world, role, cell)
    arrived = CopyAcknowledged(act_id=uuid4(), channel=CopyChannel.DMP, acknowledged_at=world.system.now())
    return CopyRequest(prescription=ByNumber(number), copy=arrived)


def _recorded(world: World, role: Role, cell: Cell) -> RecordedRequest:
    """One's own act: the registration, or an execution for whoever registers nothing."""
    if cell.relation == "own" and not families(role, Right.REGISTER):
        number, act_id = _execution_of(world, role, cell)
    elif cell.relation == "unknown":
        number, act_id = UNKNOWN, uuid4()
    else:
        number, act_id = world.registered(role, cell)
    return RecordedRequest(prescription=ByNumber(number), act_id=act_id)


def _delegate(world: World, role: Role, _: Cell) -> DelegateRequest:
    card = world.client(role).card
    signer = card if hasattr(card.holder, "rpps") else world.leroy.card
    asked = delegation.make(
        ec.generate_private_key(ec.SECP256R1()), KeyUse.ORDER, since=world.system.now(), lasts=_AN_HOUR
    )
    return DelegateRequest(signer.sign_delegation(native.write(asked)))


def _purpose(world: World, role: Role) -> Purpose:
    return Purpose(min(PURPOSES[role if isinstance(role, Mission) else Mission.OFFICE], key=lambda each: each.value))


def _report(world: World, role: Role, cell: Cell) -> ReportRequest:
    """What is reported of an unknown number is kept: each on a number of its own."""
    number = EpuId.draw(secrets.choice) if cell.relation == "unknown" else _numbered(world, role, cell)
    return ReportRequest(number=number, suspicion=Suspicion(act_id=uuid4(), kind=SuspicionKind.FORGED))


def _search(world: World, role: Role, _: Cell) -> SearchRequest:
    theirs = next((each for each, row in READABLE.items() if role in row), Relation.TREATING_DOCTOR)
    sought = Sought(identity=Nir(nir("1020369381001"), "self"), first_name="Luc", birth_date=BirthDate("2002-03-01"))
    return SearchRequest(patient=sought, care=Care(relation=theirs, purpose=SearchPurpose.CONTINUITY))


def _withheld() -> Withheld:
    return Withheld(line=1, reason=NotDelivered.PATIENT_DECLINES)


Make = Callable[[World, Role, Cell], Struct]
MAKES: dict[Right, Make] = {
    Right.REGISTER: _register,
    Right.REPLACE: _replace,
    Right.CANCEL: lambda w, r, c: CancelRequest(
        prescription=ByNumber(_numbered(w, r, c)), cancellation=Cancellation(**_stop())
    ),
    Right.EXECUTIONS: lambda w, r, c: ReadBackRequest(prescription=ByNumber(_numbered(w, r, c))),
    Right.RECORDED: _recorded,
    Right.REGISTERED: lambda w, r, c: RegisteredRequest(),
    Right.COPY: _copy,
    Right.DELEGATE: _delegate,
    Right.CONSULT: lambda w, r, c: ConsultRequest(number=_numbered(w, r, c), origin=Origin.PAPER),
    Right.EXECUTE: lambda w, r, c: ExecuteRequest(number=_numbered(w, r, c), execution=an_execution(_withheld())),
    Right.WITHDRAW: _withdraw,
    Right.INVOICE: _invoice,
    Right.REPORT: _report,
    Right.SEARCH: _search,
    Right.OPPOSE: lambda w, r, c: OpposeRequest(opposition=opposition(of(nir("1010369381001")))),
    Right.LIFT: lambda w, r, c: LiftRequest(lifting=opposition(of(nir("1010369381001")))),
    Right.TRACES: lambda w, r, c: TracesRequest(about=ByNumber(_numbered(w, r, c)), purpose=_purpose(w, r)),
    Right.JUSTIFY: lambda w, r, c: JustifyRequest(number=_numbered(w, r, c), purpose=_purpose(w, r)),
}


def cells(role: Role, right: Right) -> Iterator[Cell]:
    """What of a right can be tried: own things exist where the caller (or, for whoever sends, their place) makes them."""
    if right in AT_ONCE or not callable_by(role, right):
        yield Cell("foreign", Family.HEALTH_PRODUCTS)
        return
    signed = families(Profession.DOCTOR, Right.REGISTER) if role in SENDERS else families(role, Right.REGISTER)
    own = {
        Right.REGISTER: IN_SCOPE,
        Right.WITHDRAW: families(role, Right.EXECUTE),
        Right.RECORDED: signed or families(role, Right.EXECUTE),
        Right.TRACES: frozenset[Family](),
        Right.JUSTIFY: frozenset[Family](),
    }.get(right, signed)
    yield from (Cell("own", each) for each in Family if each in own)
    foreign = [each for each in Family if each in (signed or IN_SCOPE)]
    yield from (Cell("foreign", each) for each in (ALL if right in BY_FAMILY else foreign[:1]))
    if right is not Right.REGISTER:
        yield Cell("unknown", Family.HEALTH_PRODUCTS)


def callable_by(role: Role, right: Right) -> bool:
    """Whether the call itself is let in."""
    named = isinstance(role, Profession | Biologist) and right in JUDGED_BY_WHAT_IS_NAMED
    return named or bool(families(role, right))


_OF_A_PRESCRIBER = {"own": DONE, "foreign": "not-your-prescription", "unknown": "not-registered"}
_SAID = {
    **dict.fromkeys((Right.CANCEL, Right.REPLACE, Right.EXECUTIONS, Right.COPY), _OF_A_PRESCRIBER),
    Right.RECORDED: {"own": DONE, "foreign": "not-recorded", "unknown": "not-registered"},
    Right.WITHDRAW: {"own": DONE, "foreign": "not-your-execution", "unknown": "unknown-number"},
    Right.TRACES: {"foreign": DONE, "unknown": "unknown-number"},
    Right.JUSTIFY: {"foreign": DONE, "unknown": "unknown-number"},
}


def expected(role: Role, right: Right, cell: Cell) -> str:
    """What the table says: done, or the refusal's code."""
    if not callable_by(role, right):
        return "not-for-this-caller"
    if right is Right.DELEGATE:
        return DONE if families(role, right) else "bad-delegation"
    if right in AT_ONCE:
        return DONE
    if right is Right.REPLACE and cell.relation == "foreign" and cell.family not in families(role, right):
        return "not-entitled"  # what they signed themselves is judged first
    if right in _SAID:
        return _SAID[right][cell.relation]
    allowed = cell.family in families(role, right)
    if right is Right.REGISTER:
        return "signer-not-caller" if cell.relation == "foreign" else DONE if allowed else "not-entitled"
    if cell.relation == "unknown":
        return DONE if right is Right.REPORT else "unknown-number"
    if role in SENDERS:
        return DONE if cell.relation == "own" else "not-your-family"  # they bill what their place executed
    if right is Right.CONSULT and cell.relation == "own" and not allowed:
        return "own-prescription"
    return DONE if allowed else "not-your-family"


@pytest.fixture(scope="module")
def world(system: System) -> Iterator[World]:
    """The roles and their prescriptions, before the session's service."""
    made = World(system)
    yield made
    for client in (made.leroy, made.gare, made.martin, *made.clients.values()):
        client.close()


@pytest.mark.parametrize("role", RIGHTS, ids=lambda role: f"{type(role).__name__}-{role.value}")
def test_each_role_does_what_the_table_says_and_is_refused_the_rest_by_name(world: World, role: Role) -> None:
    client, differ, played = world.client(role), {}, 0
    for right, make in MAKES.items():
        for cell in cells(role, right):
            answer = post(
                world.system, PATHS[right.value], native.write(make(world, role, cell)), bearer=world.tokens[role]
            )
            got = DONE if answer.is_success else answer.json()["code"]
            wanted = expected(role, right, cell)
            played += 1
            if got != wanted:
                differ[right.value, cell.relation, cell.family.value] = (wanted, got)
    assert not differ
    assert client.card.holder
    assert played >= len(MAKES)


def test_every_operation_of_the_service_is_a_right_and_every_right_is_played() -> None:
    assert {each.name for each in OPERATIONS} <= {each.value for each in Right}
    assert set(MAKES) | COMING == set(Right)
    assert {each.value for each in MAKES} <= set(PATHS)


@pytest.mark.parametrize("profession", Profession)
def test_every_profession_and_every_role_has_its_row(profession: Profession) -> None:
    assert profession in RIGHTS
    assert set(EmployeeRole) | set(Mission) | set(Alone) | set(Biologist) <= set(RIGHTS)
