"""Pairs known by hand from the text of the thesaurus of October 2020, where its files are at hand."""

import os
import time
from functools import cache
from pathlib import Path

import pytest

from ordonum.knowledge.interactions import Interactions, Taken
from ordonum.knowledge.interactions.aliases import FAMILIES, PATTERNS, SYNONYMS
from ordonum.knowledge.interactions.names import key
from ordonum.model.alert import Alert, AlertLevel
from ordonum.wire import thesaurus
from thesaurus_coverage import compared, covered, headings

SHARED = Path(
    os.environ.get("ORDONUM_SHARED_DATA")
    or os.environ.get("ORDONUM_DATA")
    or Path(__file__).parents[3] / "shared" / "data"
).joinpath("thesaurus")
CI, AD, PE, PC = "contre-indication", "association déconseillée", "précaution d'emploi", "à prendre en compte"
# One of several gravities that dose, indication or renal function decide: the gravest leads the sentence.
KNOWN = """
warfarine | ibuprofène | association déconseillée
fluindione | kétoprofène | association déconseillée
apixaban | naproxène | association déconseillée
RIVAROXABAN | diclofénac sodique | association déconseillée
warfarine | acide acétylsalicylique | contre-indication
apixaban | aspirine | contre-indication
warfarine | MICONAZOLE | contre-indication
fluindione | millepertuis | contre-indication
warfarine | amiodarone | précaution d'emploi
warfarine | fluconazole | précaution d'emploi
warfarine | fluorouracile | association déconseillée
acénocoumarol | capécitabine | association déconseillée
warfarine | tamoxifène | précaution d'emploi
warfarine | sulfaméthoxazole | association déconseillée
warfarine | paracétamol | précaution d'emploi
ibuprofène | kétoprofène | association déconseillée
aspirine | ibuprofène | association déconseillée
ibuprofène | ramipril | précaution d'emploi
ibuprofène | losartan | précaution d'emploi
ibuprofène | furosémide | précaution d'emploi
ibuprofène | lithium | association déconseillée
naproxène | méthotrexate | association déconseillée
ibuprofène | paroxétine | à prendre en compte
méthotrexate | triméthoprime | contre-indication
méthotrexate | amoxicilline | association déconseillée
méthotrexate | probénécide | contre-indication
méthotrexate | acitrétine | contre-indication
colchicine | clarithromycine | contre-indication
colchicine | pristinamycine | contre-indication
colchicine | itraconazole | contre-indication
ergotamine | sumatriptan | contre-indication
simvastatine | clarithromycine | contre-indication
simvastatine | ciclosporine | contre-indication
rosuvastatine | cyclosporine | contre-indication
atorvastatine calcique | acide fusidique | contre-indication
simvastatine | amiodarone | précaution d'emploi
atorvastatine | fénofibrate | association déconseillée
simvastatine | gemfibrozil | contre-indication
fénofibrate | bézafibrate | contre-indication
sildénafil | trinitrine | contre-indication
tadalafil | dinitrate d'isosorbide | contre-indication
riociguat | sildénafil | contre-indication
iproniazide | fluoxétine | contre-indication
iproniazide | venlafaxine | contre-indication
iproniazide | tramadol | contre-indication
moclobémide | sertraline | association déconseillée
sélégiline | tramadol | à prendre en compte
lithium | hydrochlorothiazide | association déconseillée
lithium | furosémide | association déconseillée
lithium | périndopril arginine | association déconseillée
lithium | candésartan cilexétil | association déconseillée
chlorure de potassium | énalapril | association déconseillée
potassium (chlorure de) | valsartan | association déconseillée
chlorure de potassium | spironolactone | association déconseillée
spironolactone | éplérénone | contre-indication
spironolactone | ramipril | association déconseillée
sacubitril | ramipril | contre-indication
sitagliptine | périndopril | association déconseillée
éthinylestradiol | millepertuis | contre-indication
éthinylestradiol | carbamazépine | association déconseillée
lévonorgestrel | rifampicine | association déconseillée
doxycycline | isotrétinoïne | contre-indication
isotrétinoïne | vitamine A | contre-indication
dabigatran étexilate | kétoconazole | contre-indication
dabigatran étexilate | dronédarone | contre-indication
apixaban | clarithromycine | association déconseillée
ticagrélor | clarithromycine | contre-indication
ivabradine | vérapamil | contre-indication
ivabradine | diltiazem | contre-indication
éplérénone | itraconazole | contre-indication
dompéridone | clarithromycine | contre-indication
quétiapine | kétoconazole | contre-indication
tamsulosine | clarithromycine | association déconseillée
lercanidipine | itraconazole | association déconseillée
amlodipine | itraconazole | précaution d'emploi
propranolol | vérapamil | association déconseillée
bisoprolol | insuline asparte | précaution d'emploi
amiodarone | sotalol | contre-indication
halopéridol | citalopram | contre-indication
halopéridol | amiodarone | association déconseillée
méthadone | escitalopram | contre-indication
méthadone | amiodarone | association déconseillée
lévodopa | métoclopramide | contre-indication
lévodopa | halopéridol | association déconseillée
morphine | nalbuphine | contre-indication
morphine | oxazépam | à prendre en compte
buprénorphine | diazépam | à prendre en compte
agomélatine | fluvoxamine | contre-indication
carbamazépine | érythromycine | association déconseillée
carbamazépine | clarithromycine | précaution d'emploi
VALPROATE DE SODIUM | lamotrigine | association déconseillée
acide valproïque | méropénem | association déconseillée
acide valproïque | millepertuis | contre-indication
digoxine | millepertuis | contre-indication
digoxine | amiodarone | précaution d'emploi
metformine | iohexol | contre-indication
gliclazide | miconazole | contre-indication
répaglinide | gemfibrozil | contre-indication
tacrolimus | millepertuis | contre-indication
lévothyroxine sodique | carbonate de calcium | précaution d'emploi
lévothyroxine | sulfate ferreux | précaution d'emploi
ciprofloxacine | fumarate ferreux | précaution d'emploi
paroxétine | tamoxifène | association déconseillée
bupropion | tramadol | association déconseillée
théophylline | énoxacine | contre-indication
rifampicine | bictégravir | contre-indication
carbamazépine | bictégravir | association déconseillée
millepertuis | dolutégravir | association déconseillée
metformine | hydroxyde d'aluminium | précaution d'emploi
métronidazole | alcool | association déconseillée
simvastatine | pamplemousse | association déconseillée
oxybate de sodium | morphine | contre-indication
oxybate de sodium | oxazépam | association déconseillée
zolpidem | hydroxyzine | à prendre en compte
tramadol | paroxétine | association déconseillée
furosémide | gentamicine | précaution d'emploi
gentamicine | amikacine | contre-indication
"""
NONE = """
paracétamol | amoxicilline
metformine | paracétamol
amoxicilline | atorvastatine
lévothyroxine | bisoprolol
oméprazole | paracétamol
amlodipine | metformine
paracétamol | ibuprofène
acide folique | paracétamol
allopurinol | metformine
atorvastatine | ramipril
gabapentine | warfarine
salbutamol | amoxicilline
simvastatine | simvastatine
"""


@cache
def interactions() -> Interactions:
    """The thesaurus of October 2020, read once."""
    if not SHARED.is_dir():
        pytest.skip("the thesaurus is not beside the repository (../shared/data/thesaurus): nothing to ask")
    return Interactions(thesaurus.read({each.name: each.read_bytes() for each in SHARED.glob("*2020-10.pdf")}))


def alert(a: str, b: str, of_a: str = "orale", of_b: str = "orale") -> Alert | None:
    """The alert between two lines of one substance each, with their routes; the same if they are turned round."""
    one = Taken(substances=(a,), routes=frozenset({of_a}), line=1)
    other = Taken(substances=(b,), routes=frozenset({of_b}), line=2)
    (found, unchecked), (turned, _) = interactions().between([one, other]), interactions().between([other, one])
    assert not unchecked, unchecked
    assert [(each.key, each.level) for each in found] == [(each.key, each.level) for each in turned]
    assert len(found) <= 1
    return found[0] if found else None


def gravest(told: Alert) -> str:
    """The first gravity that the sentence names."""
    return min((told.sentence.find(f" : {each}"), each) for each in (CI, AD, PE, PC) if f" : {each}" in told.sentence)[
        1
    ]


@pytest.mark.parametrize("row", KNOWN.strip().splitlines())
def test_a_known_pair_is_told_at_its_level(row: str) -> None:
    a, b, gravity = row.split(" | ")
    told = alert(a, b)
    assert told is not None
    assert gravest(told) == gravity
    assert (
        told.level is {CI: AlertLevel.STOP, AD: AlertLevel.STOP, PE: AlertLevel.CAUTION, PC: AlertLevel.NOTE}[gravity]
    )
    assert told.source is not None
    assert "octobre 2020" in told.source.title


@pytest.mark.parametrize("row", NONE.strip().splitlines())
def test_medicines_that_do_not_interact_raise_nothing(row: str) -> None:
    a, b = row.split(" | ")
    assert alert(a, b) is None


def test_a_class_that_asks_for_a_route_is_met_by_that_route_alone() -> None:
    by_mouth = alert("adrénaline", "imipramine", "orale")
    injected = alert("adrénaline", "imipramine", "intraveineuse")
    assert by_mouth is None or "voie im et iv" not in by_mouth.sentence
    assert injected is not None
    assert "voie im et iv" in injected.sentence


def test_a_conduct_that_names_a_route_holds_for_that_route() -> None:
    oral, injected = (alert("diltiazem", "amiodarone", route) for route in ("orale", "intraveineuse"))
    assert oral is not None
    assert injected is not None
    assert (gravest(oral), gravest(injected)) == (PE, AD)


def test_what_is_put_on_the_skin_is_told_as_a_note() -> None:
    gel, eye_drops = alert("diclofénac", "warfarine", "cutanée"), alert("timolol", "vérapamil", "ophtalmique")
    assert gel is not None
    assert eye_drops is not None
    assert (gel.level, eye_drops.level) == (AlertLevel.NOTE, AlertLevel.STOP)  # «y compris collyres»
    patch = alert("fentanyl", "oxazépam", "transdermique")
    assert patch is not None
    assert "Voie locale" not in patch.sentence


def test_erythromycin_lengthens_qt_by_injection_alone() -> None:
    oral, injected = (alert("érythromycine", "sotalol", route) for route in ("orale", "intraveineuse"))
    assert oral is None or "torsades" not in oral.sentence
    assert injected is not None
    assert gravest(injected) == CI


def test_every_gravity_of_a_pair_that_the_dose_decides_is_shown() -> None:
    told = alert("aspirine", "warfarine")
    assert told is not None
    assert told.conduct is not None
    assert all(f"{each[:1].upper()}{each[1:]} : " in told.conduct for each in (CI, AD, PC))


def test_a_substance_of_no_index_is_said_not_to_be_checked() -> None:
    lines = [Taken(substances=("phloroglucinol",), line=1), Taken(substances=("warfarine",), line=2)]
    found, unchecked = interactions().between(lines)
    assert not found
    assert [each.lines for each in unchecked] == [(1,)]
    assert "contrôle non fait, parce que" in unchecked[0].because
    assert "phloroglucinol" in unchecked[0].because


def test_every_alias_leads_into_the_index() -> None:
    names = [*(whole for whole, _ in SYNONYMS.values()), *PATTERNS.values()]
    assert [each for each in names if not interactions().linked(each)] == []
    classes = {key(each) for each in interactions().table.classes}
    assert [
        each for parts in FAMILIES.values() for each in parts if each not in classes and "angio deme" not in each
    ] == []


def test_at_most_three_in_a_hundred_of_the_index_are_not_found_in_the_base() -> None:
    interactions()
    rows = {
        name: [row.split("\t") for row in (SHARED.parent / "bdpm" / name).read_text(encoding="utf-8").splitlines()]
        for name in ("CIS_bdpm.txt", "CIS_COMPO_bdpm.txt")
    }
    specialities = [row[1] for row in rows["CIS_bdpm.txt"] if "homéo" not in row[5]]
    told = covered(interactions(), {row[3] for row in rows["CIS_COMPO_bdpm.txt"]}, specialities)
    states = [each["state"] for each in told.values()]
    assert len(states) > 1000
    assert states.count("not-found") <= 0.03 * len(states)
    assert states.count("linked") >= 0.85 * len(states)


def test_the_text_of_2019_and_the_table_of_2016_agree_but_for_what_changed() -> None:
    interactions()
    text = SHARED.joinpath("thesaurus_092019.txt").read_bytes()
    old = thesaurus.read({"thesaurusAout2016.csv": SHARED.joinpath("thesaurusAout2016.csv").read_bytes()})
    new = thesaurus.read({"thesaurus_092019.txt": text})
    assert (len(old.entries), len(new.entries), len(interactions().table.entries)) == (1463, 1532, 1584)
    assert not new.unread
    found = compared(old, new)
    assert found["both"] == 1285
    assert (
        found["same"] == 1260
    )  # of the 25 others one is read finer (a fourth level in its conduct), 24 changed since 2016
    counts = headings(text.decode())
    assert (counts[CI], counts[AD]) == (504, 769)


POLYPHARMACY = [
    "metformine",
    "ramipril",
    "bisoprolol",
    "furosémide",
    "spironolactone",
    "apixaban",
    "atorvastatine",
    "paracétamol",
    "pantoprazole",
    "amiodarone",
    "lévothyroxine",
    "allopurinol",
    "escitalopram",
    "mirtazapine",
    "oxazépam",
    "tramadol",
    "prégabaline",
    "quétiapine",
    "donépézil",
    "calcium",
    "macrogol",
    "fer",
    "potassium",
    "hydroxychloroquine",
    "méthotrexate",
    "prednisone",
    "oméprazole",
    "warfarine",
    "digoxine",
    "clarithromycine",
]


def test_ten_lines_and_twenty_treatments_cost_little() -> None:
    oral = frozenset({"orale"})
    lines = [Taken(substances=(name,), routes=oral, line=rank) for rank, name in enumerate(POLYPHARMACY[:10], start=1)]
    treatments = [Taken(substances=(name,), routes=oral, treatment=n) for n, name in enumerate(POLYPHARMACY[10:])]
    spent = []
    for _ in range(10):
        start = time.process_time()
        alerts, unchecked = interactions().between(lines, treatments)
        spent.append(time.process_time() - start)
    assert len(alerts) > 40
    assert not unchecked
    assert len({each.key for each in alerts}) == len(alerts)
    assert min(spent) <= 0.0025
