"""What the prescribing assistance says of prescriptions as doctors write them, and of which it says nothing."""

from decimal import Decimal
from typing import Any

import pytest

from assessed import allergic, assessed, lines, treatment
from ordonum.model.alert import Subject
from ordonum.model.prescription import Sex

MAN = {"birth_date": "1980-05-17", "sex": Sex.MALE, "weight_g": 80_000, "clearance": Decimal(95), "allergies": ()}
WOMAN = {**MAN, "sex": Sex.FEMALE, "weight_g": 62_000, "pregnant": False, "breastfeeding": False}
PREGNANT = {**WOMAN, "birth_date": "1994-02-03", "pregnant": True}
NURSING = {**WOMAN, "birth_date": "1994-02-03", "breastfeeding": True}
CHILD = {**MAN, "birth_date": "2020-11-01", "weight_g": 20_000}
BABY = {**MAN, "birth_date": "2025-09-01", "weight_g": 10_000}
OLD = {**MAN, "birth_date": "1943-01-01", "weight_g": 65_000}
DOLIPRANE = "DOLIPRANE 1 g | paracétamol:1 g | 1 tablet {}/day | comprimé"
DAFALGAN_CODEINE = "DAFALGAN CODEINE | paracétamol:500 mg + codéine:30 mg | 2 tablet {}/day | comprimé"
METHOTREXATE = "NOVATREX 2,5 mg | méthotrexate:2,5 mg | {} | comprimé"
AMOX = "AMOXICILLINE 1 g | amoxicilline:1 g | 1 tablet 2/day | comprimé"
ADVIL = "ADVIL 400 mg | ibuprofène:400 mg | 1 tablet 3/day | comprimé"

STOP, CAUTION, NOTE = "stop", "caution", "note"
Case = tuple[str, dict[str, Any], tuple[str, ...], tuple[str, ...], dict[str, str]]

CASES: list[Case] = [
    # Maximum doses, and the sum of a substance over every medicine that has it
    ("paracetamol 3 g a day", MAN, (DOLIPRANE.format(3),), (), {}),
    ("paracetamol 4 g a day, prescribed", MAN, (DOLIPRANE.format(4),), (), {}),
    ("paracetamol 5 g a day", MAN, (DOLIPRANE.format(5),), (), {"maximum:paracetamol": STOP}),
    (
        "two grams in one take",
        MAN,
        ("DOLIPRANE 1 g | paracétamol:1 g | 2 tablet 2/day",),
        (),
        {"maximum:paracetamol": CAUTION},
    ),
    (
        "paracetamol hidden in codeine",
        MAN,
        (DOLIPRANE.format(3), DAFALGAN_CODEINE.format(3)),
        (),
        {"maximum:paracetamol": STOP, "duplicate:paracetamol": CAUTION},
    ),
    (
        "paracetamol hidden in what is already taken",
        MAN,
        (DOLIPRANE.format(4),),
        ("IXPRIM | tramadol:37,5 mg + paracétamol:325 mg | 1 tablet 3/day",),
        {"maximum:paracetamol": STOP, "duplicate:paracetamol": CAUTION},
    ),
    (
        "paracetamol of 42 kilograms",
        {**WOMAN, "weight_g": 42_000},
        (DOLIPRANE.format(3),),
        (),
        {"maximum:paracetamol": CAUTION},
    ),
    ("paracetamol at eighty-three, 4 g", OLD, (DOLIPRANE.format(4),), (), {"maximum:paracetamol": CAUTION}),
    ("paracetamol at eighty-three, 3 g", OLD, (DOLIPRANE.format(3),), (), {}),
    ("as needed, four at most", MAN, ("DOLIPRANE 1 g | paracétamol:1 g | 1 tablet prn max=4",), (), {}),
    (
        "as needed, six at most",
        MAN,
        ("DOLIPRANE 1 g | paracétamol:1 g | 1 tablet prn max=6",),
        (),
        {"maximum:paracetamol": STOP},
    ),
    ("a child's paracetamol by weight", CHILD, ("DOLIPRANE 2,4 % | paracétamol:24 mg/ml | 15 mg/kg 4/day",), (), {}),
    (
        "a child's paracetamol, too much",
        CHILD,
        ("DOLIPRANE | paracétamol:500 mg | 1 tablet 3/day",),
        (),
        {"maximum:paracetamol": CAUTION},
    ),
    (
        "a child's paracetamol, toxic",
        CHILD,
        ("DOLIPRANE | paracétamol:500 mg | 1 tablet 4/day",),
        (),
        {"maximum:paracetamol": STOP},
    ),
    ("a child's paracetamol in millilitres", CHILD, ("DOLIPRANE | paracétamol:24 mg/ml | 12 ml 4/day",), (), {}),
    ("a child's ibuprofen", CHILD, ("ADVIL ENFANT | ibuprofène:20 mg/ml | 7.5 mg/kg 4/day",), (), {}),
    (
        "a child's ibuprofen, too much",
        CHILD,
        ("ADVIL ENFANT | ibuprofène:20 mg/ml | 15 mg/kg 3/day",),
        (),
        {"maximum:ibuprofene": CAUTION},
    ),
    ("an adult's ibuprofen", MAN, (ADVIL,), (), {}),
    ("ibuprofen 3.2 g a day", MAN, ("BRUFEN | ibuprofène:400 mg | 2 tablet 4/day",), (), {"maximum:ibuprofene": STOP}),
    ("tramadol 400 mg", MAN, ("TOPALGIC LP 200 mg | tramadol:200 mg | 1 tablet 2/day",), (), {}),
    (
        "tramadol 600 mg",
        MAN,
        ("TOPALGIC LP 200 mg | tramadol:200 mg | 1 tablet 3/day",),
        (),
        {"maximum:tramadol": STOP},
    ),
    ("colchicine 1 mg", MAN, ("COLCHICINE 1 mg | colchicine:1 mg | 1 tablet 1/day",), (), {}),
    ("colchicine 4 mg", MAN, ("COLCHICINE 1 mg | colchicine:1 mg | 1 tablet 4/day",), (), {"maximum:colchicine": STOP}),
    (
        "colchicine two at once",
        MAN,
        ("COLCHICINE 1 mg | colchicine:1 mg | 2 tablet 1/day",),
        (),
        {"maximum:colchicine": CAUTION},
    ),
    ("zolpidem", MAN, ("STILNOX 10 mg | zolpidem:10 mg | 1 tablet bedtime",), (), {}),
    ("zolpidem 20 mg", MAN, ("STILNOX 10 mg | zolpidem:10 mg | 2 tablet bedtime",), (), {"maximum:zolpidem": STOP}),
    (
        "zolpidem of an old man",
        OLD,
        ("STILNOX 10 mg | zolpidem:10 mg | 1 tablet bedtime",),
        (),
        {"maximum:zolpidem": CAUTION, "age:benzodiazepines": NOTE},
    ),
    (
        "half a zolpidem of an old man",
        OLD,
        ("STILNOX 10 mg | zolpidem:10 mg | 0.5 tablet bedtime",),
        (),
        {"age:benzodiazepines": NOTE},
    ),
    ("domperidone", MAN, ("MOTILIUM 10 mg | dompéridone:10 mg | 1 tablet 3/day",), (), {}),
    (
        "domperidone 40 mg",
        MAN,
        ("MOTILIUM 10 mg | dompéridone:10 mg | 1 tablet 4/day",),
        (),
        {"maximum:domperidone": STOP},
    ),
    (
        "escitalopram 30 mg",
        MAN,
        ("SEROPLEX 10 mg | escitalopram:10 mg | 3 tablet 1/day",),
        (),
        {"maximum:escitalopram": STOP},
    ),
    (
        "citalopram 40 mg of an old man",
        OLD,
        ("SEROPRAM 20 mg | citalopram:20 mg | 2 tablet 1/day",),
        (),
        {"maximum:citalopram": CAUTION},
    ),
    ("metformin", MAN, ("METFORMINE 1 g | metformine:1 g | 1 tablet morning evening",), (), {}),
    (
        "metformin of half a kidney",
        {**MAN, "clearance": Decimal(40)},
        ("METFORMINE 1 g | metformine:1 g | 1 tablet morning evening",),
        (),
        {"maximum:metformine": CAUTION},
    ),
    # Classic killers
    ("methotrexate on Tuesday", MAN, (METHOTREXATE.format("4 tablet 1/week tuesday"),), (), {}),
    (
        "methotrexate once a week",
        MAN,
        (METHOTREXATE.format("4 tablet 1/week"),),
        (),
        {"maximum:methotrexate-day": NOTE},
    ),
    (
        "daily methotrexate",
        MAN,
        (METHOTREXATE.format("4 tablet 1/day"),),
        (),
        {"maximum:methotrexate": STOP},
    ),
    (
        "methotrexate morning and evening",
        MAN,
        (METHOTREXATE.format("1 tablet morning evening"),),
        (),
        {"maximum:methotrexate": STOP},
    ),
    (
        "methotrexate two days a week",
        MAN,
        (METHOTREXATE.format("2 tablet tuesday friday"),),
        (),
        {"maximum:methotrexate": STOP},
    ),
    (
        "methotrexate, rhythm not understood",
        MAN,
        ("NOVATREX 2,5 mg | méthotrexate:2,5 mg",),
        (),
        {"maximum:methotrexate-frequency": CAUTION},
    ),
    (
        "methotrexate 40 mg a week",
        MAN,
        (METHOTREXATE.format("16 tablet 1/week monday"),),
        (),
        {"maximum:methotrexate": CAUTION},
    ),
    (
        "a first fentanyl patch",
        MAN,
        ("DUROGESIC 50 microgrammes/heure | fentanyl | | dispositif transdermique",),
        (),
        {"maximum:fentanyl": CAUTION},
    ),
    (
        "the weakest fentanyl patch",
        MAN,
        ("DUROGESIC 12 microgrammes/heure | fentanyl | | dispositif transdermique",),
        (),
        {},
    ),
    (
        "morphine with diazepam",
        MAN,
        ("SKENAN LP 10 mg | morphine:10 mg", "VALIUM 10 mg | diazépam:10 mg"),
        (),
        {"interaction:opioides+benzodiazepines": CAUTION},
    ),
    (
        "tramadol with an alprazolam already taken",
        MAN,
        ("TOPALGIC 50 mg | tramadol:50 mg | 1 tablet 3/day",),
        ("XANAX | alprazolam:0,25 mg",),
        {"interaction:opioides+benzodiazepines": CAUTION},
    ),
    ("insulin in millilitres", MAN, ("LANTUS | insuline glargine | 1 ml 1/day",), (), {"maximum:insulin-unit": NOTE}),
    ("insulin in units", MAN, ("LANTUS | insuline glargine | 20 iu 1/day",), (), {}),
    (
        "levothyroxine in milligrams",
        MAN,
        ("LEVOTHYROX | lévothyroxine sodique | 75 mg 1/day",),
        (),
        {"maximum:levothyroxine-unit": NOTE, "maximum:levothyroxine": NOTE},
    ),
    ("levothyroxine in micrograms", MAN, ("LEVOTHYROX | lévothyroxine sodique | 75 ug 1/day",), (), {}),
    # Interactions, from the thesaurus
    (
        "lithium with ibuprofen",
        MAN,
        (ADVIL,),
        ("TERALITHE | carbonate de lithium",),
        {"interaction:ibuprofene+lithium": STOP},
    ),
    (
        "colchicine with clarithromycin",
        MAN,
        ("COLCHICINE 1 mg | colchicine:1 mg | 1 tablet 1/day", "ZECLAR 500 mg | clarithromycine:500 mg"),
        (),
        {"interaction:clarithromycine+colchicine": STOP},
    ),
    (
        "tramadol with sertraline",
        MAN,
        ("TOPALGIC 50 mg | tramadol:50 mg | 1 tablet 3/day",),
        ("ZOLOFT | sertraline:50 mg",),
        {"interaction:sertraline+tramadol": CAUTION},
    ),
    ("paracetamol with lithium", MAN, (DOLIPRANE.format(3),), ("TERALITHE | carbonate de lithium",), {}),
    # Allergies
    (
        "allergic to the substance",
        {**MAN, "allergies": allergic("Amoxicilline")},
        (AMOX,),
        (),
        {"allergy:amoxicilline": STOP},
    ),
    (
        "allergic to a salt of it",
        {**MAN, "allergies": allergic("chlorhydrate de tramadol")},
        ("TOPALGIC 50 mg | tramadol:50 mg | 1 tablet 3/day",),
        (),
        {"allergy:tramadol": STOP},
    ),
    (
        "allergic to the class",
        {**MAN, "allergies": allergic("*Pénicillines")},
        (AMOX,),
        (),
        {"allergy:penicillines": STOP},
    ),
    (
        "allergic to penicillin",
        {**MAN, "allergies": allergic("pénicilline")},
        (AMOX,),
        (),
        {"allergy:penicilline": STOP},
    ),
    (
        "ampicillin, of an allergy to amoxicillin",
        {**MAN, "allergies": allergic("amoxicilline")},
        ("AMPICILLINE | ampicilline:1 g",),
        (),
        {"allergy:amoxicilline": CAUTION},
    ),
    (
        "a cephalosporin, of an allergy to penicillin",
        {**MAN, "allergies": allergic("pénicilline")},
        ("OROKEN | céfixime:200 mg",),
        (),
        {"allergy:penicilline": NOTE},
    ),
    (
        "a macrolide, of an allergy to penicillin",
        {**MAN, "allergies": allergic("pénicilline")},
        ("ZITHROMAX | azithromycine:250 mg",),
        (),
        {},
    ),
    ("aspirin and ibuprofen", {**MAN, "allergies": allergic("aspirine")}, (ADVIL,), (), {"allergy:aspirine": STOP}),
    (
        "NSAIDs and aspirin",
        {**MAN, "allergies": allergic("*AINS")},
        ("KARDEGIC 75 mg | acétylsalicylate de DL-lysine:75 mg | 1 sachet 1/day",),
        (),
        {"allergy:ains": STOP},
    ),
    ("NSAIDs and paracetamol", {**MAN, "allergies": allergic("*AINS")}, (DOLIPRANE.format(3),), (), {}),
    (
        "sulphonamides",
        {**MAN, "allergies": allergic("*sulfamides")},
        ("BACTRIM FORTE | sulfaméthoxazole:800 mg + triméthoprime:160 mg",),
        (),
        {"allergy:sulfamides": STOP},
    ),
    (
        "sulphonamides and furosemide",
        {**MAN, "allergies": allergic("*sulfamides")},
        ("LASILIX | furosémide:40 mg",),
        (),
        {},
    ),
    (
        "macrolides",
        {**MAN, "allergies": allergic("*macrolides")},
        ("ZECLAR | clarithromycine:500 mg",),
        (),
        {"allergy:macrolides": STOP},
    ),
    (
        "statins",
        {**MAN, "allergies": allergic("*statines")},
        ("TAHOR | atorvastatine:10 mg",),
        (),
        {"allergy:statines": STOP},
    ),
    (
        "another statin, of an allergy to one",
        {**MAN, "allergies": allergic("simvastatine")},
        ("TAHOR | atorvastatine:10 mg",),
        (),
        {"allergy:simvastatine": NOTE},
    ),
    # The same thing twice
    (
        "the same twice on a prescription",
        MAN,
        (DOLIPRANE.format(1), DOLIPRANE.format(1)),
        (),
        {"duplicate:paracetamol": CAUTION},
    ),
    ("two strengths of warfarin", MAN, ("COUMADINE 2 mg | warfarine:2 mg", "COUMADINE 5 mg | warfarine:5 mg"), (), {}),
    (
        "a renewal",
        MAN,
        ("TAHOR 10 mg | atorvastatine:10 mg",),
        ("TAHOR 10 mg | atorvastatine:10 mg",),
        {"duplicate:atorvastatine": NOTE},
    ),
    (
        "two NSAIDs",
        MAN,
        (ADVIL, "PROFENID 100 mg | kétoprofène:100 mg | 1 tablet 1/day"),
        (),
        {"duplicate:ains": CAUTION},
    ),
    ("an NSAID and a gel of one", MAN, (ADVIL, "VOLTARENE 1 % gel | diclofénac | | gel"), (), {}),
    (
        "two proton pump inhibitors",
        MAN,
        ("INEXIUM | ésoméprazole:20 mg",),
        ("MOPRAL | oméprazole:20 mg",),
        {"duplicate:ipp": NOTE},
    ),
    (
        "two insulins",
        MAN,
        ("LANTUS | insuline glargine | 20 iu 1/day", "NOVORAPID | insuline asparte | 6 iu 3/day"),
        (),
        {},
    ),
    (
        "apixaban on a fluindione",
        MAN,
        ("ELIQUIS | apixaban:5 mg",),
        ("PREVISCAN | fluindione:20 mg",),
        {"duplicate:anticoagulants": STOP},
    ),
    ("enoxaparin before warfarin", MAN, ("LOVENOX | énoxaparine sodique", "COUMADINE | warfarine:2 mg"), (), {}),
    # Pregnancy
    ("ibuprofen at twenty-six weeks", {**PREGNANT, "pregnant_weeks": 26}, (ADVIL,), (), {"pregnancy:ains": STOP}),
    ("ibuprofen at ten weeks", {**PREGNANT, "pregnant_weeks": 10}, (ADVIL,), (), {"pregnancy:ains": NOTE}),
    ("ibuprofen, weeks not told", PREGNANT, (ADVIL,), (), {"pregnancy:ains": CAUTION}),
    (
        "a gel of diclofenac at thirty weeks",
        {**PREGNANT, "pregnant_weeks": 30},
        ("VOLTARENE gel | diclofénac | | gel",),
        (),
        {"pregnancy:ains": STOP},
    ),
    (
        "an eye drop of ketorolac's family",
        {**PREGNANT, "pregnant_weeks": 30},
        ("INDOCOLLYRE | indométacine | | collyre",),
        (),
        {},
    ),
    (
        "low-dose aspirin",
        {**PREGNANT, "pregnant_weeks": 30},
        ("KARDEGIC 160 mg | acétylsalicylate de DL-lysine:160 mg | 1 sachet 1/day",),
        (),
        {},
    ),
    (
        "aspirin for pain",
        {**PREGNANT, "pregnant_weeks": 30},
        ("ASPEGIC 1 g | acétylsalicylate de DL-lysine:1 g | 1 sachet 2/day",),
        (),
        {"pregnancy:acide-acetylsalicylique": STOP},
    ),
    ("paracetamol", {**PREGNANT, "pregnant_weeks": 30}, (DOLIPRANE.format(3),), (), {}),
    (
        "valproate",
        {**PREGNANT, "pregnant_weeks": 8},
        ("DEPAKINE | valproate de sodium:500 mg",),
        (),
        {"pregnancy:acide-valproique": STOP},
    ),
    (
        "ramipril at eight weeks",
        {**PREGNANT, "pregnant_weeks": 8},
        ("TRIATEC | ramipril:5 mg",),
        (),
        {"pregnancy:iec": CAUTION},
    ),
    (
        "ramipril at twenty weeks",
        {**PREGNANT, "pregnant_weeks": 20},
        ("TRIATEC | ramipril:5 mg",),
        (),
        {"pregnancy:iec": STOP},
    ),
    (
        "isotretinoin of a young woman",
        {**WOMAN, "birth_date": "2004-01-01"},
        ("PROCUTA | isotrétinoïne:20 mg",),
        (),
        {"pregnancy:isotretinoine": CAUTION},
    ),
    ("isotretinoin of a young man", {**MAN, "birth_date": "2004-01-01"}, ("PROCUTA | isotrétinoïne:20 mg",), (), {}),
    ("ramipril of a woman of seventy", {**WOMAN, "birth_date": "1956-01-01"}, ("TRIATEC | ramipril:5 mg",), (), {}),
    # Breast-feeding
    ("codeine", NURSING, (DAFALGAN_CODEINE.format(1),), (), {"breastfeeding:codeine": STOP}),
    ("ibuprofen", NURSING, (ADVIL,), (), {}),
    ("lithium", NURSING, ("TERALITHE | carbonate de lithium",), (), {"breastfeeding:lithium": CAUTION}),
    ("fluindione", NURSING, ("PREVISCAN | fluindione:20 mg",), (), {"breastfeeding:fluindione": STOP}),
    ("warfarin", NURSING, ("COUMADINE | warfarine:2 mg",), (), {}),
    # Age
    ("codeine at six", CHILD, (DAFALGAN_CODEINE.format(1),), (), {"age:codeine": STOP}),
    ("domperidone at six", CHILD, ("MOTILIUM | dompéridone:10 mg | 0.5 tablet 2/day",), (), {"age:domperidone": STOP}),
    (
        "tramadol at two",
        {**CHILD, "birth_date": "2024-10-01"},
        ("TOPALGIC | tramadol:100 mg/ml | 0.1 ml 2/day",),
        (),
        {"age:tramadol": STOP},
    ),
    (
        "carbocisteine at fourteen months",
        BABY,
        ("RHINATHIOL | carbocistéine:20 mg/ml",),
        (),
        {"age:carbocisteine": STOP},
    ),
    ("carbocisteine at six", CHILD, ("RHINATHIOL | carbocistéine:20 mg/ml",), (), {}),
    (
        "aspirin at six",
        CHILD,
        ("ASPEGIC 250 mg | acétylsalicylate de DL-lysine:250 mg | 1 sachet 2/day",),
        (),
        {"age:acide-acetylsalicylique": CAUTION},
    ),
    ("amoxicillin at six", CHILD, ("CLAMOXYL | amoxicilline:250 mg | 1 sachet 3/day",), (), {}),
    (
        "hydroxyzine of an old man",
        OLD,
        ("ATARAX 25 mg | hydroxyzine:25 mg | 1 tablet bedtime",),
        (),
        {"age:hydroxyzine": CAUTION},
    ),
    # Renal function
    (
        "metformin at 25 ml/min",
        {**MAN, "clearance": Decimal(25)},
        ("METFORMINE | metformine:500 mg | 1 tablet 1/day",),
        (),
        {"renal:metformine": STOP},
    ),
    (
        "dabigatran at 28 ml/min",
        {**MAN, "clearance": Decimal(28)},
        ("PRADAXA | dabigatran étexilate:110 mg",),
        (),
        {"renal:dabigatran": STOP},
    ),
    ("ibuprofen at 50 ml/min", {**MAN, "clearance": Decimal(50)}, (ADVIL,), (), {"renal:ains": CAUTION}),
    ("ibuprofen at 20 ml/min", {**MAN, "clearance": Decimal(20)}, (ADVIL,), (), {"renal:ibuprofene": STOP}),
    (
        "nitrofurantoin at 40 ml/min",
        {**WOMAN, "clearance": Decimal(40)},
        ("FURADANTINE | nitrofurantoïne:50 mg",),
        (),
        {"renal:nitrofurantoine": STOP},
    ),
    ("amoxicillin at 40 ml/min", {**MAN, "clearance": Decimal(40)}, (AMOX,), (), {}),
    # Driving, doping, off-label
    (
        "a bus driver's benzodiazepine",
        {**MAN, "drives": True},
        ("LEXOMIL | bromazépam:6 mg",),
        (),
        {"driving:benzodiazepines": CAUTION},
    ),
    (
        "an antidepressant that drives",
        {**MAN, "drives": True},
        ("ZOLOFT | sertraline:50 mg",),
        (),
        {"driving:antidepresseurs": NOTE},
    ),
    ("a benzodiazepine of one who does not drive", {**MAN, "drives": False}, ("LEXOMIL | bromazépam:6 mg",), (), {}),
    (
        "an athlete's prednisone",
        {**MAN, "athlete": True},
        ("CORTANCYL | prednisone:20 mg",),
        (),
        {"doping:glucocorticoides": CAUTION},
    ),
    ("an athlete's steroid cream", {**MAN, "athlete": True}, ("DIPROSONE crème | bétaméthasone | | crème",), (), {}),
    (
        "an athlete's salbutamol",
        {**MAN, "athlete": True},
        ("VENTOLINE | salbutamol | | suspension pour inhalation",),
        (),
        {"doping:salbutamol": NOTE},
    ),
    (
        "nitrofurantoin of a man",
        MAN,
        ("FURADANTINE | nitrofurantoïne:50 mg",),
        (),
        {"off-label:nitrofurantoine": CAUTION},
    ),
    # What is prescribed every day, and of which nothing is said
    (
        "hypertension and cholesterol",
        MAN,
        ("TRIATEC | ramipril:5 mg", "AMLOR | amlodipine:5 mg", "TAHOR | atorvastatine:10 mg"),
        (),
        {},
    ),
    ("an infection", MAN, (AMOX, DOLIPRANE.format(3)), (), {}),
    (
        "asthma",
        MAN,
        ("VENTOLINE | salbutamol | | suspension pour inhalation", "FLIXOTIDE | fluticasone | | poudre pour inhalation"),
        (),
        {},
    ),
    (
        "homeopathy",
        {**CHILD, "allergies": allergic("arnica")},
        ("CAMPHORA | camphre pour préparations homéopathiques",),
        (),
        {},
    ),
    ("a trace of lithium", {**MAN, "clearance": Decimal(30)}, ("OLIGOSOL | gluconate de lithium",), (), {}),
]


@pytest.mark.parametrize(
    ("subject", "wanted", "treatments", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_said_of_a_prescription(
    subject: dict[str, Any], wanted: tuple[str, ...], treatments: tuple[str, ...], expected: dict[str, str]
) -> None:
    found = assessed(lines(*wanted), Subject(**subject), tuple(treatment(each) for each in treatments))
    assert {each.key: each.level.value for each in found.alerts} == expected
