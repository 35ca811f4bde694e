"""Write the formulary that ships with the project: some four hundred presentations drawn from the BDPM by the lists below.

    python scripts/formulary.py FOLDER_OF_THE_BDPM

Of each substance: the generic groups of town that have the most generics, in each the princeps and one generic; of each brand,
what is sold under that name. The text is facts of the BDPM (Licence Ouverte 2.0), as the base itself reads them.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ordonum.knowledge.drugs import file
from ordonum.knowledge.drugs.base import DrugBase
from ordonum.knowledge.drugs.formulary import SOURCE, TABLE
from ordonum.model.conditions import bare_substance
from ordonum.model.drug import Presentation, Speciality
from ordonum.wire import bdpm

# Named in examples, tests and pages of the project.
CODES = """
3400935955838 3400930074596 3400939718330 3400936440579 3400934990007 3400934615467 3400934423079 3400933859053 3400933323691
3400926752682 3400949188703 3400937977661 3400937950527 3400937656313 3400937253765 3400936381865 3400934744198 3400933857042
3400933313586 3400930986080 3400930408919 3400930262344 3400930224632 3400930199725 3400930172810 3400930065785
"""
# Alone, or together where a «+» says so; «*3»: three generic groups instead of one.
SUBSTANCES = """
acide acétylsalicylique, acide folique, aciclovir, alfuzosine, allopurinol*2, alprazolam, amiodarone, amitriptyline,
amlodipine, amoxicilline*4, amoxicilline+acide clavulanique*2, apixaban, atenolol, atorvastatine*2, azathioprine,
azithromycine, baclofène, bétaméthasone, bilastine, bisoprolol*2, bromazépam, buprénorphine, candésartan cilexétil,
carbamazépine, cefpodoxime, cétirizine dichlorhydrate, ciclosporine, ciprofloxacine, clarithromycine, clobazam, clonazépam,
clopidogrel, clozapine, colchicine, dabigatran étexilate, dapagliflozine, desloratadine, désogestrel, diazépam, diclofénac,
dompéridone, donépézil, doxycycline, drospirénone+éthinylestradiol, duloxétine, énoxaparine*2, escitalopram, ésoméprazole,
estradiol, étifoxine, ézétimibe, febuxostat, fentanyl, finastéride, flécaïnide, fluconazole, fluindione, fluoxétine,
fosfomycine, furosémide, gabapentine, gliclazide, hydrocortisone, hydroxychloroquine, hydroxyzine, ibuprofène*2, imatinib,
indapamide, irbésartan, isotrétinoïne, ivermectine, kétoprofène, lamotrigine, lansoprazole, latanoprost, létrozole,
lévétiracétam, lévocétirizine, lévodopa+carbidopa, éthinylestradiol+lévonorgestrel, lévonorgestrel*2, lévothyroxine*2,
lopéramide, loratadine, lorazépam, macrogol 4000, memantine, metformine*3, méthotrexate*2, méthylphénidate, métoclopramide,
metronidazole, mirtazapine, montélukast, morphine*2, mycophénolate mofétil, naproxène, ofloxacine, oméprazole, ondansétron,
oxazépam, oxycodone, pantoprazole, paracétamol*4, paracétamol+codéine, paracétamol+tramadol, paroxétine, périndopril,
phloroglucinol, pramipexole, pravastatine, prednisolone, prednisone, prégabaline, pristinamycine, progestérone, propranolol,
quétiapine, racécadotril*2, ramipril*2, rifampicine, rispéridone, rivaroxaban, rivastigmine, ropinirole, rosuvastatine,
salbutamol, sertraline, sildénafil, simvastatine, sitagliptine, metformine+sitagliptine, spironolactone, tacrolimus,
tadalafil, tamsulosine, thiocolchicoside, ticagrélor, topiramate, tramadol*2, valaciclovir, valproate, valsartan,
venlafaxine, warfarine, zolpidem, zopiclone, éthinylestradiol+norgestimate
"""
# One of each, of town or not: the conditions that the law puts on them are in the tests.
ONE = """
acide mycophénolique, bosentan, buspirone, clorazépate dipotassique, clotiazépam, dihydrocodéine, estazolam, évérolimus,
gestodène+éthinylestradiol, halopéridol, hydrochlorothiazide, hydromorphone, kétamine, lacosamide, lénalidomide,
lercanidipine, loprazolam, lormétazépam, méthadone, midazolam, modafinil, nalbuphine, nitrazépam, nitrofurantoïne,
loflazépate éthyle, oxcarbazépine, oxybate, prazépam, rituximab, sufentanil, olanzapine, thalidomide, tianeptine, zonisamide
"""
BRANDS = """
METHOTREXATE ACCORD 10 mg, comprimé; IMETH 10 mg; IMETH 2,5 mg; ROPINIROLE VIATRIS 1 mg;
RACECADOTRIL VIATRIS 100; PARACETAMOL BIOGARAN 500 mg, gélule; PARACETAMOL ARROW 500 mg, gélule; PANTOPRAZOLE BIOGARAN 40;
DIAZEPAM ARROW 10; EPITOMAX 15; PREDNISOLONE BIOGARAN 20; PREDNISOLONE ARROW 20;
RIMACTAN 300; RIFADINE 300; BUDESONIDE VIATRIS 1 mg/2 ml; BUDESONIDE ARROW 1 mg/2 ml; BUDESONIDE BIOGARAN 1 mg/2 ml;
BETNEVAL; CURACNE 20; CONTRACNE 20; PROCUTA 20; AMIODARONE BIOGARAN 200; DOXYCYCLINE BIOGARAN 100; METFORMINE VIATRIS 1000;
CHOLECALCIFEROL; INSULINE; UMULINE RAPIDE; METHADONE AP-HP 10 mg, gélule; ZOLPIDEM VIATRIS 10; ACTISKENAN 10 mg; ADRIGYL;
ADVIL 400 mg; AERIUS 0,5 mg/ml; ANAPEN 300; BEPANTHEN; BRICANYL TURBUHALER; CARTEOL L.P. 1 %, collyre;
CLAMOXYL 500 mg, gélule; CODOLIPRANE; DAFALGAN CODEINE; DEPAKINE CHRONO 500; DEPAKOTE 250; DERMOVAL; DIPROSONE;
DOLIPRANE 100 mg; DOLIPRANE 1000 mg; DOLIPRANE 2,4; DOLIPRANE 500 mg, comprimé; DOLIPRANE 500 mg, gélule; DUPHALAC;
DUROGESIC 25; EFFERALGAN 500; EFFERALGANMED 30; EVRA; FLIXOTIDE DISKUS 250; FUCITHALMIC;
GAVISCON, suspension buvable en sachet; GAVISCON; HUMALOG 100; IMODIUMCAPS 2; INNOHEP 14; JARDIANCE 10; KARDEGIC 75;
KEPPRA 100 mg/ml; LAMALINE, gélule; LANTUS 100; LASILIX FAIBLE; LEVOTHYROX 25; LEVOTHYROX 100; LOVENOX 4; MIRENA; MONURIL 3;
MOSCONTIN 10; NASONEX; NEXPLANON; NICOPATCHLIB 21; NICORETTE 2; NOVORAPID; OPTIDRIL; OXYCONTIN LP 10; OXYNORM 5; OZEMPIC 0,5;
PEVARYL; PREVISCAN 20; PULMICORT TURBUHALER 200; RIVOTRIL 2 mg; SERETIDE DISKUS 250; SKENAN L.P. 10; SKENAN L.P. 60;
SMECTA 3; SOLUPRED 20; SPASFON LYOC; SPASFON; SPECIAFOLDINE; SPIRIVA 18; STILNOX 10; SUBUTEX 8; SYMBICORT TURBUHALER 200;
TARDYFERON 80; TERCIAN 40 mg/ml; TOBREX; TOUJEO; TRESIBA; TRINITRINE; TRULICITY 1,5; UVEDOSE; VENTOLINE 100; VERSATIS;
VICTOZA; VOGALENE; VOLTARENE EMULGEL; VOLTARENE 100; XALATAN; XYLOCAINE; ZYMAD 80; ZYRTEC; FORLAX 10; HUMIRA 40; JASMINE;
MICROVAL; NORLEVO; PROCUTA; QUESTRAN; RITALINE L.P. 20; ROACCUTANE; SORIATANE 25; TEGRETOL L.P. 200; TIORFAN 100; TIORFAN 10
"""
LABORATORIES = ("biogaran", "viatris", "eg", "arrow", "sandoz", "teva", "zentiva", "cristers", "zydus")
# What is not of a town pharmacy.
WARDS = ("réservé à l'usage hospitalier", "réservé à l'usage en situation d'urgence")


def chosen(base: DrugBase) -> tuple[Speciality, ...]:
    """The specialities of the formulary, each with the presentations that were chosen, in the order of the CIS codes."""
    sold = [each for each in base.specialities() if each.sold and any(box.sold for box in each.presentations)]
    town = [each for each in sold if not any(words in said.casefold() for said in each.conditions for words in WARDS)]
    boxes: dict[str, set[str]] = {}
    for cis, cip13 in (*_by_code(base), *_by_substance(town), *_one_of_each(sold), *_by_brand(town)):
        boxes.setdefault(cis, set()).add(cip13)
    found = {cis: base.speciality(cis) for cis in boxes}
    return tuple(
        replace(each, presentations=tuple(box for box in each.presentations if box.cip13 in boxes[cis]))
        for cis, each in sorted(found.items())
        if each is not None
    )


def _by_code(base: DrugBase) -> Iterator[tuple[str, str]]:
    for cip13 in CODES.split():
        if (found := base.presentation(cip13)) is not None:
            yield found[0].cis, cip13


def _by_substance(everything: list[Speciality]) -> Iterator[tuple[str, str]]:
    """The princeps and a generic of the groups of each substance that have the most generics; without a group, the first two."""
    by_substances: dict[frozenset[str], list[Speciality]] = {}
    for each in everything:
        by_substances.setdefault(frozenset(bare_substance(one.name) for one in each.active), []).append(each)
    for wanted in SUBSTANCES.split(","):
        names, _, count = wanted.strip().partition("*")
        having = by_substances.get(frozenset(bare_substance(name) for name in names.split("+")), [])
        groups: dict[int, list[Speciality]] = {}
        for each in having:
            for place in each.groups:
                groups.setdefault(place.group, []).append(each)
        ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[: int(count or 1)]
        for group, members in ranked:
            yield from _two(members, group)
        if not ranked:
            yield from ((each.cis, _box(each).cip13) for each in sorted(having, key=_plainest)[:2])


def _one_of_each(sold: list[Speciality]) -> Iterator[tuple[str, str]]:
    for wanted in ONE.split(","):
        names = frozenset(bare_substance(name) for name in wanted.split("+"))
        having = [each for each in sold if names == {bare_substance(one.name) for one in each.active}]
        yield from ((each.cis, _box(each).cip13) for each in sorted(having, key=_plainest)[:1])


def _two(members: list[Speciality], group: int) -> Iterator[tuple[str, str]]:
    princeps = [each for each in members if any(place.group == group and place.type == 0 for place in each.groups)]
    generics = sorted((each for each in members if each not in princeps), key=_laboratory)
    for each in (*sorted(princeps, key=_plainest)[:1], *generics[:1]):
        yield each.cis, _box(each).cip13


def _by_brand(everything: list[Speciality]) -> Iterator[tuple[str, str]]:
    for brand in BRANDS.split(";"):
        wanted = brand.strip().casefold()
        having = [each for each in everything if each.name.casefold().startswith(wanted)]
        yield from ((each.cis, _box(each).cip13) for each in sorted(having, key=_plainest)[:1])


def _laboratory(each: Speciality) -> tuple[int, str, str]:
    words = each.name.casefold().split()
    rank = next((place for place, name in enumerate(LABORATORIES) if name in words), len(LABORATORIES))
    return rank, each.name, each.cis


def _plainest(each: Speciality) -> tuple[int, str, str]:
    imported = "importation" in each.procedure
    return len(each.name) + 1000 * imported, each.name, each.cis


def _box(each: Speciality) -> Presentation:
    """The box of a month or less: the priced one that holds least, of those with thirty days if there are such."""
    sold = [box for box in each.presentations if box.sold]
    return min(
        sold,
        key=lambda box: (
            box.public_price is None,
            box.pack is None or not 14 <= box.pack.amount <= 30,
            -box.pack.amount if box.pack and box.pack.amount <= 30 else box.pack.amount if box.pack else 0,
            box.cip13,
        ),
    )


def written(specialities: Iterable[Speciality], base: DrugBase) -> str:
    """The text of the formulary: what it is on the first line, then a speciality a line."""
    kept = tuple(specialities)
    edition = file.edition_of(kept, source=SOURCE, of=base.edition.of, whole=False)
    lines = [edition, *kept]
    return "".join(msgspec.json.encode(each).decode() + "\n" for each in lines)


def main(folder: Path) -> None:
    """Read the files of the BDPM, write the formulary beside the knowledge, say how many."""
    reading = bdpm.read({name: (folder / name).read_bytes() for name in bdpm.FILES})
    edition = file.edition_of(reading.specialities, source=bdpm.SOURCE, of=reading.of, whole=True)
    base = file.read(file.write(reading.specialities, edition))
    text = written(chosen(base), base)
    target = Path(__file__).parents[1] / "src/ordonum/knowledge" / TABLE
    target.write_text(text, encoding="utf-8")
    print(text.split("\n", 1)[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
