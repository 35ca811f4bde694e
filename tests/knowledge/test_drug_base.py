"""The file of the drug base: the same facts in, the same facts out; the same data, the same file; damaged, refused."""

import pytest

from bdpm_files import files
from ordonum.knowledge.drugs import file
from ordonum.knowledge.drugs.file import BaseUnusable
from ordonum.knowledge.drugs.formulary import at_hand, formulary
from ordonum.knowledge.drugs.loaded import KEPT, LoadedBase, holding
from ordonum.model.conditions import bare_substance
from ordonum.wire import bdpm
from whole_base import official_files, whole_base, whole_file

READING = bdpm.read(files())
EDITION = file.edition_of(READING.specialities, source="BDPM", of=READING.of, whole=True)
RAW = file.write(READING.specialities, EDITION)


@pytest.fixture(params=["file", "memory"])
def base(request: pytest.FixtureRequest) -> LoadedBase:
    return file.read(RAW) if request.param == "file" else holding(READING.specialities, EDITION)


def test_what_was_written_is_read(base: LoadedBase) -> None:
    assert tuple(base.specialities()) == READING.specialities
    assert base.edition == EDITION
    assert (EDITION.counts["specialities"], EDITION.counts["presentations"], EDITION.counts["packs_read"]) == (3, 3, 2)


def test_a_medicine_is_found_by_each_of_its_codes(base: LoadedBase) -> None:
    first = READING.specialities[0]
    assert base.speciality("60000011") == first
    assert base.presentation("3400949497294") == base.by_cip7("4949729") == (first, first.presentations[0])
    assert base.of_substance("paradol") == ("60000022",)
    assert base.of_substance(bare_substance("Paracétamol")) == ("60000011",)
    assert base.of_group(7) == ("60000022", "60000011")  # by rank, not by code


def test_what_is_unknown_is_none_or_nothing(base: LoadedBase) -> None:
    assert (base.speciality("99999999"), base.presentation("3400999999999"), base.by_cip7("9999999")) == (
        None,
        None,
        None,
    )
    assert base.by_cip7("") is None
    assert (base.of_substance(""), base.of_group(-1)) == ((), ())


def test_the_same_data_make_the_same_file_whatever_their_encoding_and_the_order_of_the_medicines() -> None:
    other = files(encoding="cp1252")
    other["CIS_bdpm.txt"] = b"".join(reversed(other["CIS_bdpm.txt"].splitlines(keepends=True)))
    again = bdpm.read(other)
    edition = file.edition_of(again.specialities, source="BDPM", of=again.of, whole=True)
    assert file.write(again.specialities, edition) == RAW


def test_one_fact_changed_changes_the_digest() -> None:
    other = bdpm.read(files() | {"CIS_CPD_bdpm.txt": b"60000022\tliste II\n"})
    assert file.edition_of(other.specialities, source="BDPM", of=other.of, whole=True).digest != EDITION.digest


def test_a_damaged_file_is_refused_wherever_it_is_damaged() -> None:
    for place in range(len(RAW)):
        damaged = bytearray(RAW)
        damaged[place] ^= 1
        with pytest.raises(BaseUnusable, match="ordonum drugs import"):
            file.read(bytes(damaged))


def test_a_file_that_is_cut_or_is_another_is_refused() -> None:
    for raw in (b"", b"\n", RAW[:10], RAW[:20], RAW[:60], RAW[:-1], RAW + b"x", b"SQLite format 3\x00" * 9):
        with pytest.raises(BaseUnusable):
            file.read(raw)


def test_a_file_of_another_format_says_to_import_again() -> None:
    with pytest.raises(BaseUnusable, match=r"au format 2, ce logiciel lit le format 1\. Importez-la de nouveau"):
        file.read(RAW.replace(b"ORDONUM-DRUGS 1\n", b"ORDONUM-DRUGS 2\n"))


def test_the_imported_base_comes_before_the_formulary() -> None:
    assert at_hand(RAW).edition.whole
    assert at_hand(None) is formulary()
    assert not formulary().edition.whole


def test_every_box_of_the_whole_base_is_found_again() -> None:
    base = whole_base()
    codes = [(each.cis, box.cip13) for each in base.specialities() for box in each.presentations]
    for cis, cip13 in codes[:: len(codes) // 500]:
        found = base.presentation(cip13)
        assert found is not None
        assert (found[0].cis, found[1].cip13) == (cis, cip13)
        assert base.speciality(cis) is found[0]
    rows = [line.split("\t") for line in official_files()["CIS_COMPO_bdpm.txt"].decode().splitlines()]
    assert base.of_substance("metformine") == tuple(sorted({row[0] for row in rows if "METFORMINE" in row[3]}))


def test_the_whole_base_is_compact_and_keeps_a_bounded_number_of_records() -> None:
    print(f"{len(whole_file()) / 1e6:.2f} MB")
    assert len(whole_file()) < 6_000_000
    base = file.read(whole_file())
    for each in base.specialities():
        base.speciality(each.cis)
    assert base.records_kept <= KEPT
