"""What an update of the drug base changes: what came, what went, prices, conditions, shortages. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from ordonum.knowledge.drugs.base import DrugBase
from ordonum.model.drug import Presentation, Shortage, Speciality

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


def changes(before: DrugBase, after: DrugBase) -> Changes:
    """What is no more, or not yet, or otherwise in `before`."""
    old, new = ({each.cis: each for each in base.specialities()} for base in (before, after))
    old_sold, new_sold = (_names(base.values()) for base in (old, new))
    old_boxes, new_boxes = (_boxes(base.values()) for base in (old, new))
    old_lacking, new_lacking = (_lacking(base.values()) for base in (old, new))
    return Changes(
        specialities_added=_beyond(new_sold, old_sold),
        specialities_withdrawn=_beyond(old_sold, new_sold),
        presentations_added=_beyond(_labels(new_boxes), _labels(old_boxes)),
        presentations_withdrawn=_beyond(_labels(old_boxes), _labels(new_boxes)),
        prices=tuple(
            Change(code, _label(*new_boxes[code]), _euros(old_boxes[code][1]), _euros(new_boxes[code][1]))
            for code in sorted(old_boxes.keys() & new_boxes.keys())
            if old_boxes[code][1].public_price != new_boxes[code][1].public_price
        ),
        conditions=tuple(
            Change(cis, new[cis].name, _words(old[cis]), _words(new[cis]))
            for cis in sorted(old.keys() & new.keys())
            if sorted(old[cis].conditions) != sorted(new[cis].conditions)
        ),
        shortages_begun=_beyond(new_lacking, old_lacking),
        shortages_ended=_beyond(old_lacking, new_lacking),
    )


def _names(specialities: Iterable[Speciality]) -> dict[str, str]:
    return {each.cis: each.name for each in specialities if each.sold}


def _boxes(specialities: Iterable[Speciality]) -> dict[str, tuple[Speciality, Presentation]]:
    return {box.cip13: (each, box) for each in specialities for box in each.presentations if box.sold}


def _labels(boxes: dict[str, tuple[Speciality, Presentation]]) -> dict[str, str]:
    return {code: _label(*found) for code, found in boxes.items()}


def _lacking(specialities: Iterable[Speciality]) -> dict[str, str]:
    """By CIS, and CIP13 where the shortage is of one box, what is lacking today."""
    return {
        f"{each.cis}/{said.cip13}" if said.cip13 else each.cis: f"{each.name} ({said.label.lower()})"
        for each in specialities
        for said in each.shortages
        if _lacks(said)
    }


def _lacks(said: Shortage) -> bool:
    return said.code in _LACKING and said.back_on is None


def _beyond(here: dict[str, str], there: dict[str, str]) -> tuple[Change, ...]:
    return tuple(Change(code, here[code]) for code in sorted(here.keys() - there.keys()))


def _label(each: Speciality, box: Presentation) -> str:
    return f"{each.name}, {box.label}"


def _euros(box: Presentation) -> str | None:
    return None if box.public_price is None else f"{box.public_price // 100},{box.public_price % 100:02} €"


def _words(each: Speciality) -> str | None:
    return " ; ".join(each.conditions) or None
