"""The medicines that the checks look at: lines and treatments with their substances, as the base and the prescriber tell them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from ordonum.knowledge.assistance.doses import strength_in, strength_written
from ordonum.knowledge.assistance.names import identity, known_as
from ordonum.knowledge.drugs.base import DrugBase
from ordonum.model.alert import Treatment
from ordonum.model.dosage import Dosage
from ordonum.model.drug import Speciality
from ordonum.model.lines import Overridden
from ordonum.model.plan_units import Strength
from ordonum.model.prescription import Line
from ordonum.model.products import MedicineLine, PreparationLine
from ordonum.model.products import Substance as Named

# Routes and forms by which little of a medicine enters the blood; a patch is none of them.
_LOCAL_ROUTES = (
    "cutanée", "ophtalmique", "auriculaire", "nasale", "vaginale", "dentaire", "gingivale", "oropharyngée", "inhalée",
)  # fmt: skip
_LOCAL_FORM = re.compile(
    r"\b(collyre|crème|pommade|gel|lotion|shampo\w+|vernis|auriculaire|nasale?|ovule|inhalation|bain de bouche)\b",
    re.IGNORECASE,
)
_EYE = re.compile(r"ophtalm|collyre", re.IGNORECASE)
_ORAL = re.compile(r"orale|comprimé|gélule|buvable|sirop|sachet", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?<![\d,.])\d[\d \u00a0]*(?:[.,]\d+)?\s?(?:mg|g|µg|microgrammes)\b(?:\s?/\s?(?:\d+\s?)?ml\b)?", re.IGNORECASE
)
_PATCH = re.compile(r"transdermi|patch", re.IGNORECASE)


class Substance(Struct, frozen=True):
    """An active substance of a medicine: as it is written, the names of the tables for it, its strength where it is told."""

    name: str
    keys: frozenset[str]
    identity: str
    strength: Strength | None = None


class Product(Struct, frozen=True, kw_only=True):
    """A line (`rank`) or a treatment (`position`), with what is known of it. `label` is as the prescriber wrote it.

    `missing`: a code that the base does not have; `local`: it acts where it is put (not known is no); `same`: the identities
    of its substances, `keys` all their names; `days`: how long it is prescribed for.
    """

    label: str
    rank: int | None = None
    position: int | None = None
    substances: tuple[Substance, ...]
    speciality: Speciality | None = None
    same: frozenset[str]
    keys: frozenset[str]
    missing: bool = False
    local: bool = False
    routes: str = ""
    dosage: Dosage | None = None
    days: int | None = None
    off_label: bool = False
    overridden: tuple[Overridden, ...] = ()

    @property
    def for_the_eye(self) -> bool:
        """Whether it is for the eyes alone."""
        return self.local and bool(_EYE.search(self.routes))

    @property
    def oral(self) -> bool | None:
        """Whether it is swallowed; None where nothing tells."""
        if self.speciality is not None and self.speciality.routes:
            return "orale" in self.speciality.routes
        return bool(_ORAL.search(self.routes)) or None

    @property
    def patch(self) -> bool:
        """Whether it is a transdermal system."""
        return bool(_PATCH.search(self.routes))

    @property
    def lines(self) -> tuple[int, ...]:
        """Its rank, as an alert names it."""
        return () if self.rank is None else (self.rank,)

    @property
    def treatments(self) -> tuple[int, ...]:
        """Its place among the treatments, as an alert names it."""
        return () if self.position is None else (self.position,)


def of_lines(lines: Iterable[Line], base: DrugBase) -> tuple[Product, ...]:
    """The medicines and preparations among these lines."""
    return tuple(
        _of_medicine(each, base) if isinstance(each, MedicineLine) else _of_preparation(each)
        for each in lines
        if isinstance(each, (MedicineLine, PreparationLine))
    )


def of_treatments(treatments: Iterable[Treatment], base: DrugBase, day: date) -> tuple[Product, ...]:
    """The treatments that go on that day."""
    return tuple(
        _of_treatment(position, each, base)
        for position, each in enumerate(treatments)
        if each.until is None or each.until >= day
    )


def _of_medicine(line: MedicineLine, base: DrugBase) -> Product:
    found = _speciality(line, base)
    substances = _substances(found, _written(line.label, line.substances))
    routes = _routes(line.route, line.form, line.label, found)
    return Product(
        label=line.label,
        rank=line.rank,
        substances=substances,
        same=frozenset(each.identity for each in substances),
        keys=frozenset[str]().union(*(each.keys for each in substances)),
        speciality=found,
        missing=found is None and (line.cip13 or line.cis) is not None,
        local=_local(found, routes),
        routes=routes,
        dosage=line.structured_dosage,
        days=line.duration_days,
        off_label=line.off_label,
        overridden=line.overridden,
    )


def _of_preparation(line: PreparationLine) -> Product:
    substances = _substances(None, tuple((each.name, None) for each in line.formula if each.active))
    routes = _routes(None, line.form, line.label, None)
    return Product(
        label=line.label,
        rank=line.rank,
        substances=substances,
        same=frozenset(each.identity for each in substances),
        keys=frozenset[str]().union(*(each.keys for each in substances)),
        local=_local(None, routes),
        routes=routes,
        dosage=line.structured_dosage,
        days=line.duration_days,
        off_label=line.off_label,
        overridden=line.overridden,
    )


def _of_treatment(position: int, treatment: Treatment, base: DrugBase) -> Product:
    found = _speciality(treatment, base)
    substances = _substances(found, _written(treatment.label, treatment.substances or ()))
    routes = _routes(treatment.route, treatment.form, treatment.label, found)
    return Product(
        label=treatment.label,
        position=position,
        substances=substances,
        same=frozenset(each.identity for each in substances),
        keys=frozenset[str]().union(*(each.keys for each in substances)),
        speciality=found,
        missing=found is None and (treatment.cip13 or treatment.cis) is not None,
        local=_local(found, routes),
        routes=routes,
        dosage=treatment.structured_dosage,
    )


def _speciality(coded: MedicineLine | Treatment, base: DrugBase) -> Speciality | None:
    by_box = base.presentation(coded.cip13) if coded.cip13 is not None else None
    if by_box is not None:
        return by_box[0]
    return base.speciality(coded.cis) if coded.cis is not None else None


def _substances(found: Speciality | None, written: tuple[tuple[str, str | None], ...]) -> tuple[Substance, ...]:
    """Those of the base, with their strength, and those written that the base does not name."""
    kept: dict[str, Substance] = {}
    for each in found.active if found is not None else ():
        one = _substance(each.name, strength_in(each.amount, each.reference))
        kept.setdefault(one.identity, one)
    for name, strength in written:
        one = _substance(name, strength_written(strength))
        kept.setdefault(one.identity, one)
    return tuple(kept.values())


def _written(label: str, substances: Sequence[Named]) -> tuple[tuple[str, str | None], ...]:
    """What is written of each substance; of one alone without its strength, the only amount that the label says is it."""
    said = _AMOUNT.findall(label)
    alone = said[0] if len(substances) == 1 and len(said) == 1 else None
    return tuple((each.name, each.strength or alone) for each in substances)


def _substance(name: str, strength: Strength | None) -> Substance:
    return Substance(name, known_as(name), identity(name), strength)


def _routes(route: str | None, form: str | None, label: str, found: Speciality | None) -> str:
    told = (*(found.routes if found is not None else ()), found.form if found is not None else None, route, form, label)
    return " ; ".join(each for each in told if each)


def _local(found: Speciality | None, routes: str) -> bool:
    if found is not None and found.routes:
        return all(each.startswith(_LOCAL_ROUTES) for each in found.routes)
    return bool(_LOCAL_FORM.search(routes))
