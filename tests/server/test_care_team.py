"""The care team's search: what it finds, for whom, under which relation; what stays hidden; how it is traced and slowed."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import msgspec
import pytest

from base import in_service, owner_fetches, owner_runs
from factories import a_beneficiary, a_medicine, a_patient, a_prescription, a_text, an_execution, boxes, delivered
from insured import ASKED, of, opposition
from leaks import Secrets
from ordonum.cli.system import System
from ordonum.client import Client, Declined
from ordonum.client.keys import HeldKeys
from ordonum.knowledge import care_team as rows
from ordonum.knowledge.rights import RIGHTS, Biologist, Right
from ordonum.model.actors import Profession
from ordonum.model.acts import WithdrawRequest
from ordonum.model.amending import AmendReason, Withdrawal
from ordonum.model.beneficiary import Ins, InsStatus, Nir
from ordonum.model.care_team import (
    MISSES_MAX,
    PAGE,
    TURN_SECONDS,
    Care,
    Cursor,
    FoundList,
    Relation,
    SearchPurpose,
    SearchRequest,
    Sought,
    page_of,
)
from ordonum.model.identifiers import BirthDate, InsOid, NirKey
from ordonum.model.lines import Family
from ordonum.model.number import EpuId
from ordonum.model.office import ByPatient, TracesRequest
from ordonum.model.outcomes import Delivered, NotDelivered, Withheld
from ordonum.model.prescription import Prescription
from ordonum.model.refusals import Refusal
from ordonum.model.state import Status
from ordonum.model.wishes import Anonymity, AnonymityGround
from ordonum.sandbox.vitale import nir
from ordonum.server.usecases.alerts import alerts
from ordonum.server.usecases.patient_index import index_of, traced_under
from ordonum.server.usecases.tracing import CareLeaf, Personal
from ordonum.server.vault.vault import Purpose as Sealing
from ordonum.wire import native
from raw import assert_problem, post, token
from sheet_on_paper import Sheet, already
from shell import Shell

BORN, NAME = "1979-03-14", "Éloïse"
TREATING = Care(relation=Relation.TREATING_DOCTOR, purpose=SearchPurpose.CONTINUITY)
_rank = iter(range(1, 1000))


def fresh() -> NirKey:
    """A number of this test's own: the database is the session's."""
    return nir(f"2790375056{next(_rank):03}")


def sought(identity: Nir | Ins, *, name: str = NAME, born: str = BORN, rank: int = 1) -> Sought:
    return Sought(identity=identity, first_name=name, birth_date=BirthDate(born), birth_rank=rank)


def own(number: NirKey) -> Nir:
    return Nir(number, "self")


@pytest.fixture
def treating(system: System) -> Iterator[Client]:
    """The workstation of a doctor who prescribed nothing here."""
    with system.client("dr-leroy") as client:
        yield client


@pytest.fixture
def office(system: System) -> Iterator[Client]:
    """The workstation of the office's agent."""
    with system.client("agent-caisse") as client:
        yield client


def prescribed(doctor: Client, prescription: Prescription | None = None) -> EpuId:
    number = doctor.prescribe(prescription or a_prescription()).number
    assert number is not None
    return number


def delivered_to(client: Client, number: EpuId, identity: Nir | Ins, **named: Any) -> UUID:
    """A box handed over to whom this identity names; the act."""
    who = msgspec.structs.replace(a_beneficiary(identity=identity), **named)
    given = an_execution(delivered(1, boxes(1)), beneficiary=who, identity_reason="carte vue")
    client.execute(number, given)
    return given.act_id


def found(client: Client, patient: Sought, care: Care = TREATING, since: date | None = None) -> FoundList:
    return client.search(SearchRequest(patient=patient, care=care, since=since))


def test_what_was_executed_is_found_with_its_lines_status_and_executions_and_nothing_that_names_anybody(
    system: System, doctor: Client, pharmacy: Client, treating: Client
) -> None:
    number = fresh()
    first, second = prescribed(doctor), prescribed(doctor, a_prescription(lines=(a_medicine(), a_medicine(2))))
    prescribed(doctor)  # never executed
    for each in (first, second):
        delivered_to(pharmacy, each, own(number))
    page = found(treating, sought(own(number)))
    newest, older = page.items
    assert newest.registered_at > older.registered_at
    assert (newest.status, newest.family, len(newest.lines)) == (Status.PARTLY_EXECUTED, Family.HEALTH_PRODUCTS, 2)
    assert newest.prescriber.surname == "MARTIN"
    (made,) = newest.executions
    assert made.place_name == "Pharmacie du Centre"
    assert isinstance(made.lines[0], Delivered)
    assert page.after is None
    assert [page_of([older] * many).after is None for many in (PAGE - 1, PAGE, PAGE + 1)] == [True, True, False]
    written = native.write(page).decode()
    for hidden in (number, number.matricule, "DURAND", "Éloïse", BORN, first, second):
        assert str(hidden) not in written


def test_it_is_found_since_a_day_and_not_before_it(
    system: System, doctor: Client, pharmacy: Client, treating: Client
) -> None:
    number, today = fresh(), system.now().date()
    written = today - timedelta(days=40)
    delivered_to(pharmacy, prescribed(doctor, a_prescription(written_on=written)), own(number))
    for since, many in ((written, 1), (written + timedelta(days=1), 0), (date(2020, 1, 1), 1)):
        assert len(found(treating, sought(own(number)), since=since).items) == many


def _withdraw(client: Client, system: System, number: EpuId, execution: UUID, lines: tuple[int, ...] = ()) -> None:
    taken = Withdrawal(act_id=uuid4(), execution=execution, reason=AmendReason.PATIENT, lines=lines)
    body = native.write(WithdrawRequest(number=number, withdrawal=taken))
    assert post(system, "/v1/withdraw", body, bearer=token(client, system)).status_code == 201


def test_what_was_withdrawn_is_found_no_more_unless_another_execution_stands(
    system: System, doctor: Client, pharmacy: Client, treating: Client
) -> None:
    number, order = fresh(), prescribed(doctor)
    first = delivered_to(pharmacy, order, own(number))
    second = delivered_to(pharmacy, order, own(number))
    _withdraw(pharmacy, system, order, first)
    (left,) = found(treating, sought(own(number))).items
    assert [each.act_id for each in left.executions] == [second]
    _withdraw(pharmacy, system, order, second)
    assert found(treating, sought(own(number))).items == ()


def test_an_execution_of_which_nothing_handed_over_is_left_attaches_nobody(
    system: System, doctor: Client, pharmacy: Client, treating: Client
) -> None:
    number, order = fresh(), prescribed(doctor, a_prescription(lines=(a_medicine(), a_medicine(2))))
    withheld = Withheld(line=2, reason=NotDelivered.OUT_OF_STOCK)
    given = an_execution(delivered(1, boxes(1)), withheld, beneficiary=a_beneficiary(identity=own(number)))
    pharmacy.execute(order, given)
    assert len(found(treating, sought(own(number))).items) == 1
    _withdraw(pharmacy, system, order, given.act_id, lines=(1,))
    assert found(treating, sought(own(number))).items == ()


def test_what_was_executed_under_another_s_number_is_found_under_it_by_the_name_that_was_read_with_it(
    doctor: Client, pharmacy: Client, treating: Client
) -> None:
    number, wrong, order = fresh(), fresh(), prescribed(doctor)
    delivered_to(pharmacy, order, own(number))
    delivered_to(pharmacy, order, own(wrong), first_name="Paul")
    assert len(found(treating, sought(own(wrong), name="Paul")).items) == 1
    assert found(treating, sought(own(wrong))).items == ()


def test_nothing_of_a_prescription_under_anonymity_or_opposed_when_made_is_found(
    system: System, doctor: Client, pharmacy: Client, treating: Client, tmp_path: Path
) -> None:
    number = fresh()
    plain, anonymous = a_prescription(), Anonymity(ground=AnonymityGround.IVG, requested=True)
    hidden = [
        msgspec.structs.replace(a_prescription(), anonymity=anonymous),  # attached on paper, before it was registered
        a_prescription(opposed=True),
    ]
    for each, many in ((plain, 1), *((each, 1) for each in hidden)):
        sheet = Sheet(system, doctor, each, HeldKeys(tmp_path / "keys"))
        given = already(system, delivered(1, boxes(1)))
        given = msgspec.structs.replace(given, beneficiary=a_beneficiary(identity=own(number)))
        assert sheet.execute(pharmacy, given).status_code == 201
        sheet.register()
        assert len(found(treating, sought(own(number))).items) == many
    blind = index_of(_vault(system), sought(own(number)))
    attached = owner_fetches(system, "SELECT count(DISTINCT lookup) AS many FROM patient_index WHERE blind = $1", blind)
    assert attached[0]["many"] == 3


def _vault(system: System) -> Any:
    assert system.context is not None
    return system.context.vault


def test_a_standing_opposition_closes_the_search_until_it_is_lifted(
    doctor: Client, pharmacy: Client, treating: Client, office: Client
) -> None:
    number, order = fresh(), prescribed(doctor)
    delivered_to(pharmacy, order, own(number))
    office.oppose(opposition(of(number)))
    assert found(treating, sought(own(number))).items == ()
    office.lift(opposition(of(number)))
    assert len(found(treating, sought(own(number))).items) == 1


def test_two_numbers_of_one_person_each_find_it_and_opposed_under_one_it_is_found_under_none(
    doctor: Client, pharmacy: Client, other_pharmacy: Client, treating: Client, office: Client
) -> None:
    before, now, order = fresh(), fresh(), prescribed(doctor)
    waiting = Ins(before, InsOid("1.2.250.1.213.1.4.9"), InsStatus.QUALIFIED)
    delivered_to(pharmacy, order, waiting)
    delivered_to(other_pharmacy, order, own(now))
    for identity in (waiting, own(now), Ins(now, InsOid("1.2.250.1.213.1.4.8"), InsStatus.QUALIFIED)):
        (item,) = found(treating, sought(identity)).items
        assert len(item.executions) == 2
    assert found(treating, sought(own(before))).items == ()  # the same digits, of another kind of number
    office.oppose(opposition(of(now)))
    assert [found(treating, sought(each)).items for each in (waiting, own(now))] == [(), ()]


def test_a_child_on_a_parents_card_and_each_twin_are_found_apart(
    doctor: Client, pharmacy: Client, treating: Client
) -> None:
    card = Nir(fresh(), "insured")
    born = BirthDate("2021-09-17")
    for name, rank in (("Lina", 1), ("Nour", 2)):
        patient = a_patient(first_name=name, birth_date=born)
        order = prescribed(doctor, a_prescription(patient=patient))
        delivered_to(pharmacy, order, card, first_name=name.upper(), birth_date=born, birth_rank=rank)
    for name, rank, many in (("Lina", 1, 1), ("nour", 2, 1), ("Lina", 2, 0), ("Nour", 1, 0), ("Lina", 3, 0)):
        assert len(found(treating, sought(card, name=name, born=born, rank=rank)).items) == many, (name, rank)
    assert found(treating, sought(own(card.nir), name="Lina", born=born)).items == ()  # the parent


@pytest.mark.parametrize(
    ("named", "many"), [({"name": "ELOISE"}, 1), ({"name": "Anne"}, 0), ({"born": "1979-03-15"}, 0)]
)
def test_a_number_alone_finds_nothing(
    doctor: Client, pharmacy: Client, treating: Client, named: dict[str, Any], many: int
) -> None:
    number = fresh()
    delivered_to(pharmacy, prescribed(doctor), own(number))
    assert len(found(treating, sought(own(number), **named)).items) == many


@pytest.mark.parametrize(
    ("card", "relation", "families"),
    [
        ("dr-leroy", Relation.TREATING_DOCTOR, {Family.HEALTH_PRODUCTS, Family.NURSING, Family.PHYSIOTHERAPY}),
        ("infirmiere-diallo", Relation.HOME_NURSING, {Family.HEALTH_PRODUCTS, Family.NURSING}),
        ("infirmiere-diallo", Relation.HOSPITAL_STAY, {Family.HEALTH_PRODUCTS, Family.NURSING}),
        ("pharmacie-gare", Relation.MEDICATION_REVIEW, {Family.HEALTH_PRODUCTS}),
        ("kine-bernard", Relation.REHABILITATION, {Family.PHYSIOTHERAPY}),
        ("dieteticienne-aubert", Relation.COORDINATED_TEAM, set()),
    ],
)
def test_each_reads_the_families_of_their_row_and_is_told_nothing_of_the_others(
    system: System,
    doctor: Client,
    pharmacy: Client,
    nurse: Client,
    card: str,
    relation: Relation,
    families: set[Family],
) -> None:
    number = fresh()
    with system.client("kine-bernard") as physiotherapist:
        for client, family in (
            (pharmacy, Family.HEALTH_PRODUCTS),
            (nurse, Family.NURSING),
            (physiotherapist, Family.PHYSIOTHERAPY),
        ):
            line = a_medicine() if family is Family.HEALTH_PRODUCTS else a_text(quantity=boxes(2))
            delivered_to(client, prescribed(doctor, a_prescription(lines=(line,), family=family)), own(number))
    with system.client(card) as client:
        page = found(client, sought(own(number)), Care(relation=relation, purpose=SearchPurpose.COORDINATION))
    assert {each.family for each in page.items} == families


def _trace_of(system: System, patient: Sought) -> bytes:
    """The keyed name under which this year's searches for a patient are traced."""
    index = index_of(_vault(system), patient)
    assert index is not None
    return traced_under(_vault(system), index, system.now().year)


def _entries(system: System, lookup: bytes) -> list[tuple[CareLeaf, Personal]]:
    """The leaves of searches under a keyed name, with who is behind them, oldest first."""
    vault, told = _vault(system), []
    for row in owner_fetches(system, "SELECT * FROM audit WHERE lookup = $1 ORDER BY recorded_at", lookup):
        if b'"relation"' in row["leaf"]:
            plain = vault.decrypt(Sealing.AUDIT, row["year"], lookup, row["entry_id"], row["personal"])
            told.append((native.reread(row["leaf"], CareLeaf), native.reread(plain, Personal)))
    return told


def test_each_prescription_shown_and_the_patient_even_when_nothing_is_found_keep_who_searched_and_why(
    system: System, doctor: Client, pharmacy: Client, treating: Client, office: Client
) -> None:
    number, order = fresh(), prescribed(doctor)
    blind = _trace_of(system, sought(own(number)))
    words = msgspec.structs.replace(TREATING, declaration="Il a perdu ses ordonnances.")
    found(treating, sought(own(number)), words)
    ((leaf, personal),) = _entries(system, blind)
    assert (leaf.v, leaf.action, leaf.outcome, leaf.relation, leaf.purpose) == (
        3,
        "seek",
        "done",
        "treating-doctor",
        "continuity",
    )
    assert personal.care == words
    assert personal.actor.who == treating.card.holder
    delivered_to(pharmacy, order, own(number))
    found(treating, sought(own(number)))
    lookup = _vault(system).lookup(order)
    ((shown, behind),) = _entries(system, lookup)
    assert (shown.action, behind.actor.who, behind.care) == ("search", treating.card.holder, TREATING)
    assert len(_entries(system, blind)) == 2


def test_the_patient_is_told_of_it_by_the_office(
    doctor: Client, pharmacy: Client, treating: Client, office: Client
) -> None:
    number, order = fresh(), prescribed(doctor)
    delivered_to(pharmacy, order, own(number))
    found(treating, sought(own(number)))
    told = [each.sentence for each in office.traces(TracesRequest(about=ByPatient(of(number)), purpose=ASKED)).entries]
    why = "(médecin traitant ; continuité des soins)."
    assert any(
        "a consulté, comme membre de votre équipe de soins, votre ordonnance" in s and s.endswith(why) for s in told
    )
    assert any("parmi toutes vos ordonnances" in s and s.endswith(why) for s in told)


def test_what_could_not_be_traced_is_not_answered(
    own_system: System,
) -> None:
    number = fresh()
    with (
        own_system.client("dr-martin") as doctor,
        own_system.client("pharmacie-centre") as pharmacy,
        own_system.client("dr-leroy") as treating,
    ):
        delivered_to(pharmacy, prescribed(doctor), own(number))
        bearer = token(treating, own_system)
        body = native.write(SearchRequest(patient=sought(own(number)), care=TREATING))
        assert post(own_system, "/v1/search", body, bearer=bearer).status_code == 200
        owner_runs(own_system, "REVOKE INSERT ON audit FROM ordonum_application")
        told = assert_problem(post(own_system, "/v1/search", body, bearer=bearer), "unavailable")
        assert "AMOXICILLINE" not in str(told)


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("preparatrice-lemoine", "not-for-this-caller"),
        ("secretaire-marchand", "not-for-this-caller"),
        ("structure-ehpad", "not-for-this-caller"),
        ("agent-caisse", "not-for-this-caller"),
        ("agent-service-medical", "not-for-this-caller"),
        ("pharmacie-centre", "relation-not-yours"),
        ("opticien-dupuis", "not-for-this-caller"),
        ("infirmiere-diallo", "relation-not-yours"),
    ],
)
def test_who_has_no_such_relation_is_refused_by_name(
    system: System, doctor: Client, pharmacy: Client, card: str, code: str
) -> None:
    number = fresh()
    delivered_to(pharmacy, prescribed(doctor), own(number))
    body = native.write(SearchRequest(patient=sought(own(number)), care=TREATING))
    with system.client(card) as client:
        assert_problem(post(system, "/v1/search", body, bearer=token(client, system)), code)
    blind = _trace_of(system, sought(own(number)))
    traced = [(leaf.outcome, leaf.relation) for leaf, _ in _entries(system, blind)]
    assert traced == ([("relation-not-yours", "treating-doctor")] if code == "relation-not-yours" else [])


def test_every_row_of_the_table_is_of_a_profession_and_of_families_in_scope() -> None:
    assert set(rows.READABLE) == set(Relation)
    for relation, row in rows.READABLE.items():
        assert row, relation
        assert all(Family.TRANSPORT not in families for families in row.values())
        assert {role for role, families in row.items() if Family.OTHER in families} <= {Profession.DOCTOR}
        assert all(isinstance(role, Profession | Biologist) for role in row)
    assert {role for row in rows.READABLE.values() for role in row} == {
        role for role, cells in RIGHTS.items() if Right.SEARCH in cells
    }


@pytest.mark.parametrize(
    "change",
    [
        {"care": None},
        {"care": {"relation": "neighbour", "purpose": "continuity"}},
        {"care": {"relation": "treating-doctor", "purpose": "curiosity"}},
        {"patient": {"identity": {"kind": "none", "reason": "newborn"}, "first_name": "A", "birth_date": "2020-01-01"}},
        {"since": "0001-01-01"},
        {"after": {"registered_at": "0001-01-01T00:00:00+14:00", "register_act_id": str(uuid4())}},
    ],
)
def test_a_search_without_its_relation_or_patient_is_unreadable(
    system: System, treating: Client, change: dict[str, Any]
) -> None:
    body = msgspec.json.decode(native.write(SearchRequest(patient=sought(own(fresh())), care=TREATING))) | change
    assert_problem(post(system, "/v1/search", body, bearer=token(treating, system)), "unreadable")


def test_a_fictitious_number_names_nobody(treating: Client) -> None:
    with pytest.raises(Declined) as declined:
        found(treating, sought(own(nir("2555555693042"))))
    assert declined.value.refusal is Refusal.FICTITIOUS_NUMBER


def test_pages_lose_and_double_nothing_while_executions_arrive(
    system: System, doctor: Client, pharmacy: Client, treating: Client
) -> None:
    number = fresh()
    early, orders = prescribed(doctor), []  # the oldest, not executed yet
    for rank in range(PAGE + 8):
        orders.append(prescribed(doctor, a_prescription(opposed=rank % 10 == 5)))
        delivered_to(pharmacy, orders[-1], own(number))
    seen = {each for rank, each in enumerate(orders) if rank % 10 != 5}
    pages, asked = [], SearchRequest(patient=sought(own(number)), care=TREATING)
    page = treating.search(asked)
    delivered_to(pharmacy, early, own(number))  # executed meanwhile: it is older than where the page ended
    delivered_to(pharmacy, orders[-1], own(number))
    newer = prescribed(doctor)
    delivered_to(pharmacy, newer, own(number))
    pages.append(page)
    assert (len(page.items), page.after is not None) == (PAGE, True)  # six are hidden, and leave no hole
    while page.after is not None:
        page = treating.search(msgspec.structs.replace(asked, after=page.after))
        pages.append(page)
    told = [each.register_act_id for each in (item for page in pages for item in page.items)]
    assert len(told) == len(set(told)) == len(seen) + 1 == 53
    assert len(pages[-1].items) == len(told) - PAGE
    assert len(treating.search(asked).items) == PAGE


def test_a_cursor_of_one_s_own_making_is_counted_like_any_search_in_vain(system: System, treating: Client) -> None:
    patient = sought(own(fresh()))
    blind = _trace_of(system, patient)
    far = Cursor(registered_at=system.now() + timedelta(days=9), register_act_id=uuid4())
    assert treating.search(SearchRequest(patient=patient, care=TREATING, after=far)).items == ()
    counted = owner_fetches(system, "SELECT count(*) AS many FROM miss WHERE lookup = $1", blind)
    assert counted[0]["many"] == 2  # the professional's and the place's


def _miss(system: System, who: bytes, many: int) -> None:
    at = system.now()
    values = ",".join(f"('\\x{who.hex()}', '{at.isoformat()}', '\\x{rank:064x}')" for rank in range(many))
    owner_runs(system, f"INSERT INTO miss VALUES {values}")


def test_a_hundred_searches_in_vain_alert_once_and_slow_the_hundred_and_first_whatever_it_finds(
    own_system: System,
) -> None:
    system, number = own_system, fresh()
    with (
        system.client("dr-martin") as doctor,
        system.client("pharmacie-centre") as pharmacy,
        system.client("dr-leroy") as treating,
        system.client("dr-rey") as other,
    ):
        delivered_to(pharmacy, prescribed(doctor), own(number))
        _miss(system, _vault(system).blind("search/professional/1", treating.card.holder.author), MISSES_MAX - 2)
        for _ in range(3):  # one more, the same patient again: once
            assert found(treating, sought(own(nir("2790375056999")))).items == ()
        assert _alerts(system) == []
        found(treating, sought(own(fresh())))
        ((kind, who),) = _alerts(system)
        assert (kind, who) == ("searching-professional", treating.card.holder)
        assert len(found(treating, sought(own(number))).items) == 1  # the first turn of one who waits
        for identity in (own(number), own(fresh())):
            with pytest.raises(Declined) as declined:
                found(treating, sought(identity))
            assert declined.value.refusal is Refusal.TOO_MANY_SEARCHES
        assert len(found(other, sought(own(number))).items) == 1  # nobody else waits
        system.shift += timedelta(seconds=TURN_SECONDS)
        assert len(found(treating, sought(own(number))).items) == 1
        system.shift += timedelta(days=1)
        for _ in range(3):
            assert len(found(treating, sought(own(number))).items) == 1


def _alerts(system: System) -> list[tuple[str, Any]]:
    assert system.context is not None
    raised = in_service(system, alerts(system.context.pool, system.context.vault, system.now() - timedelta(days=2)))
    return [(each.kind, each.actor.who) for each in raised]


def test_neither_the_number_nor_the_name_is_in_a_log_an_address_or_an_argument(
    system: System, doctor: Client, pharmacy: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    number = fresh()
    delivered_to(pharmacy, prescribed(doctor), own(number))
    patient = native.write(sought(own(number))).decode()
    shell = Shell(system, tmp_path, "dr-leroy")
    words = ("search", "--relation", "treating-doctor", "--purpose", "coordination")
    with caplog.at_level(logging.DEBUG):
        told = shell.json(*words, stdin=patient)
        said = shell.run(*words, stdin=patient).stdout
        none = shell.run(*words, stdin=native.write(sought(own(fresh()))).decode()).stdout
        refused = shell.run(*words, stdin=patient, card="pharmacie-centre")
    (item,) = told["items"]
    assert item["lines"][0]["label"] == "AMOXICILLINE 500 mg, gélule"
    assert "exécutée en partie d'après la base, de Claire MARTIN (médecin)" in said
    assert none == "Rien n'est trouvé pour ce patient sous cette relation.\n"
    assert (
        "« médecin traitant » n'est pas une relation de soins de votre profession (pharmacien)"
        in refused.stderr.replace("\n", " ")
    )
    secrets = Secrets("éloïse", births={BORN}, matricules={number.matricule})
    assert caplog.text
    for where, text in (("log", caplog.text), ("screen", said + none + refused.stderr), ("json", str(told))):
        assert list(secrets.searched(where, text.encode())) == []
    journal = "".join(each.read_text() for each in (system.home / "postes").rglob("*.jsonl"))
    assert list(secrets.searched("journal", journal.encode())) == []


def test_the_command_reads_the_vitale_card_twin_by_twin(
    system: System, doctor: Client, pharmacy: Client, tmp_path: Path
) -> None:
    card = native.read((system.home / "authority/vitale/famille-benali.json").read_bytes(), dict)
    lina = card["beneficiaries"][1]
    order = prescribed(doctor, a_prescription(patient=a_patient(first_name="Lina", birth_date=lina["birth_date"])))
    shell = Shell(system, tmp_path, "dr-leroy")

    def many(beneficiary: str) -> int:
        asked = ("--relation", "treating-doctor", "--vitale", "famille-benali", "--beneficiary", beneficiary)
        return len(shell.json("search", *asked)["items"])

    before = many("2"), many("3")
    identity = Nir(NirKey(card["insured"]["nir"]), "insured")
    delivered_to(pharmacy, order, identity, first_name="Lina", birth_date=BirthDate(lina["birth_date"]))
    assert (many("2"), many("3")) == (before[0] + 1, before[1])
    refused = shell.run("search", "--relation", "ami", "--vitale", "famille-benali", "--beneficiary", "2")
    assert refused.returncode == 2
    assert "treating-doctor" in refused.stderr


def test_a_search_has_no_secret_in_its_address(system: System, treating: Client) -> None:
    answer = httpx2.get(f"{system.url}/v1/search")
    assert answer.status_code == 405
    assert_problem(post(system, f"/v1/search/{fresh()}", {}, bearer=token(treating, system)), "no-such-page")
