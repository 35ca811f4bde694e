"""Who did what on a patient's data, told in French by the office; what justifies an invoice, for the insurer's other agents."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from uuid import uuid4

import msgspec
import pytest

from base import owner_fetches, owner_runs
from desk import Desk
from factories import a_beneficiary, a_medicine, a_prescription, an_execution, boxes, delivered
from insured import ASKED, of, opposition
from ordonum.cli.system import System
from ordonum.client import Client, Declined
from ordonum.knowledge.rights import Right
from ordonum.model.acts import ByNumber, ExecuteRequest, Given, Origin
from ordonum.model.beneficiary import Nir
from ordonum.model.identifiers import NirKey
from ordonum.model.insurer import Purpose, PurposeCode
from ordonum.model.invoice import Invoice, InvoicedLine
from ordonum.model.lines import Family
from ordonum.model.number import EpuId
from ordonum.model.office import ByPatient, JustifyRequest, Traces, TracesRequest
from ordonum.model.products import Substance
from ordonum.model.refusals import Refusal
from ordonum.model.wishes import Anonymity, AnonymityGround
from ordonum.sandbox.vitale import nir
from ordonum.server.usecases.tracing import DeclaredLeaf, Personal
from ordonum.server.vault.vault import Purpose as Sealing
from ordonum.texts import traces as words
from ordonum.wire import native
from raw import assert_problem, post, token

CHECKS = Purpose(PurposeCode.INVOICE_CHECK)
OPINION = Purpose(PurposeCode.MEDICAL_OPINION)


@pytest.fixture
def office(system: System) -> Iterator[Client]:
    """The workstation of the office's agent."""
    with system.client("agent-caisse") as client:
        yield client


def number_of(rank: int) -> NirKey:
    """A number of this module's own."""
    return nir(f"1{rank:02}0269381{rank:03}")


def prescribed(doctor: Client) -> EpuId:
    number = doctor.prescribe(a_prescription()).number
    assert number is not None
    return number


def said(found: Traces) -> list[str]:
    """The sentences without the date of the prescription."""
    return [
        re.sub(r"votre ordonnance du [^(]*\(produits de santé\)", "votre ordonnance", each.sentence)
        for each in found.entries
    ]


def test_the_patient_is_told_who_did_what_and_the_telling_too(
    system: System, doctor: Client, pharmacy: Client, nurse: Client, office: Client
) -> None:
    mine = number_of(1)
    number = prescribed(doctor)
    pharmacy.consult(number, Origin.PAPER)
    with pytest.raises(Declined):
        nurse.consult(number, Origin.DMP)
    given = an_execution(delivered(1, boxes(1)), beneficiary=a_beneficiary(identity=Nir(mine, "self")))
    pharmacy.execute(number, given)
    doctor.executions(ByNumber(number))
    office.oppose(opposition(of(mine)))
    asked = TracesRequest(about=ByPatient(of(mine)), purpose=ASKED)
    first = office.traces(asked)
    told = [
        "Cabinet du docteur Martin a enregistré votre ordonnance.",
        "Pharmacie du Centre a consulté votre ordonnance (ordonnance papier).",
        "Consulter votre ordonnance a été refusé à Cabinet infirmier Diallo : "
        "cette profession ne lit pas ce type d'ordonnance.",
        "Pharmacie du Centre a exécuté, en tout ou partie, votre ordonnance.",
        "Cabinet du docteur Martin a relu ce qui a été exécuté de votre ordonnance.",
        "Caisse primaire du Rhône (fictive) a enregistré votre opposition à la relecture de toutes vos ordonnances.",
    ]
    assert said(first) == told
    assert first.entries[1].who == "Nadia PETIT, pharmacien"
    assert first.entries[1].family is Family.HEALTH_PRODUCTS
    assert first.entries[1].written_on == system.now().date() or isinstance(first.entries[1].written_on, date)
    assert first.entries[2].refused == "not-your-family"
    assert first.entries[-1].who == "agent : agit pour un patient (caisse)"
    assert first.opposed_since is not None
    reading = "Caisse primaire du Rhône (fictive) a relu, à votre demande, qui a fait quoi sur "
    assert said(office.traces(asked)) == [*told, f"{reading}toutes vos ordonnances."]
    by_number = TracesRequest(about=ByNumber(number), purpose=ASKED)
    alone = [*told[:-1], *[f"{reading}votre ordonnance."] * 2]
    assert said(office.traces(by_number)) == alone
    assert said(office.traces(by_number)) == [*alone, f"{reading}votre ordonnance."]


def test_under_a_number_only_what_was_executed_for_that_person_is_read(
    doctor: Client, pharmacy: Client, office: Client
) -> None:
    pharmacy.execute(prescribed(doctor), an_execution(beneficiary=a_beneficiary(identity=Nir(number_of(2), "self"))))
    assert office.traces(TracesRequest(about=ByPatient(of(number_of(3))), purpose=ASKED)).entries == ()
    assert office.traces(TracesRequest(about=ByPatient(of(number_of(2))), purpose=ASKED)).entries != ()


def test_who_was_erased_is_told_as_erased(own_system: System) -> None:
    with own_system.client("dr-martin") as doctor, own_system.client("agent-caisse") as office:
        number = prescribed(doctor)
        owner_runs(own_system, "SELECT shred_entry(lookup, entry_id) FROM audit")
        (only,) = office.traces(TracesRequest(about=ByNumber(number), purpose=ASKED)).entries
    assert (only.who, only.place) == (None, None)
    assert only.sentence.startswith("Quelqu'un dont l'identité a été effacée a enregistré votre ordonnance du ")


@pytest.mark.parametrize("right", Right)
def test_every_act_has_its_words(right: Right) -> None:
    assert right.value in words.DEEDS


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_is_told_to_a_patient_without_a_hole(refusal: Refusal) -> None:
    told = words.motive(refusal.code)
    assert told
    assert "…" not in told


def test_the_purpose_is_in_the_leaf_and_bound_to_whoever_declared_it(
    system: System, doctor: Client, office: Client
) -> None:
    number = prescribed(doctor)
    office.traces(TracesRequest(about=ByNumber(number), purpose=ASKED))
    assert system.context is not None
    vault = system.context.vault
    lookup = vault.lookup(number)
    rows = owner_fetches(system, "SELECT * FROM audit WHERE lookup = $1 ORDER BY recorded_at", lookup)
    leaves = [msgspec.json.decode(row["leaf"]) for row in rows]
    assert [each["v"] for each in leaves] == [1, 2]
    assert (leaves[1]["purpose"], set(leaves[1]) - set(leaves[0])) == ("patient-request", {"purpose"})
    native.read_own(rows[1]["leaf"], DeclaredLeaf)
    row = rows[1]
    plain = vault.decrypt(Sealing.AUDIT, row["year"], lookup, row["entry_id"], row["personal"])
    personal = native.read_own(plain, Personal)
    assert personal.purpose == ASKED
    bound = native.canonical((personal.actor, personal.purpose))
    assert leaves[1]["personal"] == hmac.digest(bytes.fromhex(personal.key), bound, hashlib.sha256).hex()
    assert ASKED.reference is not None
    assert ASKED.reference.encode() not in b"".join(bytes(each["leaf"]) + bytes(each["personal"]) for each in rows)


def _invoice(system: System) -> Invoice:
    return Invoice(
        act_id=uuid4(),
        number="F-1",
        lot="L-1",
        date=system.now().date(),
        lines=(InvoicedLine(line=1, quantity=boxes(1)),),
    )


def test_nothing_of_what_was_asked_to_be_anonymous_is_read_by_the_insurer(doctor: Client, system: System) -> None:
    wanted = Anonymity(ground=AnonymityGround.IVG, requested=True)
    number = doctor.prescribe(msgspec.structs.replace(a_prescription(), anonymity=wanted)).number
    assert number is not None
    for card, purpose in (("agent-remboursement", CHECKS), ("agent-service-medical", OPINION)):
        with system.client(card) as agent, pytest.raises(Declined) as raised:
            agent.justify(JustifyRequest(number=number, purpose=purpose))
        assert raised.value.refusal is Refusal.ANONYMOUS_CLOSED


def test_an_invoice_is_justified_without_a_name_and_lines_are_the_medical_services(
    system: System, doctor: Client, pharmacy: Client, office: Client
) -> None:
    number = prescribed(doctor)
    pharmacy.execute(number, an_execution(delivered(1, boxes(1))))
    pharmacy.attach_invoice(number, _invoice(system))
    for card, purpose, lines in (("agent-remboursement", CHECKS, False), ("agent-service-medical", OPINION, True)):
        with system.client(card) as agent:
            found = agent.justify(JustifyRequest(number=number, purpose=purpose))
            assert [each.place_name for each in found.executions] == ["Pharmacie du Centre"]
            assert [each.scan_needed for each in found.justification] == [False]
            assert (found.lines is not None) is lines
            raw = post(
                system,
                "/v1/justify",
                native.write(JustifyRequest(number=number, purpose=purpose)),
                bearer=token(agent, system),
            ).text
            assert not re.search("DURAND|Éloïse|1979-03-14|27903512151", raw)
            with pytest.raises(Declined) as raised:
                agent.justify(JustifyRequest(number=number, purpose=ASKED))
            assert raised.value.refusal is Refusal.PURPOSE_NOT_OF_MISSION
    last = said(office.traces(TracesRequest(about=ByNumber(number), purpose=ASKED)))[-1]
    assert last == (
        "Lire ce qui justifie la facture de votre ordonnance a été refusé à Caisse primaire du Rhône (fictive) : "
        "la finalité déclarée n'était pas de sa mission."
    )


def test_a_call_without_its_purpose_is_not_read(system: System, doctor: Client) -> None:
    number = prescribed(doctor)
    for card, path, body in (
        ("agent-caisse", "/v1/traces", {"about": {"by": "number", "number": number}}),
        ("agent-remboursement", "/v1/justify", {"number": number}),
    ):
        with system.client(card) as agent:
            told = assert_problem(post(system, path, body, bearer=token(agent, system)), "unreadable")
        assert [each["at"] for each in told["errors"]] == ["$.purpose"]


def test_a_number_that_came_before_a_registration_under_anonymity_tells_nobody_of_it(system: System) -> None:
    """A parent who asks for what was done on their child's data would read it."""
    mine = a_beneficiary(identity=Nir(number_of(9), "self"))
    asked = TracesRequest(about=ByPatient(of(number_of(9))), purpose=ASKED)
    pills = a_medicine(1, quantity=boxes(1))
    pills = msgspec.structs.replace(pills, substances=(Substance("mifépristone"),))
    with ExitStack() as stack:
        desk = Desk(system, stack)
        for requested in (False, True):
            wish = Anonymity(ground=AnonymityGround.IVG, requested=requested)
            written, body = desk.write("dr-martin", pills, anonymity=wish)
            early = desk.execution(beneficiary=mine, given=Given.ALREADY)
            early_act = ExecuteRequest(number=written.number, execution=early, qr=written.code)
            assert desk.send("pharmacie-centre", "execute", early_act).status_code == 201
            assert post(system, "/v1/register", body, bearer=desk.bearer("dr-martin")).status_code == 201
        entries = native.read_own(desk.send("agent-caisse", "traces", asked).content, Traces).entries
        assert len([each for each in entries if each.refused is None]) == 2  # the execution and the registration of one
