"""Lines of health products: medicines, magistral preparations, medical devices."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Text
from ordonum.model.dosage import Dosage
from ordonum.model.identifiers import Cip13, Cis, Lpp, MedicabaseCode, SubstanceCode, Ucd13
from ordonum.model.labels import Labelled
from ordonum.model.lines import BaseLine, Days, Overridden


class NoSubstitution(Labelled):
    """Why a medicine may not be substituted (arrêté du 12 novembre 2019): no other reason is valid."""

    MTE = "MTE", "médicament à marge thérapeutique étroite"
    EFG = "EFG", "enfant de moins de six ans, sans forme galénique adaptée"
    CIF = "CIF", "contre-indication formelle et démontrée à un excipient à effet notoire"


class Substance(Struct, frozen=True, forbid_unknown_fields=True):
    """An active substance in its common name (DC), with its strength; CSP R.5125-55 wants each when there are several."""

    name: Name
    strength: Name | None = None
    code: SubstanceCode | None = None


Substances = Annotated[tuple[Substance, ...], Meta(min_length=1, max_length=10)]


PassedOver = Annotated[tuple[Overridden, ...], Meta(max_length=30)]


class InitialPrescription(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The initial prescription of a hospital or of a specialist that this one renews: by whom, and on which day."""

    by: Name
    on: date


class MedicineLine(BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="medicine"):
    """A medicine, by its presentation (CIP13), unit (UCD13), speciality (CIS), virtual code (Medicabase), or by substance,
    strength, form and route; its label is what is printed. It always carries its active substances.

    `in_words`: dosage, duration and quantity are written in words (CSP R.5132-29, stupéfiants and assimilated).
    `renewal_forbidden`: expressly not to be renewed (R.5132-22, list II). `fraction_days`: the treatment of each fraction;
    `single_delivery`: «délivrance en une seule fois» (R.5132-30). `overlap`: the express mention that lets another
    prescription overlap (R.5132-33), in the prescriber's words. `abroad`: to be used in another state of the Union.
    `structured_dosage`: what `dosage` says, as facts; the words prevail. `overridden`: alerts passed over, each with its reason.
    """

    label: Name
    substances: Substances
    cip13: Cip13 | None = None
    ucd13: Ucd13 | None = None
    cis: Cis | None = None
    virtual: MedicabaseCode | None = None
    form: Name | None = None
    route: Name | None = None
    dosage: Text
    no_substitution: NoSubstitution | None = None
    off_label: bool = False
    exceptional: bool = False
    in_words: bool = False
    renewal_forbidden: bool = False
    fraction_days: Days | None = None
    single_delivery: bool = False
    overlap: Text | None = None
    initial: InitialPrescription | None = None
    abroad: bool = False
    structured_dosage: Dosage | None = None
    overridden: PassedOver = ()


class Ingredient(Struct, frozen=True, forbid_unknown_fields=True):
    """An ingredient of a preparation with its amount in the prescriber's words («0,5 g», «qsp 50 g»)."""

    name: Name
    amount: Name
    active: bool = True


class PreparationLine(
    BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="preparation"
):
    """A magistral preparation and its whole formula (CSP R.5132-3 2°).

    `no_equivalent` prints the mention on which its reimbursement depends (CSS R.163-1). `overridden`: as for a medicine.
    """

    label: Name
    formula: Annotated[tuple[Ingredient, ...], Meta(min_length=1, max_length=20)]
    form: Name | None = None
    dosage: Text
    no_equivalent: bool = False
    off_label: bool = False
    in_words: bool = False
    structured_dosage: Dosage | None = None
    overridden: PassedOver = ()


class Supply(Labelled):
    """How a device is supplied."""

    SOLD = "sold", "achat"
    RENTED = "rented", "location"


class DeviceLine(BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="device"):
    """A medical device or service of the LPP, sold, or rented for `duration_days`. `size` is also side, class or colour."""

    label: Name
    lpp: Lpp | None = None
    supply: Supply = Supply.SOLD
    size: Name | None = None
