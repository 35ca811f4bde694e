"""What an update of the drug base changes: what came, what went, prices, conditions, shortages. Pure."""

from msgspec import Struct

from ordonum.knowledge.drugs.base import DrugBase
from ordonum.model.drug import Speciality

# Codes of the ANSM: 1 rupture, 2 tension, 3 stop of marketing, 4 back.
_LACKING = (1, 2, 3)


class Change(Struct, frozen=True):
    """One thing that changed: its code (CIS or CIP13), its name; what was said and what is now, where that is a text."""

    code: str
    name: str
    before: str | None = None
    after: str | None = None


class Changes(Struct, frozen=True, kw_only=True):
    """Everything that changed, in the order of the codes. What stopped being sold is withdrawn; sold again, it is added."""

    specialities_added: tuple[Change, ...]
    specialities_withdrawn: tuple[Change, ...]
    presentations_added: tuple[Change, ...]
    presentations_withdrawn: tuple[Change, ...]
    prices: tuple[Change, ...]
    conditions: tuple[Change, ...]
    shortages_begun: tuple[Change, ...]
    shortages_ended: tuple[Change, ...]


class _Seen:
    """What is compared of a base, as short texts: the specialities themselves are passed over once, and not kept."""

    def __init__(self, base: DrugBase) -> None:
        self.names: dict[str, str] = {}
        self.sold: dict[str, str] = {}
        self.boxes: dict[str, str] = {}
        self.prices: dict[str, str | None] = {}
        self.conditions: dict[str, str | None] = {}
        self.lacking: dict[str, str] = {}
        for each in base.specialities():
            self._see(each)

    def _see(self, each: Speciality) -> None:
        self.names[each.cis] = each.name
        self.conditions[each.cis] = " ; ".join(sorted(each.conditions)) or None
        if each.sold:
            self.sold[each.cis] = each.name
        for box in each.presentations:
            if box.sold:
                self.boxes[box.cip13] = f"{each.name}, {box.label}"
                self.prices[box.cip13] = None if box.public_price is None else euros(box.public_price)
        for said in each.shortages:
            if said.code in _LACKING and said.back_on is None:
                code = f"{each.cis}/{said.cip13}" if said.cip13 else each.cis
                self.lacking[code] = f"{each.name} ({said.label.lower()})"


def changes(before: DrugBase, after: DrugBase) -> Changes:
    """What is no more, or not yet, or otherwise in `before`."""
    old, new = _Seen(before), _Seen(after)
    return Changes(
        specialities_added=_beyond(new.sold, old.sold),
        specialities_withdrawn=_beyond(old.sold, new.sold),
        presentations_added=_beyond(new.boxes, old.boxes),
        presentations_withdrawn=_beyond(old.boxes, new.boxes),
        prices=_otherwise(new.boxes, old.prices, new.prices),
        conditions=_otherwise(new.names, old.conditions, new.conditions),
        shortages_begun=_beyond(new.lacking, old.lacking),
        shortages_ended=_beyond(old.lacking, new.lacking),
    )


def euros(cents: int) -> str:
    """«1 196,29 €»."""
    whole = f"{cents // 100:,}".replace(",", " ")
    return f"{whole},{cents % 100:02} €"


def _beyond(here: dict[str, str], there: dict[str, str]) -> tuple[Change, ...]:
    return tuple(Change(code, here[code]) for code in sorted(here.keys() - there.keys()))


def _otherwise(
    names: dict[str, str], before: dict[str, str | None], after: dict[str, str | None]
) -> tuple[Change, ...]:
    return tuple(
        Change(code, names[code], before[code], after[code])
        for code in sorted(before.keys() & after.keys())
        if before[code] != after[code]
    )
