"""Legal conditions of a hundred and fifty well-known substances, where the drug base at hand is not whole; and what no base says.

Source: Base de données publique des médicaments (BDPM), juillet 2025, files CIS_CPD, CIS_COMPO and CIS; each row is what at
least three quarters of the presentations of the substance alone, taken by mouth where there are such, say. Where they differ
by strength or form (ibuprofène, lévonorgestrel) the substance is left out, and a limit or a fraction is the longest of them:
what is not sure is never refused. Hypnotics and anxiolytics are those of these limits; narrow margins: arrêté du 12 novembre
2019, as modified on 20 July 2022. A test compares the rows with the files where these are at hand.
"""

from msgspec.structs import replace

from ordonum.knowledge import specialties
from ordonum.model.conditions import Conditions, Trait, bare_substance

SOURCE = "BDPM, juillet 2025"

LIST_I = """
acide clavulanique, allopurinol, alfuzosine, amiodarone, amitriptyline, amlodipine, amoxicilline, apixaban, atorvastatine,
azathioprine, azithromycine, baclofène, bétaméthasone, bisoprolol, budésonide, cefpodoxime, ciprofloxacine, clarithromycine,
clopidogrel, colchicine, dapagliflozine, désogestrel, doxycycline, drospirénone, énoxaparine, escitalopram, éthinylestradiol,
ézétimibe, finastéride, flécaïnide, fluindione, fluoxétine, formotérol, fosfomycine, gabapentine, gestodène, gliclazide,
halopéridol, irbésartan, lacosamide, lamotrigine, lercanidipine, lévétiracétam, lévodopa, metformine, méthotrexate, mirtazapine,
montélukast, nalbuphine, nitrofurantoïne, norgestimate, ofloxacine, olanzapine, paroxétine, périndopril, pramipexole,
pravastatine, prednisolone, prednisone, pristinamycine, progestérone, quétiapine, ramipril, rifampicine, rispéridone,
rivaroxaban, ropinirole, rosuvastatine, salbutamol, sémaglutide, sertraline, simvastatine, sitagliptine, tamsulosine,
thiocolchicoside, valsartan, venlafaxine, warfarine, zonisamide
"""
LIST_II = """
carbamazépine, desloratadine, diclofénac, dompéridone, ésoméprazole, estradiol, furosémide, hydrochlorothiazide,
hydroxychloroquine, insuline glargine, kétoprofène, lansoprazole, lévothyroxine, naproxène, oméprazole, oxcarbazépine,
pantoprazole, spironolactone
"""
UNLISTED = "acide acétylsalicylique, nicotine, paracétamol"

# substance | traits | longest prescription (days) | longest fraction (days) | initial prescription (months) | specialties
RESTRICTED = """
zolpidem      | list-1 assimilated secured in-words no-overlap hypnotic | 28 | | |
zopiclone     | list-1 hypnotic | 28 | | |
lormétazépam  | list-1 hypnotic | 28 | | |
loprazolam    | list-1 hypnotic | 28 | | |
nitrazépam    | list-1 hypnotic | 28 | | |
estazolam     | list-1 hypnotic | 28 | | |
eszopiclone   | list-1 hypnotic | 28 | | |
alprazolam    | list-1 anxiolytic | 84 | | |
bromazépam    | list-1 anxiolytic | 84 | | |
lorazépam     | list-1 anxiolytic | 84 | | |
diazépam      | list-1 anxiolytic | 84 | | |
oxazépam      | list-1 anxiolytic | 84 | | |
prazépam      | list-1 anxiolytic | 84 | | |
clobazam      | list-1 anxiolytic | 84 | | |
clorazépate   | list-1 anxiolytic | 84 | | |
buspirone     | list-1 anxiolytic | 84 | | |
hydroxyzine   | list-1 anxiolytic | 84 | | |
étifoxine     | list-1 anxiolytic | 84 | | |
clotiazépam   | list-1 anxiolytic | 84 | | |
nordazépam    | list-1 anxiolytic | 84 | | |
loflazépate d'éthyle | list-1 anxiolytic | 84 | | |
clonazépam    | list-1 assimilated secured in-words no-overlap initial-specialists | 84 | | 12 | neurologie, pediatrie
tianeptine    | list-1 assimilated secured in-words no-overlap | 28 | | |
midazolam     | list-1 assimilated secured in-words | 28 | 7 | |
prégabaline   | list-1 secured pregabalin | | | |
tramadol      | list-1 secured in-words weak-opioid tramadol | 84 | | |
codéine       | list-1 secured in-words weak-opioid | 84 | | |
dihydrocodéine | list-1 secured in-words weak-opioid | 84 | | |
buprénorphine | list-1 assimilated secured in-words no-overlap | 28 | 7 | |
morphine      | narcotic secured in-words | 28 | | |
oxycodone     | narcotic secured in-words | 28 | | |
hydromorphone | narcotic secured in-words | 28 | | |
fentanyl      | narcotic secured in-words | 28 | 14 | |
tapentadol    | narcotic secured in-words | 28 | | |
méthadone     | narcotic secured in-words watched | 28 | 7 | |
méthylphénidate | narcotic secured in-words initial-specialists | 28 | | 12 | neurologie, pediatrie, psychiatrie
oxybate       | narcotic secured in-words initial-specialists | 28 | | 12 | neurologie
sufentanil    | narcotic secured in-words hospital-only | 7 | | |
kétamine      | narcotic secured in-words hospital-only | 28 | | |
topiramate    | list-1 initial-specialists watched | | | 12 | neurologie, pediatrie
valproate     | list-2 initial-specialists watched | | | 12 | neurologie, pediatrie
acide valproïque | list-2 initial-specialists watched | | | 12 |
modafinil     | list-1 initial-specialists watched | | | 12 | neurologie
donépézil     | list-1 initial-specialists watched | | | 12 | geriatrie, neurologie, psychiatrie
rivastigmine  | list-1 initial-specialists watched | | | 12 | geriatrie, neurologie, psychiatrie
isotrétinoïne | list-1 initial-specialists watched | 28 | | | dermatologie
acitrétine    | list-1 initial-specialists watched | 28 | | 12 | dermatologie
clozapine     | list-1 watched | | | |
ciclosporine  | list-1 initial-hospital | | | 6 |
tacrolimus    | list-1 initial-hospital | | | 6 |
mycophénolate mofétil | list-1 initial-hospital | | | 12 |
acide mycophénolique | list-1 initial-hospital | | | 12 |
imatinib      | list-1 initial-hospital | | | 6 |
évérolimus    | list-1 hospital watched | | | |
bosentan      | list-1 hospital watched | | | |
lénalidomide  | list-1 hospital watched | | | |
thalidomide   | list-1 hospital watched | | | |
rituximab     | list-1 hospital watched | | | |
"""

NARROW = """
lamotrigine, prégabaline, zonisamide, lévétiracétam, topiramate, valproate, acide valproïque, lévothyroxine,
mycophénolate mofétil, acide mycophénolique, buprénorphine, azathioprine, ciclosporine, évérolimus, lacosamide, oxcarbazépine
"""
ORAL_CONTRACEPTIVES = "désogestrel, drospirénone, éthinylestradiol, gestodène, norgestimate"

# The specialties that the BDPM names, by the beginnings of the words of their labels on cards.
_ON_CARDS = {
    "neurologie": ("neurolog", "neuro-psychiatrie", "neuropédiatrie"),
    "pediatrie": ("pédiatrie",),
    "psychiatrie": ("psychiatrie", "neuro-psychiatrie"),
    "geriatrie": ("gériatrie",),
    "dermatologie": ("dermatologie", "dermato-vénéréologie"),
}


def _names(listed: str) -> list[str]:
    return [bare_substance(each) for each in listed.split(",")]


def _codes(names: str) -> frozenset[str]:
    """The codes on doctors' cards of the specialties named so."""
    wanted = [start for name in names.split(",") for start in _ON_CARDS.get(name.strip(), ())]
    return frozenset(
        code
        for (profession, code), label in specialties.table().items()
        if profession == "10" and any(start in label for start in wanted)
    )


def _number(written: str) -> int | None:
    return int(written) if written.strip() else None


def _row(line: str) -> tuple[str, Conditions]:
    name, traits, days, fraction, initial, names = line.split("|")
    return bare_substance(name), Conditions(
        traits=frozenset(Trait(each) for each in traits.split()),
        max_days=_number(days),
        fraction_days=_number(fraction),
        initial_months=_number(initial),
        specialties=_codes(names),
    )


def _table() -> dict[str, tuple[Conditions, ...]]:
    found = {name: Conditions(traits=frozenset({Trait.LIST_I})) for name in _names(LIST_I)}
    found |= {name: Conditions(traits=frozenset({Trait.LIST_II})) for name in _names(LIST_II)}
    found |= {name: Conditions(traits=frozenset({Trait.UNLISTED})) for name in _names(UNLISTED)}
    found |= dict(_row(line) for line in RESTRICTED.strip().splitlines())
    for listed, trait in ((NARROW, Trait.NARROW), (ORAL_CONTRACEPTIVES, Trait.ORAL_CONTRACEPTIVE)):
        for name in _names(listed):
            found[name] = replace(found[name], traits=found[name].traits | {trait})
    return {name: (row,) for name, row in found.items()}


CONDITIONS = _table()
