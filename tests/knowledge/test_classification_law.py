"""A substance is what most of its medicines say, a medicine what its own texts say together: on a small base of our own."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from conditioned import LISTED, WRITTEN, a_line, rules_met
from ordonum.knowledge.conditions import CONDITIONS
from ordonum.knowledge.drugs.base import Edition
from ordonum.knowledge.drugs.law import OfBase, conditions_of, of_texts
from ordonum.knowledge.drugs.loaded import LoadedBase, holding
from ordonum.model.conditions import Trait, known_of
from ordonum.model.drug import Component, Nature, Presentation, Speciality
from ordonum.model.identifiers import Cis
from ordonum.model.products import InitialPrescription, Substance
from requirements import requirement


def _speciality(
    number: int,
    substances: str,
    *texts: str,
    route: str = "orale",
    form: str = "comprimé",
    amount: str = "100 mg",
    status: str = "Autorisation active",
    atc: str | None = None,
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
        atc=atc,
        groups=(),
        presentations=(box,),
        shortages=(),
    )


# What the table by hand adds to a medicine of list I whose conditions say no limit: by substance, route, ATC.
ADDED_BY_HAND: list[tuple[str, dict[str, str], set[Trait]]] = [
    ("LÉVÉTIRACÉTAM", {}, {Trait.NARROW}),
    ("HYDROXYZINE", {"route": "intramusculaire"}, set()),  # the order of 1991 limits what is limited
    ("ÉTHINYLESTRADIOL + GESTODÈNE", {}, {Trait.ORAL_CONTRACEPTIVE}),
    ("ÉTHINYLESTRADIOL + GESTODÈNE", {"route": "cutanée"}, set()),
    ("ESTRADIOL + DROSPIRÉNONE", {}, set()),  # of the menopause
    ("CYPROTÉRONE + ÉTHINYLESTRADIOL", {"atc": "G03HB01"}, set()),  # of acne
    ("NOMÉGESTROL + ESTRADIOL", {"atc": "G03AA14"}, {Trait.ORAL_CONTRACEPTIVE}),
]


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
        ("EPSILON + CODEINE", ("liste I", "prescription en toutes lettres sur ordonnance sécurisée"), {}),
        ("MORPHINE", ("liste I",), {"status": "Autorisation abrogée"}),
        ("MORPHINE", ("stupéfiants", "prescription limitée à 4 semaines"), {}),
        ("MORPHINE", ("stupéfiants", "prescription limitée à 4 semaines"), {}),
        ("ZETA", ("liste I", "prescription sur ordonnance sécurisée"), {}),
        ("ETA", ("liste I", "ne peut être obtenu que sur prescription médicale non renouvelable"), {}),
        ("THETA", ("liste I", "renouvellement de la prescription réservé aux spécialistes en NEUROLOGIE"), {}),
        *(("ALPHA", ("liste I", "réservé à l'usage HOSPITALIER"), {}),) * 2,
        *(("BETA", (), {"amount": "200 mg"}),) * 2,
        *(("IOTA", ("liste II",), {}),) * 3,
        ("IOTA", ("liste II",), {"form": "gel pour application", "route": "cutanée"}),
        ("IOTA", (), {"form": "gel pour application", "route": "cutanée"}),
        *(("DELTA", ("liste I", "prescription réservée aux spécialistes et services NEUROLOGIE"), {}),) * 3,
        ("DELTA", ("liste I",), {}),
        *((substances, ("liste I",), named) for substances, named, _ in ADDED_BY_HAND),
    ]
    for number, (substances, texts, named) in enumerate(rows):
        yield _speciality(number, substances, *texts, **named)


def _base(*, whole: bool = True) -> LoadedBase:
    edition = Edition(source="essai", of=WRITTEN, digest="", counts={}, whole=whole)
    return holding(tuple(_numbered()), edition)


SMALL = OfBase(_base())


def test_a_substance_is_what_three_quarters_of_its_medicines_of_town_say() -> None:
    alpha = known_of(a_line("alpha"), SMALL, WRITTEN)
    assert alpha.traits == {Trait.LIST_I}  # not hospital-only
    assert alpha.max_days == 84  # the longest
    assert known_of(a_line("beta"), SMALL, WRITTEN).partly  # one in four is listed: nothing is sure
    gamma = known_of(a_line("gamma"), SMALL, WRITTEN)
    assert gamma.traits == {Trait.LIST_I}  # what it is mixed with does not speak for it
    assert Trait.SPECIALISTS not in known_of(a_line("delta"), SMALL, WRITTEN).traits  # one of them is not
    assert known_of(a_line("epsilon"), SMALL, WRITTEN).traits == {Trait.LIST_I}  # the words are for codeine
    assert known_of(a_line("inconnue"), SMALL, WRITTEN).partly


def test_strength_form_and_route_tell_which_medicines_are_meant() -> None:
    def told(strength: str | None = None, **rest: Any) -> frozenset[Trait]:
        line = a_line("beta", **rest)
        line = msgspec.structs.replace(line, substances=(Substance("beta", strength),))
        return known_of(line, SMALL, WRITTEN).traits

    assert told("400 mg") == told("0,4 g") == told("400mg", form="comprimé") == {Trait.LIST_II}
    assert told("200 mg") == {Trait.UNLISTED}
    assert told("900 mg") == told("beaucoup") == told() == frozenset()  # what fits none of them tells nothing
    assert known_of(a_line("iota"), SMALL, WRITTEN).traits == {Trait.LIST_II}
    gels: tuple[dict[str, Any], ...] = ({"form": "gel"}, {"route": "voie cutanée"})
    for which in gels:  # of these nothing is sure, whatever the tablets are
        assert known_of(a_line("iota", **which), SMALL, WRITTEN).partly
    injected = known_of(a_line("alpha", route="voie intraveineuse"), SMALL, WRITTEN)
    assert Trait.HOSPITAL_ONLY in injected.traits


def test_a_formulary_speaks_of_its_codes_and_never_of_a_substance() -> None:
    small = OfBase(_base(whole=False))
    assert known_of(a_line("alpha"), small, WRITTEN).partly
    assert known_of(a_line("beta", cis=Cis("60000006")), small, WRITTEN).traits == {Trait.LIST_II}
    assert known_of(a_line("tramadol"), small, WRITTEN) == known_of(a_line("tramadol"), CONDITIONS, WRITTEN)


def test_the_code_of_a_medicine_no_longer_authorised_takes_the_rules_of_today() -> None:
    assert Trait.NARCOTIC in known_of(a_line("morphine", cis=Cis("60000011")), SMALL, WRITTEN).traits


def test_what_the_base_does_not_say_of_a_code_its_substances_add() -> None:
    first = len(tuple(_numbered())) - len(ADDED_BY_HAND)
    for number, (substances, _, added) in enumerate(ADDED_BY_HAND, first):
        line = a_line(*substances.split(" + "), cis=Cis(f"6{number:07}"))
        assert known_of(line, SMALL, WRITTEN).traits == {Trait.LIST_I} | added, substances


@requirement("article à trouver", "secured-by-its-authorisation", "not-renewable", "renewal-specialists")
@requirement("CSP R.5121-77", "watched-told")
def test_what_only_the_drug_base_says_is_told() -> None:
    assert rules_met(a_line("zeta"), SMALL) == {LISTED, "secured-by-its-authorisation"}
    assert rules_met(a_line("zeta", secured=True), SMALL) == {LISTED}
    assert rules_met(a_line("eta", renewals=1), SMALL) == {LISTED, "not-renewable"}
    assert rules_met(a_line("eta"), SMALL) == {LISTED}
    cited = a_line("theta", initial=InitialPrescription(by="CHU", on=WRITTEN))
    assert rules_met(cited, SMALL) == {LISTED, "renewal-specialists"}
    assert rules_met(a_line("theta"), SMALL) == {LISTED}
    watched = {"x": (of_texts(["médicament nécessitant une surveillance particulière pendant le traitement"]),)}
    assert "watched-told" in rules_met(a_line("x"), watched)
    assert "watched-told" not in rules_met(a_line("alpha"), SMALL)


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
    table = OfBase(Counting(made.edition, made._index, made._record, made._searched))  # the same base, that counts
    for _ in range(3):
        known_of(a_line("alpha", form="comprimé"), table, WRITTEN)
    assert Counting.asked == 1  # with the form told, and without
    assert conditions_of(made) is conditions_of(made)
