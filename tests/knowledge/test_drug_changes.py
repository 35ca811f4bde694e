"""What an update of the drug base changes is told, each thing where it belongs, and nothing else."""

import pytest

from bdpm_files import changed, files
from ordonum.knowledge.drugs import file
from ordonum.knowledge.drugs.changes import Change, changes
from ordonum.knowledge.drugs.loaded import LoadedBase, holding
from ordonum.wire import bdpm

DOULEX = "DOULEX 500 mg, comprimé"
BOX = "3400949497294"


def _base(raw: dict[str, bytes]) -> LoadedBase:
    reading = bdpm.read(raw)
    return holding(reading.specialities, file.edition_of(reading.specialities, source="", of=reading.of, whole=True))


BEFORE = _base(files())


def _told(raw: dict[str, bytes]) -> dict[str, tuple[Change, ...]]:
    """What changed, without what did not."""
    found = changes(BEFORE, _base(raw))
    return {name: getattr(found, name) for name in found.__struct_fields__ if getattr(found, name)}


def test_the_same_data_change_nothing() -> None:
    assert _told(files(encoding="cp1252")) == {}


def test_a_price_is_told_before_and_after() -> None:
    told = _told(changed("CIS_CIP_bdpm.txt", lambda raw: raw.replace(b"1,196,29", b"996,29")))
    label = f"{DOULEX}, 3 plaquette(s) PVC aluminium de 10 comprimé(s)"
    assert told == {"prices": (Change(BOX, label, "1 196,29 €", "996,29 €"),)}


def test_conditions_are_told_before_and_after_whatever_their_order() -> None:
    name = "CIS_CPD_bdpm.txt"
    told = _told(changed(name, lambda raw: raw + b"60000011\tliste II\r\n"))
    assert told == {"conditions": (Change("60000011", DOULEX, None, "liste II"),)}
    assert _told(changed(name, lambda raw: b"".join(reversed(raw.splitlines(keepends=True))))) == {}


def test_a_medicine_that_stops_or_goes_is_withdrawn_and_one_that_comes_is_added() -> None:
    stopped = changed(
        "CIS_bdpm.txt", lambda raw: raw.replace("\tCommercialisée".encode(), "\tNon commercialisée".encode(), 1)
    )
    assert _told(stopped) == {"specialities_withdrawn": (Change("60000011", DOULEX),)}
    again = changes(_base(stopped), BEFORE)
    assert again.specialities_added == (Change("60000011", DOULEX),)
    boxes = changed("CIS_CIP_bdpm.txt", lambda raw: b"".join(raw.splitlines(keepends=True)[1:]))
    assert [each.code for each in _told(boxes)["presentations_withdrawn"]] == [BOX]
    assert [each.code for each in changes(_base(boxes), BEFORE).presentations_added] == [BOX]


@pytest.mark.parametrize(
    "over", ["4\tRemise\t20/03/2025\t25/06/2025\t", "1\tRupture de stock\t20/03/2025\t25/06/2025\t26/06/2025"]
)
def test_a_shortage_begins_and_ends(over: str) -> None:
    begun = b"1\tRupture de stock\t20/03/2025\t25/06/2025\t"
    ended = changed("CIS_CIP_Dispo_Spec.txt", lambda raw: raw.replace(begun, over.encode()))
    said = Change(f"60000011/{BOX}", f"{DOULEX} (rupture de stock)")
    assert _told(ended) == {"shortages_ended": (said,)}
    assert changes(_base(ended), BEFORE).shortages_begun == (said,)
