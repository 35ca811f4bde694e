"""What a value does not say, and what its parts say together."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

import ordonum.model
from factories import DOCTOR, NIR, PHARMACY, PLACE, SOFTWARE, an_actor, an_execution
from ordonum.model.actors import Actor, Employee, EmployeeRole, Establishment, Structure
from ordonum.model.acts import Execution, Given
from ordonum.model.alert import AllergyTo
from ordonum.model.beneficiary import Ins, InsStatus
from ordonum.model.coded import Coded
from ordonum.model.dosage import DoseUnit, PerBody, Relation, TimeUnit
from ordonum.model.executant_acts import same_author
from ordonum.model.identifiers import ActCode, Cip13, EmployeeId, Identifier, InsOid, Lpp, Malformed, Nabm, StructureId
from ordonum.model.labels import Labelled
from ordonum.model.lines import Frequency, Period
from ordonum.model.outcomes import (
    Handwritten,
    Intervention,
    InterventionKind,
    InterventionReason,
    NotDelivered,
    SeenOnPaper,
    Withheld,
)
from ordonum.model.products import Supply
from ordonum.model.refusals import RECORDED_SENTENCE, Effect, Refusal, Refused
from ordonum.sandbox import people, places

TRUE_UNLESS_SAID = {"Ingredient.active", "RegisterFacts.may_secure"}
# An ampoule is an ampoule, and a milligram is written mg.
SAME_IN_BOTH_LANGUAGES: dict[type, frozenset[str]] = {
    DoseUnit: frozenset(
        {
            "ampoule",
            "sachet",
            "injection",
            "dose",
            "inhalation",
            "application",
            "film",
            "implant",
            "tube",
            "g",
            "mg",
            "ng",
            "ml",
            "l",
            "mmol",
            "dose-kg",
        }
    ),
    TimeUnit: frozenset({"minute"}),
    PerBody: frozenset({"kg"}),
}
WITHHELD = Withheld(line=1, reason=NotDelivered.OUT_OF_STOCK)
SEEN = SeenOnPaper(stamp="Pharmacie des Halles")


def _structs() -> Iterator[type[msgspec.Struct]]:
    for module in pkgutil.iter_modules(ordonum.model.__path__):
        for each in vars(importlib.import_module(f"ordonum.model.{module.name}")).values():
            if isinstance(each, type) and issubclass(each, msgspec.Struct):
                yield each


def test_what_is_not_said_is_not_so() -> None:
    """Defaults are left out of what is signed and compared: changing one changes what old signatures say."""
    said = {
        f"{kind.__name__}.{field.name}": field.default
        for kind in _structs()
        for field in msgspec.structs.fields(kind)
        if isinstance(field.default, (bool, int))
    }
    assert {name for name, default in said.items() if default is True} == TRUE_UNLESS_SAID
    chosen = [field.default for kind in _structs() for field in msgspec.structs.fields(kind)]
    assert {each for each in chosen if isinstance(each, Labelled)} == {Supply.SOLD, Relation.AT, AllergyTo.SUBSTANCE}
    counted = {name.split(".")[1]: default for name, default in said.items() if not isinstance(default, bool)}
    assert counted == {"renewals": 0, "every": 1, "birth_rank": 1, "turn": 1, "shared": 1}


def test_every_member_of_a_list_has_words_for_people() -> None:
    for module in pkgutil.iter_modules(ordonum.model.__path__):
        for kind in vars(importlib.import_module(f"ordonum.model.{module.name}")).values():
            if isinstance(kind, type) and issubclass(kind, Labelled) and kind is not Labelled:
                same = SAME_IN_BOTH_LANGUAGES.get(kind, frozenset())
                assert {each.value for each in kind if each.label in {"", each.value}} == same, kind


def test_every_effect_has_its_sentence() -> None:
    assert set(RECORDED_SENTENCE) == set(Effect)
    assert len(set(RECORDED_SENTENCE.values())) == len(Effect)


def test_a_refusal_says_where_when_it_is_somewhere_and_nowhere_else() -> None:
    somewhere = Refused(Refusal.UNKNOWN_LINE, at="$.execution.lines[0].line", line=7)
    assert [(each.at, each.code) for each in somewhere.faults] == [("$.execution.lines[0].line", "unknown-line")]
    assert "7" in somewhere.faults[0].detail
    assert Refused(Refusal.NUMBER_TAKEN).faults == ()
    assert str(somewhere) == "unknown-line"


def test_a_modification_says_its_reason() -> None:
    Intervention(kind=InterventionKind.AS_PRESCRIBED)
    Intervention(kind=InterventionKind.MODIFIED, reason=InterventionReason.SHORTAGE)
    with pytest.raises(ValueError, match="modification-wants-its-reason"):
        Intervention(kind=InterventionKind.MODIFIED)


def test_what_was_read_on_the_paper_is_a_past_delivery_of_somebody_else() -> None:
    seen = an_execution(given=Given.ALREADY)
    made = msgspec.structs.replace(seen, seen_on_paper=SEEN, beneficiary=None)
    assert not made.delivers
    for wrong in (
        {"given": Given.NOW},
        {"lines": (WITHHELD,)},
        {"lines": (Handwritten(text="Coton"),)},
    ):
        with pytest.raises(ValueError, match="seen-on-paper-is-a-past-delivery"):
            msgspec.structs.replace(made, **wrong)


def test_what_was_added_by_hand_delivers_and_names_somebody() -> None:
    by_hand = msgspec.structs.replace(an_execution(), lines=(Handwritten(text="Coton"), WITHHELD))
    assert by_hand.delivers
    assert not an_execution(WITHHELD).delivers


@pytest.mark.parametrize(("year", "accepted"), [(2019, False), (2020, True), (2200, True), (2201, False)])
def test_an_execution_is_of_our_times(year: int, accepted: bool) -> None:
    def made() -> Execution:
        return an_execution(performed_at=datetime(year, 6, 1, tzinfo=UTC))

    if accepted:
        made()
        return
    with pytest.raises(ValueError, match="date-out-of-range"):
        made()


def test_a_code_says_its_kind_and_the_products_comes_first() -> None:
    assert Coded().code is None
    assert Coded(cip13=Cip13("3400930000120"), lpp=Lpp("1234567")).code == "cip13:3400930000120"
    assert Coded(lpp=Lpp("1234567"), act=ActCode("AMI 4")).code == "lpp:1234567"
    assert Coded(nabm=Nabm("1104")).code == "nabm:1104"


def test_only_a_qualified_identity_is_borne_by_documents() -> None:
    for status in InsStatus:
        ins = Ins(NIR, InsOid("1.2.250.1.213.1.4.8"), status)
        assert ins.is_qualified is (status is InsStatus.QUALIFIED)


def test_an_act_is_its_authors_or_their_places_and_nobody_elses() -> None:
    secretary = Employee(EmployeeId(f"3{people.finess(1)}/CPET00001"), "X", "Y", EmployeeRole.SECRETARY)
    structure = Structure(StructureId(f"1{people.finess(1)}"), "Pharmacie")
    mine = an_actor()
    assert same_author(mine, an_actor(place=PLACE))
    assert same_author(Actor(secretary, PHARMACY, SOFTWARE), mine)
    assert not same_author(Actor(secretary, PLACE, SOFTWARE), mine)
    assert [each.author.split(":")[0] for each in (DOCTOR, secretary, structure)] == ["rpps", "employee", "structure"]
    for who in (secretary, structure):
        assert (Actor(who, PLACE, SOFTWARE).rpps, Actor(who, PLACE, SOFTWARE).profession) == (None, None)
    assert (mine.author, mine.profession) == (f"rpps:{mine.rpps}", mine.who.profession)  # type: ignore[union-attr]  # a professional


def test_places_and_establishments_are_named_with_the_kind_of_their_number() -> None:
    assert PLACE.key == f"am:{PLACE.numero_am}"
    assert PHARMACY.key == f"finess:{PHARMACY.finess}"
    assert Establishment(finess=people.finess(77), name="x").key == f"finess:{people.finess(77)}"


@pytest.mark.parametrize(
    ("frequency", "days", "times"),
    [
        (Frequency(times=1, period=Period.MONTH), 60, 2),
        (Frequency(times=1, period=Period.MONTH), 61, 3),
        (Frequency(times=3, every=2, period=Period.WEEK), 28, 6),
        (Frequency(times=2, every=3, period=Period.DAY), 7, 5),
    ],
)
def test_a_begun_period_counts_whole(frequency: Frequency, days: int, times: int) -> None:
    assert frequency.planned(days) == times


def test_an_identifier_is_a_text_of_sixty_four_characters_at_most() -> None:
    assert Identifier("x" * 64) == "x" * 64
    with pytest.raises(Malformed, match="wrong-shape"):
        Identifier("x" * 65)
    with pytest.raises(Malformed, match="not-a-string"):
        Identifier(12)  # type: ignore[arg-type]  # what a careless caller does
    assert repr(Lpp("1234567")) == "Lpp('1234567')"


def test_a_structure_named_by_its_finess_says_it() -> None:
    by_finess, by_siret = StructureId(f"1{people.finess(1)}"), EmployeeId("573282932000074/12").structure
    assert by_finess.finess == people.finess(1)
    assert by_siret.finess is None
    assert by_siret == "373282932000074"
    assert EmployeeId(f"3{people.finess(1)}/A1").structure == by_finess
    for rank in range(1, 9):
        siret = places.siret(rank)
        assert StructureId(f"3{siret}").finess is None
        with pytest.raises(Malformed, match="wrong-check-digit"):
            StructureId(f"3{siret[:-1]}{(int(siret[-1]) + 1) % 10}")
    rpps = people.rpps(1)
    assert StructureId(f"4{rpps}001").finess is None
    with pytest.raises(Malformed):
        StructureId(f"4{rpps[:-1]}{(int(rpps[-1]) + 1) % 10}001")
