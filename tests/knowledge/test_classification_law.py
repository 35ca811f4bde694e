"""A code answers by what the drug base says of its speciality, a substance by what most of them say; a forged code escapes
nothing. The medicines are those of the formulary that ships with the project, and a small base of our own.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from ruled import medicine

from factories import an_order
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.drugs.base import Edition
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.drugs.law import OfBase, conditions_of, of_texts
from ordonum.knowledge.drugs.loaded import LoadedBase, holding
from ordonum.knowledge.rules import RULES
from ordonum.model.case import Around, Case, Covered
from ordonum.model.conditions import Table, Trait, known_of
from ordonum.model.drug import Component, Nature, Presentation, Speciality
from ordonum.model.identifiers import Cip13, Cis, MedicabaseCode
from ordonum.model.legal import in_question, met
from ordonum.model.products import InitialPrescription, MedicineLine, Substance
from requirements import requirement

WRITTEN = date(2026, 11, 16)
LISTED = "listed-lasts-12-months"
NARCOTIC = {LISTED, "narcotic-28-days", "narcotic-in-words", "narcotic-secured"}
ASSIMILATED = {LISTED, "assimilated-limit", "narcotic-in-words", "narcotic-secured"}
OPIOID = {LISTED, "weak-opioid-in-words", "weak-opioid-secured"}
AT_ONCE = {"first-delivery-3-months", "a-month-at-once"}
NARCOTIC_LATE = {"first-delivery-3-months", "narcotic-three-days"}
WATCHED, CITED, PRESENTED = {"watched-told"}, {"initial-cited"}, {"initial-presented"}
LIMITED = {"limited-by-its-authorisation"}

# CIP13, what it is, what is met by its prescription, what by its first delivery
FIRING: list[tuple[str, str, set[str], set[str]]] = [
    ("3400933323523", "SKENAN LP 10 mg", NARCOTIC, NARCOTIC_LATE),
    ("3400937914857", "METHADONE AP-HP 10 mg", NARCOTIC | WATCHED, NARCOTIC_LATE | {"narcotic-fraction"}),
    ("3400934238307", "DUROGESIC 25 µg/h", NARCOTIC, NARCOTIC_LATE | {"narcotic-fraction"}),
    ("3400936534933", "RITALINE LP 20 mg", NARCOTIC | CITED, NARCOTIC_LATE | PRESENTED),
    ("3400957852993", "KETAMINE RENAUDIN", NARCOTIC | {"hospital-only"}, NARCOTIC_LATE),
    ("3400936103023", "ZOLPIDEM BIOGARAN 10 mg", ASSIMILATED | {"hypnotic-4-weeks"}, AT_ONCE),
    ("3400938164985", "RIVOTRIL 2 mg", ASSIMILATED | CITED, AT_ONCE | PRESENTED),
    ("3400933943998", "SUBUTEX 8 mg", ASSIMILATED, AT_ONCE | {"narcotic-fraction"}),
    ("3400926722357", "STABLON 12,5 mg", ASSIMILATED, AT_ONCE),
    ("3400930018613", "ZOPICLONE BIOGARAN 7,5 mg", {LISTED, "hypnotic-4-weeks"}, AT_ONCE),
    ("3400936429116", "ALPRAZOLAM BIOGARAN 0,25 mg", {LISTED, "anxiolytic-12-weeks"}, AT_ONCE),
    ("3400930127209", "TRAMADOL BIOGARAN 50 mg", OPIOID | {"tramadol-12-weeks"}, AT_ONCE),
    ("3400933275815", "DAFALGAN CODEINE", OPIOID | {"codeine-12-weeks"}, AT_ONCE),
    ("3400936513013", "LYRICA 100 mg", {LISTED, "pregabalin-6-months", "pregabalin-secured"}, AT_ONCE),
    ("3400935813688", "CURACNE 20 mg", {LISTED} | LIMITED | WATCHED | CITED, AT_ONCE | PRESENTED),
    ("3400938270426", "TOPIRAMATE VIATRIS 50 mg", {LISTED} | WATCHED | CITED, AT_ONCE | PRESENTED),
    ("3400934630774", "NEORAL 10 mg", {LISTED} | CITED, AT_ONCE | PRESENTED),
    ("3400930067963", "IMATINIB VIATRIS 100 mg", {LISTED} | CITED, AT_ONCE | PRESENTED),
    ("3400927371301", "LEPONEX 25 mg", {LISTED} | WATCHED, AT_ONCE),
    (
        "3400957267766",
        "THALIDOMIDE BMS 50 mg",
        {LISTED, "hospital-prescription", "specialists-only"} | WATCHED,
        AT_ONCE,
    ),
    ("3400926736484", "DESOGESTREL BIOGARAN", {LISTED}, {"first-delivery-3-months", "contraceptive-at-once"}),
    ("3400932200672", "MICROVAL", {LISTED}, {"first-delivery-3-months", "contraceptive-at-once"}),
    ("3400937656313", "IBUPROFENE BIOGARAN 400 mg", {LISTED}, AT_ONCE),
    ("3400935955838", "DOLIPRANE 1000 mg", set(), {"a-month-at-once"}),
    ("3400936413726", "NORLEVO 1,5 mg", set(), {"a-month-at-once"}),
]


def _line(*substances: str, days: int = 400, **rest: Any) -> MedicineLine:
    return medicine(*substances, days=days, **rest)


def _coded(cip13: str, **rest: Any) -> MedicineLine:
    """The medicine of this code, with the substances that it has."""
    found = formulary().presentation(cip13)
    assert found is not None
    return _line(*(each.name for each in found[0].active), cip13=Cip13(cip13), **rest)


def _met(line: MedicineLine, table: Table, *, given: bool = False) -> set[str]:
    """The rules that it meets, but that of how it is named: registered, or first delivered three months and some days after."""
    day = WRITTEN + timedelta(days=100 if given else 0)
    around = Around(order=an_order(line, written_on=WRITTEN), day=day, registering=not given)
    case = Case(around=around, line=line, known=known_of(line, table, day), amount=1 if given else None)
    return {each.rule.name for each in met(in_question(RULES, around), case)} - {"common-name-whole"}


SHIPPED = conditions_of(formulary())


@pytest.mark.parametrize(("cip13", "name", "prescribed", "delivered"), FIRING, ids=[row[1] for row in FIRING])
def test_each_condition_of_a_real_medicine_fires_its_rule(
    cip13: str, name: str, prescribed: set[str], delivered: set[str]
) -> None:
    line = _coded(cip13)
    assert _met(line, SHIPPED) == prescribed
    assert _met(line, SHIPPED, given=True) == delivered
    other = msgspec.structs.replace(line, substances=(Substance("paracétamol"),))
    assert _met(other, SHIPPED) >= prescribed  # whatever substance is written beside the code


@requirement("article à trouver", "code-against-substances", "code-against-substances-delivered")
def test_a_forged_code_escapes_no_rule_and_is_told() -> None:
    doliprane = Cip13("3400935955838")
    forged = _line("morphine", cip13=doliprane)
    assert _met(forged, SHIPPED) == NARCOTIC | {"code-against-substances"}
    assert _met(forged, SHIPPED, given=True) == NARCOTIC_LATE | {"code-against-substances-delivered"}
    assert "code-against-substances" not in _met(_line("morphine"), SHIPPED)
    for written in ("paracétamol", "PARACETAMOL", "une substance que la table ne connaît pas"):
        told = _met(_line(written, cip13=doliprane), SHIPPED)
        assert told == (set() if "para" in written.lower() else {"code-against-substances"})
    two = _line("paracétamol", cip13=doliprane, cis=Cis("61133186"))
    assert known_of(two, _Two(SHIPPED, "61133186"), WRITTEN).contradicted


@requirement("CSP R.5132-33", "narcotic-overlap")
def test_a_forged_substance_does_not_hide_that_a_code_is_already_covered() -> None:
    line = _line("paracétamol", days=28, cip13=Cip13("3400933323523"))  # a box of morphine
    order = an_order(line, written_on=WRITTEN)
    for substance, found in (("morphine", True), ("fentanyl", False)):
        covered = Covered(
            prescriber=order.prescriber.rpps, executant="3/1", substance=substance, first=WRITTEN, last=WRITTEN
        )
        around = Around(order=order, day=WRITTEN, executant="3/1", covered=(covered,))
        case = Case(around=around, line=line, known=known_of(line, SHIPPED, WRITTEN), amount=1)
        names = {each.rule.name for each in met(in_question(RULES, around), case)}
        assert ("narcotic-overlap" in names) is found


class _Two:
    """A table in which one code more is that of a narcotic."""

    def __init__(self, table: Table, code: str) -> None:
        self._table, self._code = table, code

    def get(self, key: str, default: Any, /) -> Any:
        return CONDITIONS["morphine"] if key == self._code else self._table.get(key, default)


def test_an_unknown_code_leaves_the_substances_to_speak_and_a_virtual_one_is_a_substance() -> None:
    assert _met(_line("morphine", cip13=Cip13("3400930000007")), SHIPPED) == NARCOTIC
    known = known_of(_line("desloratadine", virtual=MedicabaseCode("MV00000161")), SHIPPED, WRITTEN)
    assert (Trait.LIST_II in known.traits, known.partly, known.contradicted) == (True, False, False)
    against = known_of(_line("paracétamol", virtual=MedicabaseCode("MV00000161")), SHIPPED, WRITTEN)
    assert (Trait.LIST_II in against.traits, against.contradicted) == (True, True)


# a small base -----------------------------------------------------------------------------------------------------


def _speciality(
    number: int,
    substances: str,
    *texts: str,
    route: str = "orale",
    form: str = "comprimé",
    amount: str = "100 mg",
    status: str = "Autorisation active",
) -> Speciality:
    components = tuple(
        Component(
            element=form,
            code=f"{place:05}",
            name=name,
            amount=amount,
            reference=None,
            nature=Nature.SUBSTANCE,
            link=place,
        )
        for place, name in enumerate(substances.split(" + "), 1)
    )
    box = Presentation(
        cip13=f"34009{number:08}",
        cip7=f"{number:07}",
        label="",
        status="Présentation active",
        marketing="Déclaration de commercialisation",
        since=None,
        hospital=None,
        rates=(),
        price=None,
        public_price=None,
        fee=None,
        indications=None,
        pack=None,
    )
    return Speciality(
        cis=f"6{number:07}",
        name=substances,
        form=form,
        routes=(route,),
        status=status,
        procedure="Procédure nationale",
        marketing="Commercialisée",
        since=None,
        bdm=None,
        european=None,
        holders=(),
        watched=False,
        components=components,
        conditions=texts,
        atc=None,
        groups=(),
        presentations=(box,),
        shortages=(),
    )


def _numbered() -> Iterator[Speciality]:
    rows: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
        *(("ALPHA", ("liste I", "prescription limitée à 4 semaines"), {}),) * 3,
        ("ALPHA", ("liste I", "prescription limitée à 12 semaines"), {}),
        ("ALPHA", ("liste I", "réservé à l'usage HOSPITALIER"), {"route": "intraveineuse"}),
        ("BETA", (), {"amount": "200 mg"}),
        ("BETA", ("liste II",), {"amount": "400 mg"}),
        ("GAMMA", ("liste I",), {"route": "nasale"}),
        ("GAMMA", ("liste I",), {"route": "nasale"}),
        ("GAMMA + ALPHA", ("stupéfiants", "prescription limitée à 4 semaines"), {}),
        ("DELTA", ("liste I", "prescription réservée aux spécialistes et services NEUROLOGIE"), {}),
        ("DELTA", ("liste I",), {}),
        ("EPSILON + CODEINE", ("liste I", "prescription en toutes lettres sur ordonnance sécurisée"), {}),
        ("MORPHINE", ("liste I",), {"status": "Autorisation abrogée"}),
        ("MORPHINE", ("stupéfiants", "prescription limitée à 4 semaines"), {}),
        ("MORPHINE", ("stupéfiants", "prescription limitée à 4 semaines"), {}),
        ("ZETA", ("liste I", "prescription sur ordonnance sécurisée"), {}),
        ("ETA", ("liste I", "ne peut être obtenu que sur prescription médicale non renouvelable"), {}),
        ("THETA", ("liste I", "renouvellement de la prescription réservé aux spécialistes en NEUROLOGIE"), {}),
    ]
    for number, (substances, texts, named) in enumerate(rows):
        yield _speciality(number, substances, *texts, **named)


def _base(*, whole: bool = True) -> LoadedBase:
    edition = Edition(source="essai", of=WRITTEN, digest="", counts={}, whole=whole)
    return holding(tuple(_numbered()), edition)


SMALL = OfBase(_base())


def test_a_substance_is_what_three_quarters_of_its_medicines_of_town_say() -> None:
    alpha = known_of(_line("alpha"), SMALL, WRITTEN)
    assert alpha.traits == {Trait.LIST_I}  # not hospital-only
    assert alpha.max_days == 84  # the longest
    assert known_of(_line("beta"), SMALL, WRITTEN).partly  # half of them are listed: nothing is sure
    gamma = known_of(_line("gamma"), SMALL, WRITTEN)
    assert gamma.traits == {Trait.LIST_I}  # what it is mixed with does not speak for it
    assert Trait.SPECIALISTS not in known_of(_line("delta"), SMALL, WRITTEN).traits  # one of them is not
    assert known_of(_line("epsilon"), SMALL, WRITTEN).traits == {Trait.LIST_I}  # the words are for codeine
    assert known_of(_line("inconnue"), SMALL, WRITTEN).partly


def test_strength_form_and_route_tell_which_medicines_are_meant() -> None:
    def told(strength: str | None = None, **rest: Any) -> frozenset[Trait]:
        line = _line("beta", **rest)
        line = msgspec.structs.replace(line, substances=(Substance("beta", strength),))
        return known_of(line, SMALL, WRITTEN).traits

    assert told("400 mg") == told("0,4 g") == told("400mg", form="comprimé") == {Trait.LIST_II}
    assert told("200 mg") == {Trait.UNLISTED}
    assert told("900 mg") == told("beaucoup") == told() == frozenset()  # what fits none of them tells nothing
    injected = known_of(_line("alpha", route="voie intraveineuse"), SMALL, WRITTEN)
    assert Trait.HOSPITAL_ONLY in injected.traits


def test_a_formulary_speaks_of_its_codes_and_never_of_a_substance() -> None:
    small = OfBase(_base(whole=False))
    assert known_of(_line("alpha"), small, WRITTEN).partly
    assert known_of(_line("beta", cis=Cis("60000006")), small, WRITTEN).traits == {Trait.LIST_II}
    assert known_of(_line("tramadol"), small, WRITTEN) == known_of(_line("tramadol"), CONDITIONS, WRITTEN)


def test_the_code_of_a_medicine_no_longer_authorised_takes_the_rules_of_today() -> None:
    assert Trait.NARCOTIC in known_of(_line("morphine", cis=Cis("60000013")), SMALL, WRITTEN).traits


@requirement("article à trouver", "secured-by-its-authorisation", "not-renewable", "renewal-specialists")
@requirement("CSP R.5121-77", "watched-told")
def test_what_only_the_drug_base_says_is_told() -> None:
    assert _met(_line("zeta"), SMALL) == {LISTED, "secured-by-its-authorisation"}
    assert _met(_line("zeta", secured=True), SMALL) == {LISTED}
    assert _met(_line("eta", renewals=1), SMALL) == {LISTED, "not-renewable"}
    assert _met(_line("eta"), SMALL) == {LISTED}
    cited = _line("theta", initial=InitialPrescription(by="CHU", on=WRITTEN))
    assert _met(cited, SMALL) == {LISTED, "renewal-specialists"}
    assert _met(_line("theta"), SMALL) == {LISTED}
    watched = {"x": (of_texts(["médicament nécessitant une surveillance particulière pendant le traitement"]),)}
    assert "watched-told" in _met(_line("x"), watched)
    assert "watched-told" not in _met(_line("alpha"), SMALL)


ONE = "prescription réservée aux spécialistes et services NEUROLOGIE"
TOGETHER = [  # texts of one speciality: traits, longest, initial months, whether its specialists are known
    ((), "unlisted", None, None, False),
    (("stupéfiants", "liste I"), "narcotic secured in-words", None, None, False),
    (("liste I", "prescription limitée à 4 semaines", "prescription limitée à 12 semaines"), "list-1", 84, None, False),
    (("liste I", ONE), "list-1 specialists", None, None, True),
    (("liste I", ONE, "prescription initiale hospitalière annuelle"), "list-1 initial-hospital", None, 12, True),
    (("liste I", ONE, "prescription réservée aux spécialistes en ASTROLOGIE"), "list-1 specialists", None, None, False),
    (("liste I", ONE, "prescription réservée à certains spécialistes"), "list-1 specialists", None, None, False),
    (("liste I", "prescription limitée à 4 semaines", "sinon limitée à un cycle"), "list-1", None, None, False),
    (("médicament soumis à prescription médicale",), "", None, None, False),
    (("dispositions particulières",), "", None, None, False),
]


@pytest.mark.parametrize(("texts", "traits", "days", "months", "known"), TOGETHER)
def test_the_texts_of_a_medicine_are_one_and_what_is_not_understood_leaves_it_open(
    texts: tuple[str, ...], traits: str, days: int | None, months: int | None, known: bool
) -> None:
    found = of_texts(texts)
    assert {each.value for each in found.traits} == set(traits.split())
    assert (found.max_days, found.initial_months, bool(found.specialties)) == (days, months, known)


def test_what_a_base_answered_is_kept() -> None:
    class Counting(LoadedBase):
        asked = 0

        def of_substance(self, name: str) -> tuple[str, ...]:
            Counting.asked += 1
            return super().of_substance(name)

    made = _base()
    table = OfBase(Counting(made.edition, made._index, made._record))  # the same base, that counts
    for _ in range(3):
        known_of(_line("alpha", form="comprimé"), table, WRITTEN)
    assert Counting.asked == 2  # the form told, then the bare name
    assert conditions_of(made) is conditions_of(made)
