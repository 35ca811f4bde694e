"""The virtual medicines of Medicabase that have a public label, twenty-one of some four thousand: `medicabase.tsv`."""

from functools import cache
from importlib.resources import files

from msgspec import Struct

TABLE = "medicabase.tsv"


class VirtualMedicine(Struct, frozen=True):
    """A medicine prescribed by its substance: substance, strength and form; `form` None where the source does not say it."""

    code: str
    label: str
    substance: str
    strength: str
    form: str | None


@cache
def table() -> dict[str, VirtualMedicine]:
    """The virtual medicines by code, as «MV00002414»."""
    lines = files("ordonum.knowledge").joinpath(TABLE).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {
        code: VirtualMedicine(code, label, name, strength, form or None) for code, label, name, strength, form in rows
    }


def virtual(code: str) -> VirtualMedicine | None:
    """The virtual medicine of this code; None for one that has no public label."""
    return table().get(code)
