"""A medicine as the drug base knows it: speciality, presentations, composition, prices, group, shortages. Pure.

The facts and their order are those of the Base de données publique des médicaments (BDPM): files CIS_bdpm, CIS_CIP, CIS_COMPO,
CIS_CPD, CIS_GENER, CIS_MITM, CIS_CIP_Dispo_Spec. Money is in cents.
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from ordonum.model.dosage import DoseUnit
from ordonum.model.labels import Labelled


class Nature(Labelled):
    """What a component is: the active substance itself, or the therapeutic fraction that it brings."""

    SUBSTANCE = "SA", "substance active"
    FRACTION = "FT", "fraction thérapeutique"


class Component(Struct, frozen=True, kw_only=True):
    """A substance of an element of the medicine («comprimé», «compartiment 1»), with its amount («1 000 mg» «un comprimé»).

    `link` ties a substance to the fractions that it brings.
    """

    element: str
    code: str
    name: str
    amount: str | None
    reference: str | None
    nature: Nature
    link: int


class Pack(Struct, frozen=True):
    """What a box holds, read from the label of the presentation: «30 comprimés», «1 flacon de 150 ml» (150 ml).

    `containers`: how many units of packing hold it, where that is told (3 plaquettes, 6 stylos). `other`: the same box
    counted in another unit: 20 unidoses of 2 ml are 40 ml, 15 ml are 5 stylos.
    """

    amount: Decimal
    unit: DoseUnit
    containers: int | None = None
    other: tuple[Decimal, DoseUnit] | None = None

    def holds(self, unit: DoseUnit) -> Decimal | None:
        """How many of this unit the box holds; None where the label does not say it."""
        if unit is self.unit:
            return self.amount
        return self.other[0] if self.other is not None and unit is self.other[1] else None


class Presentation(Struct, frozen=True, kw_only=True):
    """A box that is sold. Prices in cents: `price` without the dispensing fee, `public_price` with it; `rates` in per cent."""

    cip13: str
    cip7: str
    label: str
    status: str
    marketing: str
    since: date | None
    hospital: bool | None
    rates: tuple[int, ...]
    price: int | None
    public_price: int | None
    fee: int | None
    indications: str | None
    pack: Pack | None

    @property
    def sold(self) -> bool:
        """Whether it is marketed today: the presentation is active and its marketing declared, not stopped."""
        return self.status == "Présentation active" and self.marketing.startswith("Déclaration de commercialisation")


class GroupPlace(Struct, frozen=True, kw_only=True):
    """The place of a speciality in a generic group: type 0 princeps, 1 generic, 2 complementary by dosage, 4 substitutable."""

    group: int
    label: str
    type: int
    rank: int


class Shortage(Struct, frozen=True, kw_only=True):
    """A shortage, tension, stop or return that the ANSM announced; `cip13` None: of every presentation."""

    cip13: str | None
    code: int
    label: str
    since: date | None
    updated: date | None
    back_on: date | None
    link: str | None


class Speciality(Struct, frozen=True, kw_only=True):
    """A speciality (CIS) with all that the base says of it. `conditions` is the free text of its prescribing conditions."""

    cis: str
    name: str
    form: str
    routes: tuple[str, ...]
    status: str
    procedure: str
    marketing: str
    since: date | None
    bdm: str | None
    european: str | None
    holders: tuple[str, ...]
    watched: bool
    components: tuple[Component, ...]
    conditions: tuple[str, ...]
    atc: str | None
    groups: tuple[GroupPlace, ...]
    presentations: tuple[Presentation, ...]
    shortages: tuple[Shortage, ...]

    @property
    def sold(self) -> bool:
        """Whether it is authorised and marketed."""
        return self.status == "Autorisation active" and self.marketing == "Commercialisée"

    @property
    def active(self) -> tuple[Component, ...]:
        """What acts, each once: the therapeutic fraction where the base names it, else the substance."""
        fractions = {each.link for each in self.components if each.nature is Nature.FRACTION}
        kept: dict[tuple[str, str | None], Component] = {}
        for each in self.components:
            if each.nature is Nature.FRACTION or each.link not in fractions:
                kept.setdefault((each.name, each.amount), each)
        return tuple(kept.values())
