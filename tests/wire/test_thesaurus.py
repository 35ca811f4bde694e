"""The published forms of the interactions thesaurus: small samples typed here, and what is refused."""

import time

import pytest
import typst

from ordonum.knowledge.interactions.names import key
from ordonum.knowledge.interactions.table import Entry, Gravity, Table
from ordonum.wire.thesaurus import read
from ordonum.wire.thesaurus_blocks import Block, NotAThesaurus, entry, gravities, listed
from thesaurus_sample import TEXT

CI, AD, PE, PC = Gravity
MEMBERS = '"molecule"\t"famille"\n"bêtamine a"\t"bêtamines"\n"bêtamine c"\t"bêtamines"\n"zêtamine"\t"bêtamines"\n' + (
    '"zoméga"\t"Interactions en propre seulement"\n'
)
PAIRS = (
    "protagoniste1\tprotagoniste2\tdescription_interaction\tdescription_medoc\tmecanisme\tCI\tAD\tPE\tPC\n"
    "ALPHAZOL\tBETAMINES\tCONTRE-INDICATION Risque.\t\tRisque.\t\t\t\t\n"
    "TAUZOL\tBETAMINES\tCI - PE Contre-indication avec : - x\t\tRisque.\tavec : - x\t\tSurveillance\t\n"
)
NAME, INDEX = "thesaurus_052031.txt", "index_substances052031.csv"


def of(table: Table, a: str, b: str) -> Entry:
    """The entry of a pair."""
    return next(each for each in table.entries if each.pair == tuple(sorted((key(a), key(b)))))


def levels(each: Entry) -> list[Gravity]:
    """Its gravities."""
    return [degree.gravity for degree in each.degrees]


def pdf(pages: list[list[tuple[float, float, str]]]) -> bytes:
    """A document of pages of lines, each at its place in points from the top left corner."""
    drawn = ["#set page(width: 595pt, height: 842pt, margin: 0pt)", "#set text(size: 8pt)"]
    for number, page in enumerate(pages):
        drawn += ["#pagebreak()"] if number else []
        drawn += [f'#place(dx: {x}pt, dy: {y}pt, box(width: 500pt, "{words}"))' for x, y, words in page]
    return typst.compile("\n".join(drawn).encode())


def printed() -> bytes:
    """The same content as TEXT, in two columns, as the ANSM prints it."""
    block = [
        (317, 0, "CI - ASDEC - PE"),
        (98, 0, "Risque d'addition."),
        (317, 12, "Contre-indication :"),
        (317, 24, "- par voie IV"),
        (317, 36, "Association déconseillée :"),
        (317, 48, "- à plus de 20 mg"),
        (317, 60, "Précaution d'emploi :"),
        (317, 72, "- à moins de 20 mg. Surveillance."),
    ]
    first = [(284.0, 34.0, "2"), (29.6, 60, "ALPHAZOL"), (37, 74, "Voir aussi : bêtamines"), (32.6, 90, "+ BÊTAMINES")]
    first += [(317, 104, "CONTRE-INDICATION"), (98, 104, "Risque d'invention"), (98, 114, "pure et simple.")]
    first += [(32.6, 140, "+ GAMMAVIR"), *((x, 154 + y, words) for x, y, words in block)]
    second = [(29.6, 60, "BÊTAMINES"), (37, 74, "(bêtamine a, betamine (sel de), bêtamine"), (37, 84, "c)")]
    second += [(32.6, 100, "+ ALPHAZOL"), (317, 114, "CONTRE-INDICATION"), (98, 114, "Risque d'invention")]
    second += [(98, 124, "pure et simple."), (32.6, 150, "+ AUTRES BÊTAMINES"), (317, 164, "A prendre en compte")]
    second += [(98, 164, "Addition des effets."), (29.6, 190, "GAMMAVIR"), (32.6, 204, "+ ALPHAZOL")]
    second += [(x, 218 + y, words) for x, y, words in block]
    foot = [(72, 806, "ANSM - Mai 2031"), (264, 806, "www.ansm.sante.fr")]
    cover = [(80.0, 200.0, "Thésaurus des interactions médicamenteuses"), (80.0, 400.0, "Version : Mai 2031")]
    return pdf([cover, [*first, *foot, (503, 806, "2/3")], [*second, *foot, (503, 806, "3/3")]])


@pytest.mark.parametrize("form", ["text", "pdf"])
def test_text_and_pdf_of_one_edition_give_the_same_table(form: str) -> None:
    table = read({NAME: TEXT.encode()} if form == "text" else {"thesaurus_2031-05.pdf": printed()})
    assert table.title == "Thésaurus des interactions médicamenteuses, ANSM, mai 2031"
    assert len(table.entries) == 3
    assert levels(of(table, "alphazol", "bêtamines")) == [CI]
    assert of(table, "alphazol", "bêtamines").mechanism == "Risque d'invention pure et simple."
    assert of(table, "alphazol", "bêtamines").conduct is None
    degrees = of(table, "gammavir", "alphazol").degrees
    assert [each.gravity for each in degrees] == [CI, AD, PE]
    assert [each.conduct for each in degrees] == [
        "- par voie IV",
        "- à plus de 20 mg",
        "- à moins de 20 mg. Surveillance.",
    ]
    assert of(table, "gammavir", "alphazol").mechanism == "Risque d'addition."
    assert levels(of(table, "bêtamines", "bêtamines")) == [PC]
    assert table.classes == {"BÊTAMINES": ("bêtamine a", "betamine (sel de)", "bêtamine c")}


def test_an_index_adds_its_members_and_its_substances() -> None:
    table = read({NAME: TEXT.encode(), INDEX: MEMBERS.encode()})
    assert set(table.classes["BÊTAMINES"]) == {"bêtamine a", "betamine (sel de)", "bêtamine c", "zêtamine"}
    assert "zoméga" in table.substances


INDEX_TEXT = """Index des classes
Mise à jour : Mai 2031

bêtamines
(bêtamine a, oméga
deux)

zétamines (autres)
(zéta
"""


@pytest.mark.parametrize("form", ["text", "xhtml"])
def test_an_index_is_read_as_text_or_as_a_page(form: str) -> None:
    page = (
        "<?xml version='1.0'?><html><head><title>x</title></head><body><p>"
        + INDEX_TEXT.replace("\n\n", "</p><p>")
        + "</p></body></html>"
    )
    index = INDEX_TEXT if form == "text" else page
    table = read({NAME: TEXT.encode(), "index_classes_2031-05.txt": index.encode()})
    assert "oméga deux" in table.classes["BÊTAMINES"]
    assert table.classes["zétamines (autres)"] == ("zéta",)


def test_the_structured_table_is_read_by_its_columns() -> None:
    table = read({"thesaurusMai2031.csv": PAIRS.encode()})
    assert levels(of(table, "alphazol", "betamines")) == [CI]
    assert levels(of(table, "tauzol", "betamines")) == [CI, PE]


def test_the_newest_edition_is_taken() -> None:
    older = TEXT.replace("Mai 2031", "Juin 2029").replace("CONTRE-INDICATION", "Association DECONSEILLEE")
    table = read({"ancien.txt": older.encode(), NAME: TEXT.encode()})
    assert table.of.year == 2031
    assert levels(of(table, "alphazol", "bêtamines")) == [CI]


def test_the_gravest_of_both_directions_is_kept() -> None:
    graver = "A prendre en compte".join(TEXT.rsplit("CONTRE-INDICATION", 1))  # under one of its two names alone
    assert levels(of(read({NAME: graver.encode()}), "alphazol", "bêtamines")) == [CI]
    graver = TEXT.replace("CONTRE-INDICATION", "A prendre en compte", 1)
    assert levels(of(read({NAME: graver.encode()}), "alphazol", "bêtamines")) == [CI]


def test_an_index_of_another_month_is_not_mixed_in() -> None:
    table = read({NAME: TEXT.encode(), "index_substances012019.csv": MEMBERS.encode()})
    assert "zêtamine" not in table.classes["BÊTAMINES"]


def test_a_huge_hostile_text_is_refused_in_no_time() -> None:
    start = time.process_time()
    for body in (
        "+ A\n" * 100_000,
        "+ A\nCI - PE\n" + "Contre-indication :\n" * 100_000,
        "(" * 500_000,
        "A, " * 300_000,
    ):
        with pytest.raises(NotAThesaurus):
            read({NAME: ("Version : Mai 2031\n\n2\nTITRE\n" + body).encode()})
    assert time.process_time() - start < 8


@pytest.mark.parametrize(
    ("heading", "expected", "rest"),
    [
        ("CONTRE-INDICATION", (CI,), ""),
        ("CI - PE", (CI, PE), ""),
        ("CI - ASDEC - APECL'association", (CI, AD, PC), "L'association"),
        ("Association DECONSEILLEEMajoration", (AD,), "Majoration"),
        ("Précaution d’emploi", (PE,), ""),
        ("Precaution d'emploi Surveillance", (PE,), "Surveillance"),
        ("A prendre en compte", (PC,), ""),
        ("Contre-indication - Précaution d'emploi", (CI, PE), ""),
        ("PETHIDINE", (), "PETHIDINE"),
        ("CITRATES", (), "CITRATES"),
        ("Risque d'association déconseillée", (), "Risque d'association déconseillée"),
    ],
)
def test_a_heading_of_levels_is_read_glued_or_compound(heading: str, expected: tuple[Gravity, ...], rest: str) -> None:
    assert gravities(heading) == (expected, rest)


def test_a_remark_to_be_taken_into_account_is_of_the_last_level() -> None:
    made = entry(Block("A", "B", "p. 1", ("Il convient de prendre en compte l'association de A à B.",)))
    assert made is not None
    assert levels(made) == [PC]
    assert entry(Block("A", "B", "p. 1", ("Texte",))) is None


def test_members_may_have_brackets_and_lose_the_last_one() -> None:
    assert listed("(adrenaline") == ("adrenaline",)
    assert listed("(a (c 7e3b), b, di(acefylline) x)") == ("a (c 7e3b)", "b", "di(acefylline) x")
    assert listed("(anpu") == ()


def refused(name: str, data: bytes) -> str:
    """The sentence of the refusal."""
    with pytest.raises(NotAThesaurus) as caught:
        read({name: data})
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (NAME, TEXT[: TEXT.index("GAMMAVIR\n+ ALPHAZOL")].encode(), "s'arrête à la page 2 sur 3"),
        (NAME, TEXT.replace(" 2/3", " 1/3").encode(), "après la page 1 vient la page 3"),
        (NAME, TEXT.replace("+ ALPHAZOL", "+ DELTA").encode(), "ne sont dites que sous un de leurs deux noms"),
        (NAME, TEXT.replace("CONTRE-INDICATION", "Niveau").replace("CI - ", "").encode(), None),
        (NAME, b"", "est vide"),
        (NAME, b"\xff\xfe\x00\x01" + TEXT.encode(), "Windows-1252"),
        (NAME, TEXT.encode().decode("cp1252", "replace").replace("�", "\xa0").encode(), "autre encodage"),
        (NAME, b"Un roman.\n" * 50, "aucune des formes"),
        (NAME, TEXT.replace("Mai 2031", "").encode(), "aucun mois"),
        ("thesaurus_012019.txt", TEXT.encode(), "annonce 01/2019"),
        (INDEX, TEXT.encode(), "son nom annonce un index"),
        ("thesaurusMai2031.csv", MEMBERS.encode(), "son nom annonce un thésaurus"),
        ("thesaurusMai2031.csv", PAIRS[:-20].encode(), "dernière ligne est coupée"),
        (
            "thesaurusMai2031.csv",
            PAIRS.replace("\t\t\t\t\n", "\t\t\n", 1).encode(),
            "ligne 2 : 7 colonnes au lieu de 9",
        ),
        ("thesaurusMai2031.csv", "\n".join(PAIRS.split("\n")[:2]).encode() + b"\n", "avant la fin de l'alphabet"),
        ("thesaurusMai2031.csv", PAIRS.replace("mecanisme", "meca").encode(), "colonnes attendues"),
        ("thesaurusMai2031.csv", PAIRS.replace("ALPHAZOL", "").encode(), "ligne 2, colonne 1"),
        ("thesaurus.pdf", b"rien", "ce n'est pas un PDF"),
        ("thesaurus.pdf", b"%PDF-1.6 faux %%EOF", "pas un fichier PDF lisible"),
        ("thesaurus.pdf", b"%PDF" + b"0" * 41_000_000, "dépasse 40 Mo"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_why(name: str, data: bytes, words: str | None) -> None:
    told = refused(name, data)
    assert name in told
    assert words is None or words in told


def test_a_cut_pdf_is_refused() -> None:
    whole = printed()
    assert "coupé" in refused("thesaurus.pdf", whole[: len(whole) // 2])
    assert "sur 3" in refused("thesaurus.pdf", pdf([[(80, 400, "Version : Mai 2031")], [(503, 806, "2/3")]]))


def test_one_bad_file_refuses_the_good_ones() -> None:
    with pytest.raises(NotAThesaurus, match="roman"):
        read({NAME: TEXT.encode(), "roman.txt": b"Un roman.\n"})
