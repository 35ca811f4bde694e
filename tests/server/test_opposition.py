"""Opposition through the insurer's office: standing, applied when identity attaches, lifted, told once whatever is lost."""

import functools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from base import APPLICATION, ask, owner_fetches, owner_runs
from factories import NIR, a_beneficiary, a_prescription, a_text, an_execution, boxes, delivered
from insured import of, opposition
from ordonum.cli.system import System
from ordonum.client import Client, Declined, prepare
from ordonum.client.card import Card
from ordonum.model.actors import Place, Profession
from ordonum.model.acts import (
    ByNumber,
    CancelRequest,
    Origin,
    Receipt,
    RegisterRequest,
    ReplaceReceipt,
    ReplaceRequest,
    WithdrawRequest,
)
from ordonum.model.amending import AmendReason, Withdrawal
from ordonum.model.beneficiary import Beneficiary, Ins, InsStatus, Nir, NoIdentity, NoIdentityReason
from ordonum.model.identifiers import InsOid, NirKey
from ordonum.model.insurer import Purpose, PurposeCode
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Family
from ordonum.model.number import EpuId
from ordonum.model.office import LiftRequest, OpposeRequest, Subject
from ordonum.model.outcomes import Delivered, NotDelivered, Withheld
from ordonum.model.refusals import Refusal
from ordonum.model.stopping import Cancellation, CancelOutcome, CancelReason, Replacement
from ordonum.sandbox import people, places
from ordonum.sandbox.vitale import nir
from ordonum.server.usecases.patient_index import traced_under
from ordonum.wire import native
from raw import assert_problem, post, token

FICTITIOUS = nir("2555555693042")


def fresh(rank: int) -> NirKey:
    """A number of this test's own: the database is the session's."""
    return nir(f"2{rank:02}0169381{rank:03}")


@pytest.fixture
def office(system: System) -> Iterator[Client]:
    """The workstation of the office's agent."""
    with system.client("agent-caisse") as client:
        yield client


def executed_for(doctor: Client, pharmacy: Client, beneficiary: Beneficiary) -> EpuId:
    """A prescription of which a box was delivered to this beneficiary."""
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    given = an_execution(delivered(1, boxes(1)), beneficiary=beneficiary, identity_reason="carte vue")
    pharmacy.execute(number, given)
    return number


async def _run(statement: str, connection: Any) -> None:
    await connection.execute(statement)


def reads(doctor: Client, number: EpuId) -> bool:
    """Whether the prescriber is answered; refused, it is for the opposition."""
    try:
        return bool(doctor.executions(ByNumber(number)).executions)
    except Declined as declined:
        if declined.refusal is not Refusal.PATIENT_OPPOSED:
            raise
        return False


def test_an_opposition_holds_for_what_was_and_will_be_executed_until_it_is_lifted(
    system: System, doctor: Client, pharmacy: Client, office: Client
) -> None:
    number = fresh(1)
    patient = a_beneficiary(identity=Nir(number, "self"))
    before = executed_for(doctor, pharmacy, patient)
    other = executed_for(doctor, pharmacy, a_beneficiary(identity=Nir(fresh(2), "self")))
    assert reads(doctor, before)
    office.oppose(opposition(of(number)))
    after = executed_for(doctor, pharmacy, patient)
    assert [reads(doctor, each) for each in (before, after, other)] == [False, False, True]
    office.lift(opposition(of(number)))
    assert [reads(doctor, each) for each in (before, after, other)] == [True, True, True]
    office.oppose(opposition(of(number)))
    assert not reads(doctor, before)


SAME = Ins(fresh(3), InsOid("1.2.250.1.213.1.4.8"), InsStatus.QUALIFIED)
MOTHER = fresh(4)


@pytest.mark.parametrize(
    ("patient", "executed", "same"),
    [
        (of(fresh(3)), SAME, True),
        (Subject(identity=SAME), Nir(fresh(3), "self"), True),
        (of(fresh(3)), Ins(fresh(3), InsOid("1.2.250.1.213.1.4.10"), InsStatus.QUALIFIED), False),  # a test identity
        (
            of(fresh(3)),
            Ins(fresh(3), InsOid("1.2.250.1.213.1.4.9"), InsStatus.QUALIFIED),
            False,
        ),  # a NIA of those digits
        (of(MOTHER, "2021-09-17", 1), Nir(MOTHER, "insured"), True),
        (of(MOTHER, "2021-09-17", 2), Nir(MOTHER, "insured"), False),  # the other twin
        (of(MOTHER), Nir(MOTHER, "insured"), False),  # the mother herself
        (of(MOTHER, "2021-09-17", 1), Nir(MOTHER, "self"), False),
        (of(MOTHER), NoIdentity(NoIdentityReason.NOT_SHOWN), False),
    ],
)
def test_it_is_the_patients_and_nobody_elses(
    system: System,
    doctor: Client,
    pharmacy: Client,
    office: Client,
    patient: Subject,
    executed: Nir | Ins | NoIdentity,
    same: bool,
) -> None:
    number = executed_for(doctor, pharmacy, a_beneficiary(identity=executed, birth_date="2021-09-17"))
    assert reads(doctor, number)
    office.oppose(opposition(patient))
    try:
        assert reads(doctor, number) is not same
    finally:
        office.lift(opposition(patient))


def test_where_no_number_is_attached_only_what_the_prescriber_noted_applies_and_the_office_is_told(
    office: Client,
) -> None:
    done = office.oppose(opposition(of(fresh(5))))
    assert any("aucun numéro n'est rattaché" in each for each in done.notices)
    assert (done.acknowledgement.act, done.acknowledgement.prescription) == ("oppose", done.act_id)


def test_a_lost_reply_counts_once_and_gets_the_same_bytes(system: System, office: Client) -> None:
    act = opposition(of(fresh(6)))
    body = native.write(OpposeRequest(opposition=act))
    first = post(system, "/v1/oppose", body, bearer=token(office, system))
    again = post(system, "/v1/oppose", body, bearer=token(office, system))
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    assert again.headers["Replayed"] == "true"
    lifted = native.write(LiftRequest(lifting=opposition(of(fresh(6)))))
    assert post(system, "/v1/lift", lifted, bearer=token(office, system)).status_code == 201
    late = post(system, "/v1/oppose", body, bearer=token(office, system))  # what was lifted since does not stand again
    assert (late.status_code, late.content) == (200, first.content)
    other = msgspec.structs.replace(act, purpose=Purpose(PurposeCode.REPRESENTATIVE_REQUEST))
    for path, request in (
        ("/v1/oppose", OpposeRequest(opposition=other)),
        ("/v1/lift", LiftRequest(lifting=act)),
    ):
        assert_problem(post(system, path, native.write(request), bearer=token(office, system)), "exists-different")
    native.read(first.content, Receipt)


def test_what_would_change_nothing_or_name_nobody_is_refused_by_name(office: Client) -> None:
    for make, number, refusal in (
        (office.lift, fresh(7), Refusal.NOT_OPPOSED),
        (office.oppose, FICTITIOUS, Refusal.FICTITIOUS_NUMBER),
        (office.oppose, fresh(7), None),
        (office.oppose, fresh(7), Refusal.ALREADY_OPPOSED),
    ):
        try:
            make(opposition(of(number)))
            told = None
        except Declined as declined:
            told = declined.refusal
        assert told is refusal


def test_an_agent_declares_a_purpose_of_their_mission_and_no_other_agent_opposes(
    system: System, office: Client
) -> None:
    act = opposition(of(fresh(8)), purpose=Purpose(PurposeCode.INVOICE_CHECK))
    answer = post(system, "/v1/oppose", native.write(OpposeRequest(opposition=act)), bearer=token(office, system))
    assert_problem(answer, "purpose-not-of-mission")
    body = msgspec.to_builtins(OpposeRequest(opposition=act), enc_hook=native.plain)
    del body["opposition"]["purpose"]
    told = assert_problem(post(system, "/v1/oppose", body, bearer=token(office, system)), "unreadable")
    assert [(each["at"], each["code"]) for each in told["errors"]] == [("$.opposition.purpose", "missing-field")]
    for card in ("agent-remboursement", "agent-service-medical", "dr-martin", "secretaire-marchand"):
        with system.client(card) as client:
            with pytest.raises(Declined) as raised:
                client.oppose(opposition(of(fresh(8))))
            assert raised.value.refusal is Refusal.NOT_FOR_THIS_CALLER


@pytest.mark.parametrize("reference", ["DUPONT", "2 79 03 51 215 189", f"A-{NIR}", f"{NIR[:5]}-{NIR[5:]}", "ab12"])
def test_the_reference_of_a_file_is_neither_a_name_nor_a_number_of_a_person(
    system: System, office: Client, reference: str
) -> None:
    body = msgspec.to_builtins(OpposeRequest(opposition=opposition(of(fresh(9)))), enc_hook=native.plain)
    body["opposition"]["purpose"]["reference"] = reference
    assert_problem(post(system, "/v1/oppose", body, bearer=token(office, system)), "unreadable")


def test_a_row_names_nobody_and_is_never_changed(system: System, office: Client) -> None:
    office.oppose(opposition(of(fresh(10))))
    rows = owner_fetches(system, "SELECT patient, content, sealed FROM opposition")
    for row in rows:
        assert all(fresh(10)[:13].encode() not in bytes(each) for each in row)
    assert system.context is not None
    vault, patient = system.context.vault, bytes(rows[-1]["patient"])
    names = {traced_under(vault, patient, year) for year in range(2024, 2031)} | {patient}
    assert len(names) == 8  # what is traced in one year goes, five years later, without that of the others
    assert owner_fetches(system, "SELECT 1 FROM audit JOIN opposition ON audit.lookup = opposition.patient") == []
    for statement in ("UPDATE opposition SET seq = 2", "DELETE FROM opposition"):
        with pytest.raises(Exception, match="permission denied"):
            ask(system, APPLICATION, functools.partial(_run, statement))


def test_whoever_reads_by_another_door_is_told_no_more(
    system: System, doctor: Client, pharmacy: Client, office: Client
) -> None:
    """A wholly executed prescription whose patient is opposed is cancelled as any other: a refusal would tell."""
    number = fresh(11)
    opposed = executed_for(doctor, pharmacy, a_beneficiary(identity=Nir(number, "self")))
    pharmacy.execute(
        opposed,
        an_execution(delivered(1, boxes(1)), beneficiary=a_beneficiary(identity=Nir(number, "self"))),
    )
    office.oppose(opposition(of(number)))
    doctor.cancel(ByNumber(opposed), Cancellation(act_id=uuid4(), reason=CancelReason.CLINICAL_GROUNDS))


class _Counting:
    """The pool of the service, each of whose connections that is taken is counted."""

    def __init__(self, pool: Any) -> None:
        self.pool, self.taken = pool, 0

    def acquire(self, **how: Any) -> Any:
        self.taken += 1
        return self.pool.acquire(**how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pool, name)


def test_the_readers_opposition_costs_nothing_before_an_execution_and_one_question_after(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("pharmacie-centre") as pharmacy:
        number = doctor.prescribe(a_prescription()).number
        assert number is not None
        assert own_system.context is not None
        counted = _Counting(own_system.context.pool)
        own_system.context.pool = counted  # type: ignore[assignment]  # it is the pool, counted
        spent = []
        for _ in range(2):
            before = counted.taken
            doctor.executions(ByNumber(number))
            spent.append(counted.taken - before)
            pharmacy.execute(number, an_execution(delivered(1, boxes(1))))
        assert spent == [2, 3]  # the acts and the trace; then the oppositions of whom it was executed for
        before = counted.taken
        pharmacy.consult(number, Origin.PAPER)
        assert counted.taken - before == 2  # whoever did not prescribe pays nothing


def test_a_withdrawn_execution_attaches_nobody(
    system: System, doctor: Client, pharmacy: Client, office: Client
) -> None:
    number, patient = doctor.prescribe(a_prescription()).number, a_beneficiary(identity=Nir(fresh(12), "self"))
    assert number is not None
    made = an_execution(delivered(1, boxes(1)), beneficiary=patient)
    pharmacy.execute(number, made)
    office.oppose(opposition(of(fresh(12))))
    assert not reads(doctor, number)
    taken_back = Withdrawal(act_id=uuid4(), execution=made.act_id, reason=AmendReason.PATIENT)
    body = native.write(WithdrawRequest(number=number, withdrawal=taken_back))
    assert post(system, "/v1/withdraw", body, bearer=token(pharmacy, system)).status_code == 201
    assert doctor.executions(ByNumber(number)).executions == ()


@pytest.mark.parametrize("replaces", [False, True])
def test_stopping_tells_an_opposed_patients_prescriber_nothing_of_what_was_delivered(
    system: System, doctor: Client, pharmacy: Client, office: Client, replaces: bool
) -> None:
    patient = fresh(15 if replaces else 13)
    numbers = [executed_for(doctor, pharmacy, a_beneficiary(identity=Nir(patient, "self"))) for _ in range(2)]
    registered = [doctor.executions(ByNumber(each)).register_act_id for each in numbers]
    outcomes = []
    for number, act_id in zip(numbers, registered, strict=True):
        stop: dict[str, Any] = {"act_id": uuid4(), "reason": CancelReason.CLINICAL_GROUNDS}
        if replaces:
            new = msgspec.structs.replace(a_prescription(), replaces=act_id)
            registration = native.read(prepare.registration(new, doctor.card, doctor.software).body, RegisterRequest)
            body = native.write(
                ReplaceRequest(
                    registration=registration,
                    prescription=ByNumber(number),
                    replacement=Replacement(**stop, beyond_reason="dose"),
                )
            )
            answer = post(system, "/v1/replace", body, bearer=token(doctor, system))
            outcomes.append(native.read(answer.content, ReplaceReceipt).replacement.outcome)
        else:
            body = native.write(CancelRequest(prescription=ByNumber(number), cancellation=Cancellation(**stop)))
            answer = post(system, "/v1/cancel", body, bearer=token(doctor, system))
            outcomes.append(native.read(answer.content, Receipt).outcome)
        if number is numbers[0]:
            office.oppose(opposition(of(patient)))
    assert outcomes == [CancelOutcome.REST_STOPPED, CancelOutcome.STOPPED]


@pytest.mark.parametrize("place", [places.CABINET_MARTIN, people.pharmacy(950, "Ailleurs")], ids=lambda each: each.name)
def test_an_agent_works_at_their_own_organisations_site(system: System, office: Client, place: Place) -> None:
    card = system.authority.issue("agent-ailleurs", office.card.holder, place)
    with Client(
        system.url, Card(card), home=system.home / "agent-ailleurs", trust=system.authority.trust, now=system.now
    ) as elsewhere:
        with pytest.raises(Declined) as raised:
            elsewhere.oppose(opposition(of(fresh(14))))
        assert raised.value.refusal is Refusal.NOT_OF_THIS_SITE


def test_many_at_once_make_one_opposition(system: System, office: Client) -> None:
    bearer = token(office, system)

    def send(body: bytes) -> tuple[int, bytes]:
        answer = post(system, "/v1/oppose", body, bearer=bearer)
        return answer.status_code, answer.content

    same = native.write(OpposeRequest(opposition=opposition(of(fresh(16)))))
    others = [native.write(OpposeRequest(opposition=opposition(of(fresh(17))))) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        repeated, raced = list(pool.map(send, [same] * 8)), list(pool.map(send, others))
    assert sorted(status for status, _ in repeated) == [200] * 7 + [201]
    assert len({content for _, content in repeated}) == 1
    assert sorted(status for status, _ in raced) == [201] + [409] * 7
    with pytest.raises(asyncpg.CheckViolationError):  # nor could two stand under one patient
        owner_runs(
            system,
            "INSERT INTO opposition SELECT patient, 2, gen_random_uuid(), 1, content, now(), sealed FROM opposition",
        )


def test_a_prescriber_who_may_execute_what_they_prescribed_learns_no_more_by_doing_so(
    system: System, doctor: Client, office: Client
) -> None:
    written = msgspec.structs.replace(
        a_prescription(lines=(a_text(),)), family=Family.OTHER, addressed_to=Profession.DOCTOR
    )
    number = doctor.prescribe(written).number
    assert number is not None
    bill = Invoice(act_id=uuid4(), number="F", lot="L", date=system.now().date(), lines=(InvoicedLine(line=1),))
    told: list[Refusal | None] = []
    with system.client("dr-leroy") as colleague:
        own = Nir(fresh(18), "self")
        colleague.execute(
            number, an_execution(Delivered(line=1, product="fait"), beneficiary=a_beneficiary(identity=own))
        )
    for opposed in (False, True):
        if opposed:
            office.oppose(opposition(of(fresh(18))))
        withheld = an_execution(Withheld(line=1, reason=NotDelivered.PATIENT_DECLINES))
        again = msgspec.structs.replace(bill, act_id=uuid4())
        for attempt in (
            functools.partial(doctor.consult, number, Origin.PAPER),
            functools.partial(doctor.execute, number, withheld),
            functools.partial(doctor.attach_invoice, number, again),
        ):
            try:
                attempt()
                told.append(None)
            except Declined as declined:
                told.append(declined.refusal)
    assert told == [None] * 3 + [Refusal.PATIENT_OPPOSED] * 3
