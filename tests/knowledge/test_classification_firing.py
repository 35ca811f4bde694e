"""Each condition of a real medicine of the formulary fires its rule; a forged code escapes none, and is told."""

from typing import Any

import msgspec
import pytest

from conditioned import LISTED, WRITTEN, a_line, rules_met
from factories import an_order
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.drugs.formulary import formulary
from ordonum.knowledge.drugs.law import conditions_of
from ordonum.knowledge.rules import RULES
from ordonum.model.case import Around, Case, Covered
from ordonum.model.conditions import Table, Trait, known_of
from ordonum.model.identifiers import Cip13, Cis, MedicabaseCode
from ordonum.model.legal import in_question, met
from ordonum.model.products import MedicineLine, Substance
from requirements import requirement

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


def _coded(cip13: str, **rest: Any) -> MedicineLine:
    """The medicine of this code, with the substances that it has."""
    found = formulary().presentation(cip13)
    assert found is not None
    return a_line(*(each.name for each in found[0].active), cip13=Cip13(cip13), **rest)


SHIPPED = conditions_of(formulary())


@pytest.mark.parametrize(("cip13", "name", "prescribed", "delivered"), FIRING, ids=[row[1] for row in FIRING])
def test_each_condition_of_a_real_medicine_fires_its_rule(
    cip13: str, name: str, prescribed: set[str], delivered: set[str]
) -> None:
    line = _coded(cip13)
    assert rules_met(line, SHIPPED) == prescribed
    assert rules_met(line, SHIPPED, given=True) == delivered
    other = msgspec.structs.replace(line, substances=(Substance("paracétamol"),))
    assert rules_met(other, SHIPPED) >= prescribed  # whatever substance is written beside the code


@requirement("article à trouver", "code-against-substances", "code-against-substances-delivered")
def test_a_forged_code_escapes_no_rule_and_is_told() -> None:
    doliprane = Cip13("3400935955838")
    forged = a_line("morphine", cip13=doliprane)
    assert rules_met(forged, SHIPPED) == NARCOTIC | {"code-against-substances"}
    assert rules_met(forged, SHIPPED, given=True) == NARCOTIC_LATE | {"code-against-substances-delivered"}
    assert "code-against-substances" not in rules_met(a_line("morphine"), SHIPPED)
    for written in ("paracétamol", "PARACETAMOL", "une substance que la table ne connaît pas"):
        told = rules_met(a_line(written, cip13=doliprane), SHIPPED)
        assert told == (set() if "para" in written.lower() else {"code-against-substances"})
    two = a_line("paracétamol", cip13=doliprane, cis=Cis("61133186"))
    assert known_of(two, _Two(SHIPPED, "61133186"), WRITTEN).contradicted


@requirement("CSP R.5132-33", "narcotic-overlap")
def test_a_forged_substance_does_not_hide_that_a_code_is_already_covered() -> None:
    line = a_line("paracétamol", days=28, cip13=Cip13("3400933323523"))  # a box of morphine
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
    assert rules_met(a_line("morphine", cip13=Cip13("3400930000007")), SHIPPED) == NARCOTIC
    known = known_of(a_line("desloratadine", virtual=MedicabaseCode("MV00000161")), SHIPPED, WRITTEN)
    assert (Trait.LIST_II in known.traits, known.partly, known.contradicted) == (True, False, False)
    against = known_of(a_line("paracétamol", virtual=MedicabaseCode("MV00000161")), SHIPPED, WRITTEN)
    assert (Trait.LIST_II in against.traits, against.contradicted) == (True, True)
