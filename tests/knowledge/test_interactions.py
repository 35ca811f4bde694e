"""The table of interactions that ships: what it warns of without any import, how names are found, what it says it is."""

import pytest
from msgspec.structs import replace

from assessed import thesaurus
from ordonum.knowledge.interactions import Interactions, Taken, at_hand
from ordonum.knowledge.interactions.changes import changes, why_not
from ordonum.knowledge.interactions.file import TableUnusable, read, write
from ordonum.knowledge.interactions.names import cores, key
from ordonum.knowledge.interactions.scope import asked
from ordonum.knowledge.interactions.shipped import shipped
from ordonum.knowledge.interactions.table import LEVELS, Degree, Entry, Gravity, Table
from ordonum.model.alert import Alert, AlertLevel

STOP, CAUTION, NOTE = AlertLevel
SHIPPED = at_hand(None)
ORAL = frozenset({"orale"})
KNOWN = """
warfarine | ibuprofène | stop
WARFARINE SODIQUE | kétoprofène | stop
rivaroxaban | aspirine | stop
fluindione | millepertuis | stop
warfarine | fluconazole | caution
ibuprofène | naproxène | stop
ibuprofène | ramipril | caution
ibuprofène | lithium | stop
méthotrexate | triméthoprime | stop
méthotrexate | PIPÉRACILLINE SODIQUE | stop
colchicine | clarithromycine | stop
colchicine | pristinamycine | stop
ergotamine | sumatriptan | stop
simvastatine | itraconazole | stop
ATORVASTATINE CALCIQUE | acide fusidique | stop
atorvastatine | fénofibrate | stop
sildénafil | trinitrine | stop
moclobémide | paroxétine | stop
iproniazide | tramadol | stop
lithium | hydrochlorothiazide | stop
chlorure de potassium | énalapril | stop
spironolactone | amiloride | stop
sacubitril | ramipril | stop
éthinylestradiol | millepertuis | stop
isotrétinoïne | doxycycline | stop
ivabradine | vérapamil | stop
propranolol | diltiazem | stop
sotalol | amiodarone | stop
halopéridol | citalopram | stop
lévodopa | métoclopramide | stop
morphine | oxazépam | note
valproate de sodium | lamotrigine | stop
digoxine | amiodarone | caution
metformine | iohexol | stop
gliclazide | miconazole | stop
lévothyroxine sodique | carbonate de calcium | caution
tacrolimus | millepertuis | stop
""".strip()
NONE = """
paracétamol | ibuprofène
amoxicilline | paracétamol
ramipril | amlodipine
simvastatine | simvastatine
metformine | gliclazide
""".strip()


def line(rank: int, *names: str, routes: frozenset[str] = ORAL) -> Taken:
    """A line of these substances."""
    return Taken(substances=names, routes=routes, line=rank)


def told(lines: list[Taken], treatments: list[Taken] | None = None, known: Interactions = SHIPPED) -> tuple[Alert, ...]:
    """The alerts alone."""
    return known.between(lines, treatments or [])[0]


@pytest.mark.parametrize("row", KNOWN.splitlines())
def test_the_shipped_table_warns_of_the_classics(row: str) -> None:
    a, b, level = row.split(" | ")
    (alert,) = told([line(1, a), line(2, b)])
    assert alert.level.value == level
    assert alert.lines == (1, 2)
    assert alert.source is not None
    assert "octobre 2020" in alert.source.title


@pytest.mark.parametrize("row", NONE.splitlines())
def test_the_shipped_table_is_silent_where_nothing_is_to_be_said(row: str) -> None:
    a, b = row.split(" | ")
    assert not told([line(1, a), line(2, b)])


def test_the_shipped_table_says_that_it_is_not_the_whole_thesaurus() -> None:
    alerts, (unchecked,) = SHIPPED.between([line(1, "phloroglucinol")])
    count = len(shipped().entries)
    assert not alerts
    assert 60 <= count <= 120
    assert (
        unchecked.because == f"contrôle fait sur la table livrée ({count} interactions), pas sur le thésaurus complet"
    )


def test_a_medicine_whose_substances_are_not_known_is_named() -> None:
    _, (unchecked,) = thesaurus().between([line(1, "colchicine")], [Taken(substances=(), treatment=0, label="TISANE")])
    assert unchecked.because == "contrôle non fait, parce que les substances de « TISANE » ne sont pas connues"
    assert unchecked.treatments == (0,)


def test_every_class_of_the_shipped_table_has_members_and_every_row_its_words() -> None:
    table = shipped()
    assert all(each.mechanism and each.conduct and each.source for each in table.entries)
    assert len({each.pair for each in table.entries}) == len(table.entries)
    assert all(members for members in table.classes.values())


def test_lines_meet_treatments_and_treatments_meet_only_where_it_is_asked() -> None:
    lines = [line(1, "ibuprofène")]
    treatments = [
        Taken(substances=(name,), routes=ORAL, treatment=place) for place, name in enumerate(["warfarine", "aspirine"])
    ]
    alerts = told(lines, treatments)
    assert {(each.lines, each.treatments) for each in alerts} == {((1,), (0,)), ((1,), (1,))}
    every = SHIPPED.between(lines, treatments, among_treatments=True)[0]
    (among,) = [each for each in every if not each.lines]
    assert among.treatments == (0, 1)
    assert among.level is NOTE


def test_a_pair_is_told_once_for_all_that_bring_it() -> None:
    (alert,) = told([line(1, "ibuprofène"), line(2, "warfarine"), line(3, "ibuprofène")])
    assert alert.lines == (1, 2, 3)
    assert alert.key == "interaction:ibuprofene+warfarine"


def test_what_a_medicine_holds_together_is_not_told() -> None:
    assert not told([line(1, "sulfaméthoxazole", "triméthoprime"), line(2, "paracétamol")])
    assert not told([line(1, "spironolactone", "altizide")])


def test_the_gravest_comes_first() -> None:
    alerts = told(
        [line(1, "warfarine"), line(2, "fluconazole"), line(3, "miconazole"), line(4, "morphine"), line(5, "diazépam")]
    )
    assert [each.level for each in alerts] == sorted((each.level for each in alerts), key=list(AlertLevel).index)
    assert {each.level for each in alerts} == {STOP, CAUTION, NOTE}


def test_where_routes_are_unknown_nothing_is_left_out() -> None:
    assert told([line(1, "timolol", routes=frozenset()), line(2, "vérapamil", routes=frozenset())])


def test_a_homeopathic_stock_is_neither_checked_nor_missed() -> None:
    whole = Interactions(
        Table(title="Thésaurus", of=shipped().of, entries=shipped().entries, classes=shipped().classes, substances=())
    )
    alerts, unchecked = whole.between(
        [line(1, "HYPERICUM PERFORATUM POUR PRÉPARATIONS HOMÉOPATHIQUES"), line(2, "warfarine")]
    )
    assert not alerts
    assert not unchecked


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("WARFARINE SODIQUE", "warfarine"),
        ("VALPROATE DE SODIUM", "valproique"),
        ("CHLORHYDRATE D'AMITRIPTYLINE", "amitriptyline"),
        ("AMLODIPINE (BÉSILATE D')", "amlodipine"),
        ("BROMURE D'IPRATROPIUM", "ipratropium"),
        ("CANDÉSARTAN CILEXÉTIL", "candesartan"),
        ("PÉRINDOPRIL TERT-BUTYLAMINE", "perindopril"),
        ("ATORVASTATINE CALCIQUE TRIHYDRATÉE", "atorvastatine"),
        ("FUMARATE DE BISOPROLOL", "bisoprolol"),
    ],
)
def test_salts_accents_and_hydrates_lead_to_one_name(name: str, expected: str) -> None:
    assert expected in cores(name)


def test_names_of_classes_are_compared_without_others_nor_accents() -> None:
    assert key("AUTRES ANTI-INFLAMMATOIRES NON STÉROÏDIENS") == key("Anti-inflammatoires non stéroïdiens")
    assert key("FIBRATES (AUTRES)") == key("fibrates")
    assert key("ANGIO-ŒDÈME") == "angio oedeme"


@pytest.mark.parametrize(
    ("term", "routes", "met"),
    [
        ("sympathomimetiques alpha et beta voie im et iv", {"orale"}, False),
        ("sympathomimetiques alpha et beta voie im et iv", {"intramusculaire"}, True),
        ("sympathomimetiques alpha voies orale et ou nasale", {"nasale"}, True),
        ("sympathomimetiques alpha voies orale et ou nasale", {"ophtalmique"}, False),
        ("beta bloquants sauf esmolol y compris collyres", {"orale"}, True),
        ("anticoagulants oraux", {"orale"}, True),
        ("sympathomimetiques alpha et beta voie im et iv", set(), True),
    ],
)
def test_a_class_may_ask_for_a_route(term: str, routes: set[str], met: bool) -> None:
    assert asked(term, "adrenaline", frozenset(routes)) is met


def made(*degrees: Degree, conduct: str | None = None) -> Interactions:
    """A table of one entry between a substance and a class of three."""
    entry = Entry(a="DIGAMMA", b="TAUINES", degrees=degrees, conduct=conduct, mechanism="Risque.", place="p. 1")
    classes: dict[str, tuple[str, ...]] = {"TAUINES": ("tau un", "tau deux", "tau trois")}
    return Interactions(Table(title="Thésaurus", of=shipped().of, entries=(entry,), classes=classes, substances=()))


@pytest.mark.parametrize(
    ("substance", "words"),
    [
        ("tau un", ["contre-indication"]),
        ("tau deux", ["association déconseillée"]),
        ("tau trois", ["association déconseillée"]),
    ],
)
def test_a_conduct_that_names_its_substances_holds_for_them_and_for_the_others_the_other(
    substance: str, words: list[str]
) -> None:
    known = made(
        Degree(Gravity.CONTRAINDICATED, "- avec la tau un"), Degree(Gravity.DISCOURAGED, "- avec les autres tauines")
    )
    (alert,) = told([line(1, "digamma"), line(2, substance)], known=known)
    assert f" : {words[0]}." in alert.sentence


def test_a_part_that_names_nobody_holds_for_all() -> None:
    known = made(
        Degree(Gravity.DISCOURAGED, "- à plus de 20 mg\n- avec la tau un, attendre 12 heures"),
        Degree(Gravity.PRECAUTION, "- à moins de 20 mg"),
    )
    (alert,) = told([line(1, "digamma"), line(2, "tau deux")], known=known)
    assert "association déconseillée ou précaution d'emploi" in alert.sentence


def test_aspirin_at_antiplatelet_doses_meets_what_is_said_of_those_doses_alone() -> None:
    pain, platelets = "- des doses antalgiques (>=500 mg par prise)", "- des doses antiagrégantes (de 50 mg à 375 mg)"
    degrees = (Degree(Gravity.DISCOURAGED, pain), Degree(Gravity.CONSIDER, platelets))
    entries = (
        Entry(a="ACIDE ACETYLSALICYLIQUE", b="OMEGA", degrees=degrees),
        Entry(
            a="ACIDE ACETYLSALICYLIQUE", b="RHO", degrees=(Degree(Gravity.PRECAUTION),), mechanism=f"Pour {pain[2:]}"
        ),
        Entry(a="ACIDE ACETYLSALICYLIQUE", b="TAU", degrees=(Degree(Gravity.DISCOURAGED),), conduct="Ne pas associer."),
    )
    named = ("ACIDE ACETYLSALICYLIQUE", "OMEGA", "RHO", "TAU")
    table = Interactions(Table(title="t", of=shipped().of, entries=entries, classes={}, substances=named))
    lines = [Taken(substances=(name,), line=rank) for rank, name in enumerate(named, start=1)]

    def levels(first: Taken) -> list[AlertLevel]:
        return [each.level for each in sorted(table.between([first, *lines[1:]])[0], key=lambda each: each.key)]

    assert levels(lines[0]) == [STOP, CAUTION, STOP]
    assert levels(replace(lines[0], antiplatelet=True)) == [NOTE, STOP]


def test_the_four_gravities_become_three_levels() -> None:
    assert [LEVELS[each] for each in Gravity] == [STOP, STOP, CAUTION, NOTE]


def test_the_file_of_a_table_is_read_back_and_a_damaged_one_refused() -> None:
    raw = write(shipped())
    assert read(raw) == shipped()
    assert raw == write(read(raw))
    for bad in (
        b"",
        b"autre chose",
        raw[:-1],
        raw[:60],
        raw.replace(b"S 1\n", b"S 9\n"),
        raw[:70] + b"\x00" + raw[71:],
    ):
        with pytest.raises(TableUnusable):
            read(bad)


def test_an_update_tells_what_changed_and_refuses_to_go_back() -> None:
    old = shipped()
    first, second, *rest = old.entries
    graver = Entry(a=first.a, b=first.b, degrees=(Degree(Gravity.CONTRAINDICATED),), mechanism=first.mechanism)
    new = Table(title="n", of=old.of.replace(year=2021), entries=(graver, *rest), classes=old.classes, substances=())
    found = changes(old, new)
    assert [(each.a, each.before, each.after) for each in found.gravities] == [
        (first.a, "association déconseillée", "contre-indication")
    ]
    assert [each.b for each in found.withdrawn] == [second.b]
    assert not found.added
    assert why_not(old, new) is None
    assert why_not(new, old) is not None
    assert why_not(old, Table(title="n", of=new.of, entries=tuple(rest[:50]), classes={}, substances=())) is not None
