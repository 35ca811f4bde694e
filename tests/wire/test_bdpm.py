"""The official files of the drug base: every fact where it belongs, every trap read, every damage refused with its place."""

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from bdpm_files import changed, files
from ordonum.knowledge.drugs.base import Edition
from ordonum.model.dosage import DoseUnit
from ordonum.model.drug import Pack, Shortage
from ordonum.wire import bdpm
from ordonum.wire.bdpm import BdpmRefused
from whole_base import official_files, whole_base

CIS, CIP, COMPO, CPD, GENER, MITM, DISPO = bdpm.FILES


def test_every_fact_of_the_files_is_where_it_belongs() -> None:
    reading = bdpm.read(files())
    first, second, third = reading.specialities
    assert (first.name, first.form, first.routes) == ("DOULEX 500 mg, comprimé", "comprimé", ("orale", "sublinguale"))
    assert (first.holders, first.watched, first.since) == (("LABO A", "LABO B"), False, date(2003, 2, 1))
    assert (second.name, second.watched, second.bdm) == ("PARADOUX 500 mg, gélule d'essai", True, "Alerte")
    assert (second.european, second.atc, first.atc) == ("EU/1/20/1528", None, "N02BE01")
    assert second.conditions == ("liste I", "prescription limitée à 4 semaines")
    assert [each.name for each in second.active] == ["PARADOL"]
    assert [(place.group, place.type, place.rank) for place in first.groups + second.groups] == [(7, 0, 9), (7, 1, 2)]
    assert (first.sold, third.sold, third.form, third.holders) == (True, False, "poudre et solvant pour sirop", ())
    assert first.shortages == (
        Shortage(
            cip13="3400949497294",
            code=1,
            label="Rupture de stock",
            since=date(2025, 3, 20),
            updated=date(2025, 6, 25),
            back_on=None,
            link="https://example.invalid/r",
        ),
    )
    assert (reading.of, reading.orphans) == (date(2025, 6, 25), {GENER: 1})


def test_the_prices_rates_and_indications_of_a_box_are_read() -> None:
    first, second, third = (each.presentations[0] for each in bdpm.read(files()).specialities)
    assert (first.price, first.public_price, first.fee, first.rates) == (119_527, 119_629, 102, (30, 65))
    assert (second.price, second.rates, second.hospital, second.indications) == (None, (), False, None)
    assert first.indications == "Dans l'enfance :\n- Asthme sévère < 20 kg"
    assert first.pack == Pack(Decimal(30), DoseUnit.TABLET, 3)
    assert (first.sold, third.sold) == (True, False)


@pytest.mark.parametrize(
    "other",
    [
        files("\n"),
        files(encoding="cp1252"),
        {name: b"\xef\xbb\xbf" + raw for name, raw in files().items()},
        {name: raw.replace(b"\r\n", b"\r\n\r\n") for name, raw in files().items()},
        {name: raw.replace(b"\t\r\n", b"\r\n") if name in (COMPO, GENER) else raw for name, raw in files().items()},
        {name: raw.replace(b"\r\n", b"\t\r\n") for name, raw in files().items()},
        {name: raw.replace(b"< 20", b"&lt; 20") for name, raw in files().items()},
        {name: raw.replace(b"'", "\u0092".encode()) for name, raw in files().items()},
    ],
    ids=[
        "LF",
        "CP1252",
        "BOM",
        "blank lines",
        "no empty column",
        "an empty column",
        "HTML",
        "apostrophes of CP1252 in UTF-8",
    ],
)
def test_the_same_facts_otherwise_written_are_the_same(other: dict[str, bytes]) -> None:
    assert bdpm.read(other).specialities == bdpm.read(files()).specialities


def _swap(raw: bytes) -> bytes:
    return files()[COMPO]


def _replacing(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(raw: bytes) -> bytes:
        assert old.encode() in raw
        return raw.replace(old.encode(), new.encode(), 1)

    return change


def _unknown() -> bytes:
    return b"".join(b"699999%02d\tsirop\t02205\tSUCRE\t\t\tSA\t1\t\r\n" % each for each in range(11))


BAD: list[tuple[str, str, Callable[[bytes], bytes], int | None, int | None, str]] = [
    ("empty", CPD, lambda _: b"", None, None, "vide"),
    ("blank", CIS, lambda _: b"\r\n\r\n", None, None, "vide"),
    (
        "cut in a line",
        CIP,
        lambda raw: raw[:-30],
        3,
        None,
        "au lieu de 13 à la dernière ligne : le fichier est tronqué",
    ),
    ("cut before the end of a text", CPD, lambda raw: raw[:-10], 3, None, "pas finie"),
    ("another file", CIS, _swap, 1, None, "9 colonnes au lieu de 12 : c'est le contenu de CIS_COMPO_bdpm.txt"),
    ("a column more", CIS, _replacing("\torale", "\tx\torale"), 1, None, "13 colonnes au lieu de 12"),
    ("neither encoding", CIS, lambda raw: raw.replace("é".encode(), b"\x81\xe9", 1), 1, None, "ni UTF-8 ni CP1252"),
    (
        "mojibake",
        COMPO,
        lambda raw: raw.decode().encode("utf-8").decode("cp1252", "replace").encode(),
        1,
        None,
        "mal converti",
    ),
    ("replacement", CIS, _replacing("comprimé", "comprim\ufffd"), 1, None, "caractère de contrôle ou de remplacement"),
    ("a control", CPD, _replacing("liste I", "liste\x00I"), 1, None, "caractère de contrôle"),
    ("UTF-16", CPD, lambda raw: raw.decode().encode("utf-16"), 1, None, "caractère de contrôle"),
    ("CIP13 false", CIP, _replacing("3400949497706", "3400949497705"), 2, 7, "la clé du code CIP13 est fausse"),
    ("CIP13 of another CIP7", CIP, _replacing("4949770", "4949771"), 2, 7, "CIP7"),
    ("CIP13 twice", CIP, lambda raw: raw + raw.splitlines(keepends=True)[0], 4, 7, "déjà celui d'une autre ligne"),
    ("CIS twice", CIS, lambda raw: raw + raw.splitlines(keepends=True)[1], 4, 1, "déjà celui d'une autre ligne"),
    ("CIS short", COMPO, _replacing("60000022", "6000022"), 2, 1, "8 chiffres"),
    ("a day", CIS, _replacing("29/02/2024", "29/02/2023"), 2, 8, "date JJ/MM/AAAA"),
    ("a price", CIP, _replacing("1.195,27", "1.195,2"), 1, 10, "un prix"),
    ("a rate", CIP, _replacing("65 %", "165 %"), 1, 9, "un taux"),
    ("status of another column", CIS, _replacing("Autorisation active", "Commercialisée"), 1, 5, "commence par"),
    ("no code of substance", COMPO, _replacing("02202", "PARACÉTAMOL"), 1, 3, "5 chiffres"),
    ("a day of long ago", CIS, _replacing("29/02/2024", "28/02/0024"), 2, 8, "après 1900"),
    ("a price beyond all", CIP, _replacing("1.195,27", "999.999.999,27"), 1, 10, "un million d'euros"),
    ("a status of shortage", DISPO, _replacing("\t1\tRupture", "\t9\tRupture"), 1, 3, "1, 2, 3, 4"),
    ("a line turned round", CIS, _replacing("DOULEX", "\u202eXELUOD"), 1, None, "caractère de contrôle"),
    ("a field without end", CPD, _replacing("liste I", "liste I" * 1000), 1, 2, "7000 caractères"),
    ("two encodings", CPD, lambda raw: raw.replace("é".encode(), b"\xe9", 1) + raw, 2, None, "deux encodages mêlés"),
    ("a shortage of tomorrow", DISPO, _replacing("25/06/2025", "25/06/2099"), 1, 6, "à venir"),
    ("an authorisation of tomorrow", CIS, _replacing("29/02/2024", "29/02/2096"), 2, 8, "à venir"),
    ("a nature", COMPO, _replacing("\tFT\t", "\tXX\t"), 3, 7, "SA, FT"),
    ("a state", CIS, _replacing("\tCommercialisée", "\tVendue"), 1, 7, "Commercialisée, Non commercialisée"),
    ("a type of generic", GENER, _replacing("\t1\t2", "\t3\t2"), 1, 4, "0, 1, 2, 4"),
    ("no code of group", GENER, _replacing("7\t", "\t"), 1, 1, "nombre entier"),
    (
        "too many unknown",
        COMPO,
        lambda raw: raw + _unknown(),
        None,
        None,
        "11 lignes sur 15 sont de spécialités absentes",
    ),
]


@pytest.mark.parametrize(
    ("file", "change", "row", "column", "why"), [each[1:] for each in BAD], ids=[each[0] for each in BAD]
)
def test_a_bad_file_is_refused_with_its_place(
    file: str, change: Callable[[bytes], bytes], row: int | None, column: int | None, why: str
) -> None:
    with pytest.raises(BdpmRefused) as refused:
        bdpm.read(changed(file, change), today=date(2026, 11, 22))
    said = str(refused.value)
    assert refused.value.brings == {"file": file, "row": row, "column": column}
    assert said.startswith(file)
    assert why in said
    assert row is None or f"ligne {row}" in said
    assert column is None or f"colonne {column} ({bdpm.FILES[file][column - 1]})" in said


def _exchanged(file: str, one: int, other: int) -> dict[str, bytes]:
    """The official files, two columns of one exchanged in all its rows."""
    rows = [line.split(b"\t") for line in official_files()[file].splitlines(keepends=True) if line.strip()]
    for row in rows:
        row[one - 1], row[other - 1] = row[other - 1], row[one - 1]
    return official_files() | {file: b"".join(b"\t".join(row) for row in rows)}


@pytest.mark.parametrize(("file", "one", "other"), [(CIP, 10, 11), (CIS, 3, 4), (CIS, 2, 3), (MITM, 2, 3)])
def test_two_columns_exchanged_are_refused(file: str, one: int, other: int) -> None:
    with pytest.raises(BdpmRefused, match=f"{file}, (ligne 1, )?colonne .* échangées"):
        bdpm.read(_exchanged(file, one, other))


def test_a_declaration_of_the_next_century_does_not_date_the_data() -> None:
    raw = files() | {DISPO: files()[DISPO].replace(b"25/06/2025", b"")}
    late = raw | {CIP: raw[CIP].replace(b"19/09/2011", b"29/11/2924")}
    assert bdpm.read(late, today=date(2026, 11, 22)).of == date(2011, 3, 16)


def test_what_is_not_seen_is_no_part_of_a_name_and_a_raised_figure_stays_one() -> None:
    raw = changed(CIS, lambda raw: raw.replace(b"DOULEX 500", "DOU\u200bLEX 2 x 10<sup>6</sup>".encode()))
    assert bdpm.read(raw).specialities[0].name == "DOULEX 2 x 10⁶ mg, comprimé"


def test_medicines_on_sale_without_a_box_show_a_file_that_was_cut() -> None:
    line = files()[CIS].splitlines(keepends=True)[0]
    many = b"".join(line.replace(b"60000011", b"610000%02d" % each) for each in range(11))
    with pytest.raises(BdpmRefused, match=r"CIS_CIP_bdpm\.txt : 11 spécialités commercialisées sur 13 n'y sont pas"):
        bdpm.read(files() | {CIS: files()[CIS] + many})


def test_a_file_that_is_missing_is_named() -> None:
    with pytest.raises(BdpmRefused, match=r"CIS_MITM\.txt : le fichier manque"):
        bdpm.read({name: raw for name, raw in files().items() if name != MITM})


@pytest.mark.parametrize("file", bdpm.FILES)
def test_a_file_cut_anywhere_but_between_two_lines_is_refused(file: str) -> None:
    whole = files()[file]
    for length in range(len(whole)):
        cut = whole[:length]
        if (cut.endswith(b"\n") and cut.strip()) or not whole[length:].strip():
            continue  # what misses then may be seen from the other files, or from the version in place
        with pytest.raises(BdpmRefused):
            bdpm.read(files() | {file: cut})


def test_any_two_files_exchanged_are_refused() -> None:
    raw = files()
    for one in raw:
        for other in raw:
            if one != other:
                with pytest.raises(BdpmRefused):
                    bdpm.read(raw | {one: raw[other], other: raw[one]})


def test_no_damage_raises_anything_but_a_refusal() -> None:
    draw = random.Random(6)
    refused = 0
    for _ in range(400):
        file = draw.choice(list(bdpm.FILES))
        raw = bytearray(files()[file])
        for _ in range(draw.randint(1, 4)):
            raw[draw.randrange(len(raw))] = draw.choice(b"\t\n\r0a\x00\x92\xc3\xa9;%/")
        try:
            bdpm.read(files() | {file: bytes(raw)})
        except BdpmRefused:
            refused += 1
    assert 100 < refused < 400


def test_much_less_than_the_version_in_place_or_older_is_refused() -> None:
    counts = dict.fromkeys(("specialities", "presentations", "components", "conditions", "in_groups", "with_atc"), 1000)
    before = Edition(source="", of=date(2025, 7, 4), digest="", counts=counts | {"shortages": 900}, whole=True)

    def after(**told: int) -> Edition:
        return Edition(source="", of=date(2025, 8, 1), digest="", counts=before.counts | told, whole=True)

    bdpm.check_not_shrunk(before, after(presentations=901, shortages=300))
    with pytest.raises(BdpmRefused, match=r"CIS_CIP_bdpm\.txt : présentations : 899 au lieu de 1000"):
        bdpm.check_not_shrunk(before, after(presentations=899))
    with pytest.raises(BdpmRefused, match=r"CIS_CPD_bdpm\.txt : conditions de prescription : 0 "):
        bdpm.check_not_shrunk(before, after(conditions=0))
    with pytest.raises(BdpmRefused, match=r"du 04/07/2025, la base en place est du 01/08/2025"):
        bdpm.check_not_shrunk(after(), before)


def test_the_whole_base_is_read_and_what_belongs_to_nothing_is_counted() -> None:
    base = whole_base()
    assert base.edition.of == date(2025, 7, 4)
    assert base.edition.counts["specialities"] == official_files()[CIS].count(b"\n") == 15_788
    assert (
        base.edition.counts["presentations"] == official_files()[CIP].count(b"\n") - 3
    )  # of specialities that are not there
    assert (base.edition.counts["components"], base.edition.counts["conditions"]) == (32_585, 27_467)


def test_official_specialities_cut_at_the_end_of_a_line_are_seen_from_the_other_files() -> None:
    raw = official_files()
    lines = raw[CIS].splitlines(keepends=True)
    with pytest.raises(BdpmRefused, match="tronqué"):
        bdpm.read(raw | {CIS: b"".join(lines[: len(lines) * 98 // 100])})
