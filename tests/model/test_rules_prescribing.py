"""What a prescription may say: the longest durations to the day, words, rights by profession, mentions, restricted medicines."""

from datetime import date
from typing import Any

import msgspec
import pytest
from ruled import PARIS, medicine, noon, rule

from factories import DOCTOR, PLACE, SOFTWARE, an_order
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.rights import may_prescribe
from ordonum.knowledge.rules import RULES
from ordonum.model.actors import Actor, Establishment, Place, Profession, Professional
from ordonum.model.conditions import Conditions, Table, Trait
from ordonum.model.facts import RegisterFacts
from ordonum.model.identifiers import BirthDate, SpecialtyCode
from ordonum.model.lines import Family
from ordonum.model.prescription import Line, SignedOrder
from ordonum.model.products import DeviceLine, InitialPrescription, NoSubstitution, Substance, Supply
from ordonum.model.refusals import Refused
from ordonum.model.registration import check_registration, check_scope
from ordonum.model.wishes import PaperReason
from ordonum.sandbox import people
from requirements import requirement

WRITTEN = date(2026, 11, 16)
REFUSED, ASKED = "rule-refuses-prescribing", "rule-asks-prescribing"


def _who(profession: Profession, specialty: str | None = None) -> Professional:
    made = msgspec.structs.replace(DOCTOR, profession=profession)
    return msgspec.structs.replace(made, specialty=SpecialtyCode(specialty) if specialty else None)


def prescribe(
    *lines: Line,
    on: date = WRITTEN,
    who: Professional = DOCTOR,
    born: str = "1979-03-14",
    only: str | None = None,
    table: Table = CONDITIONS,
    family: Family = Family.HEALTH_PRODUCTS,
    **order: Any,
) -> tuple[str, str]:
    """What becomes of a prescription of these lines: a code, or `told`, or `silent`; and all that is said."""
    place: Place = order.get("place", PLACE)
    made: SignedOrder = msgspec.structs.replace(an_order(*lines, written_on=on, family=family), prescriber=who, **order)
    facts = RegisterFacts(
        actor=Actor(who, place, SOFTWARE, made.establishment),
        signer=who,
        may_prescribe=may_prescribe(who.profession) | {family},
        commitment_opens=True,
        taken=False,
        rules=RULES if only is None else (rule(only),),
        conditions=table,
        birth=BirthDate(born),
        now=noon(on),
        zone=PARIS,
    )
    try:
        told = check_registration(made, facts)
    except Refused as refused:
        return refused.refusal.code, " / ".join(each.detail for each in refused.faults)
    return ("told" if told else "silent"), " / ".join(told)


LIMITS = [  # rule, substance, most days, since
    ("narcotic-28-days", "sulfate de morphine", 28, None),
    ("assimilated-limit", "zolpidem", 28, None),
    ("assimilated-limit", "clonazépam", 84, None),
    ("hypnotic-4-weeks", "zopiclone", 28, None),
    ("anxiolytic-12-weeks", "alprazolam", 84, None),
    ("tramadol-12-weeks", "chlorhydrate de tramadol", 84, date(2020, 5, 1)),
    ("codeine-12-weeks", "phosphate de codéine hémihydraté", 84, date(2025, 3, 1)),
]


def _against(name: str, *lines: Line, **rest: Any) -> tuple[str, str]:
    return prescribe(*lines, only=name, **rest)


@requirement("CSP R.5132-30", "narcotic-28-days", "assimilated-limit")
@requirement("arrêté du 7 octobre 1991", "hypnotic-4-weeks", "anxiolytic-12-weeks")
@requirement("CSP R.5132-21, décision ANSM", "tramadol-12-weeks", "codeine-12-weeks")
@pytest.mark.parametrize(("name", "substance", "most", "since"), LIMITS)
def test_a_shortened_prescription_is_no_longer_than_its_last_day(
    name: str, substance: str, most: int, since: date | None
) -> None:
    for days, code in ((most - 1, "silent"), (most, "silent"), (most + 1, REFUSED)):
        assert _against(name, medicine(substance, days=days))[0] == code
    assert (
        f"prescrit{'e' if 'code' in name else ''} pour {most + 1} jours"
        in _against(name, medicine(substance, days=most + 1))[1]
    )
    assert _against(name, medicine(substance, days=most // 4 + 1, renewals=3))[0] == REFUSED  # renewals count
    assert _against(name, medicine("amoxicilline", days=most + 1))[0] == "silent"
    assert _against(name, medicine(substance, days=most + 1, override="cas particulier"))[0] == REFUSED
    if since is not None:
        assert _against(name, medicine(substance, days=most + 1), on=since)[0] == REFUSED
        assert (
            _against(name, medicine(substance, days=most + 1), on=since.replace(month=since.month - 1))[0] == "silent"
        )


@requirement("CSP R.5132-21", "listed-lasts-12-months")
@requirement("CSS R.165-36", "device-12-months")
@requirement("arrêté du 12 février 2021", "pregabalin-6-months")
def test_no_treatment_is_longer_than_its_months() -> None:
    for days, renewals, code in (
        (365, 0, "silent"),
        (366, 0, REFUSED),
        (30, 11, "silent"),
        (30, 12, REFUSED),
        (28, 12, REFUSED),
    ):
        assert _against("listed-lasts-12-months", medicine("metformine", days=days, renewals=renewals))[0] == code
        device = DeviceLine(rank=1, label="Lit médicalisé", supply=Supply.RENTED, duration_days=days, renewals=renewals)
        assert _against("device-12-months", device)[0] == (ASKED if code == REFUSED else code)
        why = msgspec.structs.replace(device, override="usage définitif (CSS R.165-44)")
        assert _against("device-12-months", why)[0] == "silent"
    leap = date(2028, 2, 29)  # to 28 February 2029: 365 days
    assert _against("listed-lasts-12-months", medicine("metformine", days=366), on=leap)[0] == REFUSED
    for renewals, code in ((5, "silent"), (6, REFUSED)):
        assert _against("pregabalin-6-months", medicine("prégabaline", renewals=renewals))[0] == code
    assert _against("pregabalin-6-months", medicine("prégabaline", renewals=6), on=date(2021, 5, 23))[0] == "silent"


@requirement("CSP R.5132-29", "narcotic-in-words", "weak-opioid-in-words")
@requirement("CSP R.5132-5", "narcotic-secured", "weak-opioid-secured", "pregabalin-secured")
@pytest.mark.parametrize(
    ("name", "substance", "flag", "since"),
    [
        ("narcotic-in-words", "morphine", "in_words", None),
        ("narcotic-in-words", "zolpidem", "in_words", None),
        ("weak-opioid-in-words", "tramadol", "in_words", date(2025, 3, 1)),
        ("narcotic-secured", "oxycodone", "secured", None),
        ("weak-opioid-secured", "codéine", "secured", date(2025, 3, 1)),
        ("pregabalin-secured", "prégabaline", "secured", date(2021, 5, 24)),
    ],
)
def test_what_must_be_written_so_is_refused_otherwise(name: str, substance: str, flag: str, since: date | None) -> None:
    plain = medicine(substance, days=7)
    assert _against(name, plain)[0] == REFUSED
    assert _against(name, msgspec.structs.replace(plain, **{flag: True}))[0] == "silent"
    assert _against(name, medicine("amoxicilline"))[0] == "silent"
    if since is not None:
        assert _against(name, plain, on=since)[0] == REFUSED
        assert _against(name, plain, on=date(since.year, since.month - 1, 28))[0] == "silent"


def test_every_line_at_fault_is_named_and_a_sheet_that_left_on_paper_is_only_told() -> None:
    lines = (medicine("morphine", days=29), medicine("zopiclone", rank=2, days=29))
    code, detail = prescribe(*lines)
    assert code == REFUSED
    assert "Ligne 1" in detail
    assert "Ligne 2" in detail
    code, detail = prescribe(*lines, on_paper=PaperReason.OUTAGE)
    assert code == "told"
    assert "29 jours" in detail


@requirement("CSP R.5132-6", "listed-not-prescribed-by", "nurse-listed", "dentist-dental", "midwife-list")
@requirement("CSP R.4301-3", "advanced-nurse-list")
@requirement("CSP L.4322-1", "podiatrist-topical")
@requirement("CSP L.4321-1", "physiotherapist-no-medicine")
@requirement("CSS R.165-1", "devices-of-the-list")
def test_each_profession_prescribes_what_is_its_own() -> None:
    listed, common, unknown = medicine("amoxicilline"), medicine("paracétamol"), medicine("inconnue")
    for profession in (Profession.PHYSIOTHERAPIST, Profession.PODIATRIST, Profession.ORTHOPTIST):
        assert _against("listed-not-prescribed-by", listed, who=_who(profession))[0] == REFUSED
        assert _against("listed-not-prescribed-by", common, who=_who(profession))[0] == "silent"
        assert _against("listed-not-prescribed-by", unknown, who=_who(profession))[0] == "told"
    assert _against("listed-not-prescribed-by", listed)[0] == "silent"
    nurse, advanced = _who(Profession.NURSE), _who(Profession.NURSE, "SI02")
    assert _against("nurse-listed", listed, who=nurse)[0] == ASKED
    assert _against("nurse-listed", medicine("désogestrel", override="renouvellement"), who=nurse)[0] == "silent"
    assert _against("nurse-listed", listed, who=advanced)[0] == "silent"
    assert _against("advanced-nurse-list", listed, who=advanced)[0] == "told"
    assert _against("advanced-nurse-list", listed, who=advanced, on=date(2025, 4, 29))[0] == "silent"
    for name, profession, line in (
        ("dentist-dental", Profession.DENTIST, listed),
        ("midwife-list", Profession.MIDWIFE, listed),
        ("podiatrist-topical", Profession.PODIATRIST, common),
        ("physiotherapist-no-medicine", Profession.PHYSIOTHERAPIST, common),
        ("devices-of-the-list", Profession.NURSE, DeviceLine(rank=1, label="Bandes de contention")),
    ):
        assert _against(name, line, who=_who(profession))[0] == "told"
        assert _against(name, line)[0] == "silent"


@requirement("arrêté du 12 novembre 2019", "mention-efg-age", "mention-mte-list")
def test_a_mention_against_substitution_is_founded() -> None:
    child = medicine("amoxicilline", no_substitution=NoSubstitution.EFG)
    for born, code in (("2020-11-15", REFUSED), ("2020-11-16", REFUSED), ("2020-11-17", "silent")):
        assert _against("mention-efg-age", child, born=born)[0] == code
    assert _against("mention-efg-age", medicine("amoxicilline"), born="1950-01-01")[0] == "silent"
    for substance, code in (("lévothyroxine sodique", "silent"), ("amoxicilline", ASKED), ("inconnue", ASKED)):
        assert _against("mention-mte-list", medicine(substance, no_substitution=NoSubstitution.MTE))[0] == code
    assert _against("mention-mte-list", medicine("amoxicilline", no_substitution=NoSubstitution.CIF))[0] == "silent"


@requirement("CSP R.5125-55", "common-name-whole")
@requirement("CSP R.5132-3-1", "abroad-common-name")
def test_a_common_name_is_whole() -> None:
    bare = medicine("amoxicilline", "acide clavulanique", form="comprimé", route="orale")
    assert "le dosage de 2 substances" in _against("common-name-whole", bare)[1]
    strong = (Substance("amoxicilline", "500 mg"), Substance("acide clavulanique", "62,5 mg"))
    whole = msgspec.structs.replace(bare, substances=strong)
    assert _against("common-name-whole", whole)[0] == "silent"
    assert "la voie" in _against("common-name-whole", msgspec.structs.replace(whole, route=None))[1]
    assert _against("abroad-common-name", bare)[0] == "silent"
    assert _against("abroad-common-name", msgspec.structs.replace(bare, abroad=True))[0] == ASKED
    assert _against("abroad-common-name", msgspec.structs.replace(whole, abroad=True))[0] == "silent"


@requirement("CSP R.5121-77", "hospital-only", "hospital-prescription", "specialists-only", "initial-cited")
def test_what_is_reserved_is_prescribed_by_those_it_is_reserved_to() -> None:
    inside = {"establishment": Establishment(finess=people.finess(9), name="CHU")}
    assert _against("hospital-only", medicine("kétamine"))[0] == REFUSED
    assert _against("hospital-only", medicine("morphine"))[0] == "silent"
    assert _against("hospital-prescription", medicine("bosentan"))[0] == ASKED
    assert _against("hospital-prescription", medicine("bosentan"), **inside)[0] == "silent"
    table = {"essai": (Conditions(traits=frozenset({Trait.SPECIALISTS}), specialties=frozenset({"SM32"})),)}
    assert _against("specialists-only", medicine("essai"), table=table)[0] == ASKED
    neurologist = _who(Profession.DOCTOR, "SM32")
    assert _against("specialists-only", medicine("essai"), table=table, who=neurologist)[0] == "silent"
    assert _against("initial-cited", medicine("topiramate"))[0] == "told"
    assert _against("initial-cited", medicine("topiramate"), who=neurologist)[0] == "silent"
    assert _against("initial-cited", medicine("ciclosporine"), **inside)[0] == "silent"
    cited = medicine("topiramate", initial=InitialPrescription(by="CHU", on=WRITTEN))
    assert _against("initial-cited", cited)[0] == "silent"


@requirement("CSS L.324-1", "ald-protocol")
@requirement("CSS R.161-45", "ald-paid")
@requirement("article à trouver", "accident-dated", "limited-by-its-authorisation")
def test_the_marks_of_a_line_go_together() -> None:
    assert _against("ald-protocol", medicine("metformine", ald=True))[0] == "told"
    assert _against("ald-protocol", medicine("metformine"))[0] == "silent"
    assert _against("ald-paid", medicine("metformine", ald=True, not_reimbursable=True))[0] == ASKED
    assert _against("ald-paid", medicine("metformine", ald=True))[0] == "silent"
    assert _against("accident-dated", medicine("metformine", atmp=True))[0] == "told"
    assert _against("accident-dated", medicine("metformine", atmp=True), accident_on=WRITTEN)[0] == "silent"
    for days, code in ((28, "silent"), (29, "told")):
        found = _against("limited-by-its-authorisation", medicine("isotrétinoïne", days=days))
        assert found[0] == code
    assert "règle à valider" in found[1]


@requirement("CSP L.4071-4", "made-and-executed-inside")
@requirement("article à trouver", "transport")
def test_what_the_circuit_does_not_carry_is_refused_by_the_act_itself() -> None:
    executed_inside = Establishment(finess=people.finess(9), name="CHU", executed_inside=True)
    assert (
        prescribe(medicine("amoxicilline"), establishment=executed_inside)[0] == rule("made-and-executed-inside").code
    )
    with pytest.raises(Refused) as raised:
        check_scope(Family.TRANSPORT, None)
    assert raised.value.refusal.code == rule("transport").code
