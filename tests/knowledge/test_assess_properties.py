"""What holds of the prescribing assistance whatever is prescribed: order, more treatments, nonsense; its tables; its speed."""

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from assessed import DAY, allergic, assessed, dosed, line, lines, thesaurus, treatment, who
from factories import a_prescription
from ordonum.knowledge.assistance import tables
from ordonum.knowledge.assistance.assess import assess
from ordonum.knowledge.assistance.names import identity, known_as
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.drugs.loaded import LoadedBase, holding
from ordonum.model.alert import Alert, AlertLevel, Allergy, AllergyTo, Assessment, Subject, Treatment
from ordonum.model.conditions import bare_substance
from ordonum.model.dosage import Cycle, Dosage, Dose, DoseUnit, Step, TimeUnit, Timing
from ordonum.model.drug import Speciality
from ordonum.model.identifiers import Cis
from ordonum.model.lines import FreeTextLine, Overridden
from ordonum.model.prescription import Sex
from ordonum.model.products import DeviceLine, Ingredient, MedicineLine, PreparationLine, Substance

MEDICINES = (
    "DOLIPRANE 1 g | paracétamol:1 g | 1 tablet 4/day | comprimé",
    "DAFALGAN CODEINE | paracétamol:500 mg + codéine:30 mg | 2 tablet 3/day | comprimé",
    "ADVIL 400 mg | ibuprofène:400 mg | 1 tablet 3/day | comprimé",
    "PROFENID | kétoprofène:100 mg | 1 tablet 2/day",
    "NOVATREX 2,5 mg | méthotrexate:2,5 mg | 4 tablet 1/day | comprimé",
    "VALIUM | diazépam:10 mg | 1 tablet evening",
    "SKENAN | morphine:10 mg | 1 capsule morning evening",
    "TERALITHE | carbonate de lithium:250 mg",
    "COLCHICINE | colchicine:1 mg | 1 tablet 1/day",
    "ZECLAR | clarithromycine:500 mg",
    "ELIQUIS | apixaban:5 mg | 1 tablet morning evening",
    "PREVISCAN | fluindione:20 mg | 0.75 tablet evening",
    "TAHOR | atorvastatine:10 mg | 1 tablet evening",
    "METFORMINE | metformine:1 g | 1 tablet 3/day",
    "INCONNU",
    "VOLTARENE gel | diclofénac | | gel",
)
SUBJECTS = (
    Subject(),
    who(
        birth_date="1994-00-00",
        sex=Sex.FEMALE,
        pregnant=True,
        weight_g=60_000,
        allergies=allergic("pénicilline", "*AINS"),
    ),
    who(birth_date="2021-03-01", sex=Sex.MALE, weight_g=15_000, allergies=(), drives=False),
    who(
        birth_date="1940-01-01",
        sex=Sex.MALE,
        clearance=Decimal(25),
        drives=True,
        athlete=True,
        allergies=allergic("+lactose"),
    ),
)
medicines = st.lists(st.sampled_from(MEDICINES), min_size=1, max_size=6)
taken = st.lists(st.sampled_from(MEDICINES), max_size=5)
subjects = st.sampled_from(SUBJECTS)
ORDER = list(AlertLevel)


def _all(found: Assessment) -> tuple[Alert, ...]:
    return (*found.alerts, *found.overridden)


def _by_name(found: Assessment, order: list[str]) -> set[tuple[str, str, frozenset[str], tuple[int, ...]]]:
    """Alerts with the lines that they are about by their text, wherever these stand."""
    return {
        (each.key, each.level.value, frozenset(order[rank - 1] for rank in each.lines), each.treatments)
        for each in _all(found)
    }


@settings(max_examples=60, deadline=None)
@given(medicines, taken, subjects, st.randoms())
def test_the_order_of_the_lines_changes_nothing_but_their_ranks(
    wanted: list[str], also: list[str], subject: Subject, chance: object
) -> None:
    shuffled = list(wanted)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # the randomness of the test, shrunk by it
    others = tuple(treatment(each) for each in also)
    one, other = (assessed(lines(*order), subject, others) for order in (wanted, shuffled))
    assert _by_name(one, wanted) == _by_name(other, shuffled)


@settings(max_examples=60, deadline=None)
@given(medicines, taken, st.sampled_from(MEDICINES), subjects)
def test_one_treatment_more_never_removes_an_alert(
    wanted: list[str], also: list[str], more: str, subject: Subject
) -> None:
    before = assessed(lines(*wanted), subject, tuple(treatment(each) for each in also))
    after = assessed(lines(*wanted), subject, tuple(treatment(each) for each in (*also, more)))
    for each in before.alerts:
        same = [found for found in after.alerts if found.key == each.key and set(each.lines) <= set(found.lines)]
        assert any(ORDER.index(found.level) <= ORDER.index(each.level) for found in same), each.key


doses = st.builds(
    Dose,
    amount=st.decimals(min_value="0.001", max_value=10**6, places=3),
    unit=st.sampled_from(DoseUnit),
)
dosages = st.builds(
    Dosage,
    steps=st.tuples(
        st.builds(
            Step,
            dose=st.none() | doses,
            timing=st.builds(
                Timing,
                times=st.none() | st.integers(1, 100),
                every=st.integers(1, 366),
                period=st.none() | st.sampled_from(TimeUnit),
            ),
        )
    ),
)
words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=40).filter(str.strip)
substances = st.lists(st.builds(Substance, name=words, strength=st.none() | words), min_size=1, max_size=3).map(tuple)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(words, substances, st.none() | dosages), min_size=1, max_size=4),
    st.builds(
        who,
        birth_date=st.none() | st.sampled_from(["1850-00-00", "2199-12-39", "2026-11-22", "1999-19-31"]),
        sex=st.none() | st.sampled_from(Sex),
        weight_g=st.none() | st.integers(200, 500_000),
        pregnant=st.none() | st.booleans(),
        pregnant_weeks=st.none() | st.integers(1, 45),
        breastfeeding=st.none() | st.booleans(),
        clearance=st.none() | st.decimals(min_value=0, max_value=200, places=1),
        allergies=st.none()
        | st.lists(st.builds(Allergy, to=st.sampled_from(AllergyTo), name=words), max_size=3).map(tuple),
        drives=st.none() | st.booleans(),
        athlete=st.none() | st.booleans(),
    ),
)
def test_nonsense_is_assessed_without_exception(
    written: list[tuple[str, tuple[Substance, ...], Dosage | None]], subject: Subject
) -> None:
    wanted = tuple(
        MedicineLine(
            rank=rank,
            label=label,
            substances=of,
            dosage="?",
            duration_days=3,
            structured_dosage=dosage,
            cis=Cis("69999999"),
        )
        for rank, (label, of, dosage) in enumerate(written, start=1)
    )
    also = tuple(Treatment(label=label, structured_dosage=dosage) for label, _, dosage in written)
    found = assessed(wanted, subject, also)
    assert all(each.source is not None or each.level is AlertLevel.NOTE for each in _all(found))
    assert [ORDER.index(each.level) for each in found.alerts] == sorted(
        ORDER.index(each.level) for each in found.alerts
    )


def test_what_is_not_known_is_said_and_blocks_nothing() -> None:
    wanted = lines(
        "ADVIL 400 mg | ibuprofène:400 mg",
        "METFORMINE | metformine:1 g | 1 tablet 2/day",
        "CODOLIPRANE | codéine:20 mg",
    )
    found = assessed(wanted, Subject(), (Treatment(label="un comprimé blanc"),))
    said = {(each.kind.value, each.because) for each in found.unchecked}
    start = "contrôle non fait, parce qu"
    assert {
        ("pregnancy", f"{start}e la grossesse n'est pas renseignée"),
        ("breastfeeding", f"{start}e l'allaitement n'est pas renseigné"),
        ("age", f"{start}e l'âge n'est pas renseigné"),
        ("renal", f"{start}e la clairance de la créatinine n'est pas renseignée"),
        ("allergy", f"{start}e les allergies ne sont pas renseignées"),
        ("maximum", f"{start}e la posologie n'est pas comprise (« ADVIL 400 mg »)"),
        ("duplicate", f"{start}e les substances de « un comprimé blanc » ne sont pas connues"),
    } <= said


def test_an_excipient_is_looked_for_where_a_document_was_read_and_said_missing_elsewhere() -> None:
    subject = Subject(allergies=allergic("+lactose"))
    stilnox, other = (
        line(1, "STILNOX 10 mg | zolpidem:10 mg", cis=Cis("63179285")),
        line(2, "LEXOMIL | bromazépam:6 mg"),
    )
    found = assess((stilnox, other), subject, base=_with_stilnox(), interactions=thesaurus(), day=DAY)
    assert [(each.key, each.lines) for each in found.alerts if each.kind.value == "allergy"] == [
        ("allergy:lactose", (1,))
    ]
    because = "contrôle non fait, parce que la base n'a pas les excipients"
    assert [each.lines for each in found.unchecked if each.because == because] == [(2,)]


def _with_stilnox() -> LoadedBase:
    """A base of one medicine, whose excipients were read."""
    any_one = next(iter(formulary().specialities()))
    stilnox = replace(any_one, cis="63179285", components=(), routes=("orale",))
    return holding((stilnox,), formulary().edition)


def test_nothing_is_missed_where_the_answer_would_change_nothing() -> None:
    wanted = lines("TRIATEC | ramipril:5 mg", "LEXOMIL | bromazépam:6 mg")
    man = who(birth_date="1980-01-01", sex=Sex.MALE, allergies=(), clearance=Decimal(90), drives=False)
    old = who(birth_date="1950-01-01", sex=Sex.FEMALE, allergies=(), clearance=Decimal(90), drives=False)
    missing = [
        {each.kind.value for each in assessed(wanted, subject).unchecked} - {"interaction"} for subject in (man, old)
    ]
    assert missing == [set(), set()]
    unknown = replace(man, drives=None, sex=Sex.FEMALE)
    kinds = {each.kind.value for each in assessed(wanted, unknown).unchecked} - {"interaction"}
    assert kinds == {"pregnancy", "driving"}


def test_an_association_whose_dose_is_in_milligrams_is_not_guessed() -> None:
    found = assessed(lines("DAFALGAN CODEINE | paracétamol:500 mg + codéine:30 mg | 5000 mg 1/day"), who(sex=Sex.MALE))
    assert any(
        "en quantité de substance pour un médicament qui en a plusieurs" in each.because for each in found.unchecked
    )


def test_a_dose_that_comes_late_in_a_cycle_is_seen() -> None:
    timing = Timing(times=6, period=TimeUnit.DAY, cycle=Cycle(length=28, days=(10,)))
    dosage = Dosage(steps=(Step(dose=Dose(amount=Decimal(1), unit=DoseUnit.TABLET), timing=timing),))
    found = assessed(
        (line(1, "DOLIPRANE | paracétamol:1 g", structured_dosage=dosage),), who(sex=Sex.MALE, allergies=())
    )
    assert [each.key for each in found.alerts] == ["maximum:paracetamol"]


def test_what_is_written_off_label_is_said() -> None:
    man = who(birth_date="1980-01-01", sex=Sex.MALE, allergies=(), clearance=Decimal(90))
    found = assessed((line(1, "TAHOR | atorvastatine:10 mg", off_label=True),), man)
    assert [(each.key, each.level) for each in found.alerts] == [("off-label:written", AlertLevel.NOTE)]


def test_strength_and_route_are_those_of_the_base() -> None:
    def of(substance: str, *, local: bool) -> Speciality:
        found = (formulary().speciality(cis) for cis in formulary().of_substance(substance))
        return next(each for each in found if each and len(each.active) == 1 and ("cutanée" in each.routes) is local)

    man = who(birth_date="1980-01-01", sex=Sex.MALE, weight_g=80_000, allergies=(), clearance=Decimal(90))
    tablet, gel = of("paracetamol", local=False), of("diclofenac", local=True)
    wanted = (
        line(1, "ce médicament | paracétamol | 30 tablet 1/day", cis=Cis(tablet.cis)),
        line(2, "un autre | diclofénac | 30 tablet 1/day", cis=Cis(gel.cis)),
    )
    assert [(each.key, each.lines) for each in assessed(wanted, man).alerts] == [("maximum:paracetamol", (1,))]


def test_a_child_without_a_weight_is_said_so() -> None:
    child = who(birth_date="2020-01-01", sex=Sex.MALE, allergies=())
    found = assessed(lines("DOLIPRANE | paracétamol:500 mg | 1 tablet 4/day"), child)
    assert "contrôle non fait, parce que le poids de l'enfant n'est pas renseigné" in {
        each.because for each in found.unchecked
    }


def test_what_was_passed_over_is_told_apart_with_its_reason() -> None:
    subject = who(birth_date="1980-01-01", sex=Sex.MALE, weight_g=80_000, allergies=(), clearance=Decimal(90))
    passed = (Overridden(alert="maximum:paracetamol", reason="douleur réfractaire, un jour"),)
    wanted = line(1, "DOLIPRANE | paracétamol:1 g | 1 tablet 5/day", overridden=passed)
    found = assessed((wanted,), subject)
    assert found.alerts == ()
    assert [(each.key, each.reason) for each in found.overridden] == [
        ("maximum:paracetamol", "douleur réfractaire, un jour")
    ]
    elsewhere = line(2, "EFFERALGAN | paracétamol:1 g | 1 tablet 1/day")
    assert {each.key for each in assessed((wanted, elsewhere), subject).alerts} == {"duplicate:paracetamol"}


def test_a_prescription_is_assessed_as_its_lines_are() -> None:
    child = who(birth_date="2020-01-01", sex=Sex.MALE, allergies=())
    wanted = lines("CODOLIPRANE | paracétamol:400 mg + codéine:20 mg")
    whole = a_prescription(lines=wanted)
    found = assess(whole, child, base=formulary(), interactions=thesaurus(), day=DAY)
    assert found == assessed(wanted, child)
    assert [each.key for each in found.alerts] == ["age:codeine"]


def test_what_is_no_medicine_is_left_alone_and_a_preparation_is_looked_at() -> None:
    preparation = PreparationLine(
        rank=1,
        label="gélules de codéine",
        formula=(Ingredient("codéine", "20 mg"), Ingredient("lactose", "qsp", active=False)),
        dosage="1",
    )
    device = DeviceLine(rank=2, label="attelle")
    free = FreeTextLine(rank=3, text="repos")
    child = who(birth_date="2020-01-01", sex=Sex.MALE, allergies=())
    found = assessed((preparation, device, free), child)
    assert [(each.key, each.lines) for each in found.alerts] == [("age:codeine", (1,))]
    passed = replace(preparation, overridden=(Overridden(alert="age:codeine", reason="avis du centre de la douleur"),))
    assert [each.key for each in assessed((passed,), child).overridden] == ["age:codeine"]


@pytest.mark.parametrize("said", ["NaN", "Infinity", "-1", "1e9"])
def test_a_clearance_that_is_no_clearance_is_refused_when_it_is_read(said: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="clearance"):
        msgspec.json.decode(b'{"clearance": "%s"}' % said.encode(), type=Subject)


def test_an_allergy_that_nobody_knows_is_said_once() -> None:
    subject = who(
        birth_date="1980-01-01",
        sex=Sex.MALE,
        allergies=allergic("Nimportequoine", "*bêta-lactamines"),
        clearance=Decimal(90),
    )
    found = assessed(lines("AMOXICILLINE | amoxicilline:1 g | 1 tablet 2/day", "TAHOR | atorvastatine:10 mg"), subject)
    assert [each.key for each in found.alerts] == ["allergy:beta-lactamines"]
    unknown = [each for each in found.unchecked if each.kind.value == "allergy"]
    assert [(each.lines, each.because) for each in unknown] == [
        ((1, 2), "contrôle non fait, parce que l'allergie à « Nimportequoine » n'est pas reconnue")
    ]


def test_a_treatment_that_is_over_is_not_counted() -> None:
    subject = who(birth_date="1980-01-01", sex=Sex.MALE, allergies=(), clearance=Decimal(90))
    over = Treatment(label="ADVIL", substances=(Substance("ibuprofène", "400 mg"),), until=date(2026, 11, 1))
    assert assessed(lines("PROFENID | kétoprofène:100 mg | 1 tablet 1/day"), subject, (over,)).alerts == ()


def test_a_row_stands_from_the_day_of_its_document() -> None:
    subject = who(
        birth_date="1994-01-01", sex=Sex.FEMALE, pregnant=True, pregnant_weeks=30, allergies=(), clearance=Decimal(90)
    )
    wanted = lines("ADVIL | ibuprofène:400 mg | 1 tablet 1/day")
    assert [each.key for each in assessed(wanted, subject, day=date(2016, 1, 1)).alerts] == []
    assert [each.key for each in assessed(wanted, subject).alerts] == ["pregnancy:ains"]


@pytest.mark.parametrize("kind", ["pregnancy", "breastfeeding", "age", "renal", "driving", "doping", "maximum"])
def test_every_row_names_what_was_read_or_is_to_be_validated(kind: str) -> None:
    count = tables.counts()[kind]
    assert count.read > count.to_validate
    rows: list[tables.Caveat | tables.Maximum] = [*tables.warnings(), *tables.maxima()]
    assert all((each.source is None) == (not each.quote) for each in rows), (
        "a row has its document and its phrase, or neither"
    )
    assert all(each.source is not None or each.level is AlertLevel.NOTE for each in rows)


def test_at_least_sixty_molecules_have_a_document_for_pregnancy_milk_age_or_kidney() -> None:
    named = {
        each.about
        for each in tables.warnings()
        if each.source is not None
        and each.kind.value in {"pregnancy", "breastfeeding", "age", "renal"}
        and "@" not in each.about
    }
    assert len(named) >= 60, len(named)


def test_documents_are_whole_and_each_serves() -> None:
    found = tables.sources()
    folder = Path(tables.__file__).parent
    used = "".join(
        each.read_text() for each in folder.iterdir() if each.suffix in {".py", ".tsv"} and each.name != "sources.tsv"
    )
    assert [name for name in found if name not in used] == []
    assert all(each.title and each.on and each.at.startswith("http") for each in found.values())
    assert len({each.at for each in found.values()}) >= 80


def test_names_are_known_without_salt_accent_nor_synonym() -> None:
    assert identity("VALPROATE DE SODIUM") == identity("acide valproïque") == "acide valproique"
    assert identity("ACÉTYLSALICYLATE DE DL-LYSINE") == identity("aspirine")
    assert "@ara2" in known_as("CANDÉSARTAN CILEXÉTIL")
    assert identity("INSULINE GLARGINE") != identity("INSULINE ASPARTE")
    assert identity("hydroxychloroquine") == bare_substance("hydroxychloroquine")


def test_ten_lines_and_twenty_treatments_take_five_milliseconds() -> None:
    specialities = list(formulary().specialities())
    dosage = dosed("1 tablet morning evening")
    subject = SUBJECTS[3]
    best = []
    for start in range(0, 150, 30):
        chosen = specialities[start : start + 30]
        wanted = tuple(
            MedicineLine(
                rank=rank, label=each.name[:100], cis=Cis(each.cis), substances=(Substance(each.components[0].name[:100]),),
                dosage="1 matin et soir", duration_days=30, structured_dosage=dosage,
            )
            for rank, each in enumerate(chosen[:10], start=1)
        )  # fmt: skip
        also = tuple(
            Treatment(label=each.name[:100], cis=Cis(each.cis), structured_dosage=dosage) for each in chosen[10:]
        )
        begun = time.process_time()
        assessed(wanted, subject, also)
        best.append(time.process_time() - begun)
    assert min(best) <= 0.005, best
