"""What became of each line at an executant's: delivered or done, withheld, or handwritten on the paper beside the base."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Text
from ordonum.model.coded import Coded
from ordonum.model.identifiers import Finess
from ordonum.model.labels import Labelled
from ordonum.model.lines import LINES_MAX, Quantity, Rank


class NotDelivered(Labelled):
    """Why a line is not delivered."""

    PATIENT_DECLINES = "patient-declines", "le patient n'en veut pas"
    OUT_OF_STOCK = "out-of-stock", "rupture"
    HEALTH_REASON = "health-reason", "l'intérêt de la santé du patient (CSP R.4235-61)"
    NOT_STOCKED = "not-stocked", "produit non détenu"
    HANDED_BACK = "handed-back", "remise au patient pour un autre exécutant"
    ALREADY_HAS = "already-has", "le patient en a encore"
    NOT_COLLECTED = "not-collected", "non retiré par le patient"
    UNREADABLE_OR_DOUBTFUL = "doubtful", "ordonnance douteuse"
    RULE = "rule", "une règle s'y oppose"
    DEATH = "death", "décès du patient"
    OTHER = "other", "autre motif"


class Batch(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The batch that left the counter; `expires` as the box prints it: a year and a month, or a day."""

    number: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[!-~ ]*[!-~][!-~ ]*$(?!\n)")]
    expires: (
        Annotated[str, Meta(pattern=r"^20[0-9]{2}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?$(?!\n)")] | None
    ) = None


class SubstitutionKind(Labelled):
    """By which right another product than the one prescribed was delivered (CSP L.5125-23 and following)."""

    GENERIC = "generic", "générique"
    HYBRID = "hybrid", "hybride"
    BIOSIMILAR = "biosimilar", "biosimilaire"
    AGREED = "agreed", "autre produit, avec l'accord du prescripteur"
    EMERGENCY = "emergency", "autre produit, en urgence et dans l'intérêt du patient"


class InterventionKind(Labelled):
    """What the executant did to the line."""

    AS_PRESCRIBED = "as-prescribed", "comme prescrit"
    MODIFIED = "modified", "modification"
    ADDED = "added", "ajout, par protocole ou règle d'exception"


class InterventionReason(Labelled):
    """Why the line was modified; «renouvellement» is the téléservice's own word (ameli.fr, délivrance exceptionnelle)."""

    RENEWAL = "renewal", "renouvellement"
    DOSAGE = "dosage", "posologie"
    QUANTITY = "quantity", "quantité ou durée"
    FORM_OR_STRENGTH = "form-or-strength", "forme ou dosage du produit"
    SHORTAGE = "shortage", "rupture"
    SAFETY = "safety", "sécurité du patient"
    PRESCRIBER_REQUEST = "prescriber-request", "demande du prescripteur"
    OTHER = "other", "autre motif"


class InterventionSubReason(Labelled):
    """The reason, more exactly; the first is the téléservice's own (ameli.fr, délivrance exceptionnelle)."""

    EXCEPTIONAL_RENEWAL = (
        "exceptional-renewal",
        "situations particulières de renouvellement exceptionnel ou réglementaire",
    )
    PROTOCOL = "protocol", "protocole de coopération (CSP L.5125-1-1 A)"
    PHARMACIST_PRESCRIPTION = "pharmacist-prescription", "dispensation sans ordonnance prévue par la loi"
    LARGE_PACK = "large-pack", "grand conditionnement"
    PACK_BROKEN = "pack-broken", "délivrance à l'unité"
    SHORTAGE_TABLE = "shortage-table", "recommandation de remplacement en cas de rupture"
    INTERACTION = "interaction", "interaction ou contre-indication"
    ALLERGY = "allergy", "allergie ou intolérance"
    DOSE = "dose", "dose inadaptée"


# Under which reason each may stand; a sub-reason under another is a mistake.
SUB_REASONS: dict[InterventionSubReason, frozenset[InterventionReason]] = {
    InterventionSubReason.EXCEPTIONAL_RENEWAL: frozenset({InterventionReason.RENEWAL}),
    InterventionSubReason.PROTOCOL: frozenset(InterventionReason),
    InterventionSubReason.PHARMACIST_PRESCRIPTION: frozenset({InterventionReason.OTHER}),
    InterventionSubReason.LARGE_PACK: frozenset({InterventionReason.QUANTITY}),
    InterventionSubReason.PACK_BROKEN: frozenset({InterventionReason.QUANTITY, InterventionReason.SHORTAGE}),
    InterventionSubReason.SHORTAGE_TABLE: frozenset({InterventionReason.SHORTAGE}),
    InterventionSubReason.INTERACTION: frozenset({InterventionReason.SAFETY}),
    InterventionSubReason.ALLERGY: frozenset({InterventionReason.SAFETY}),
    InterventionSubReason.DOSE: frozenset({InterventionReason.SAFETY, InterventionReason.DOSAGE}),
}


class ExceptionalRule(Labelled):
    """By which rule something is delivered on a prescription that has expired."""

    CHRONIC_TREATMENT = "chronic-treatment", "dispensation supplémentaire exceptionnelle (CSP R.5123-2-1)"
    ORAL_CONTRACEPTIVE = "oral-contraceptive", "dispensation supplémentaire de contraceptifs oraux (CSP R.5134-4-2)"


class AgreementMeans(Labelled):
    """How the prescriber agreed."""

    PHONE = "phone", "téléphone"
    MSSANTE = "mssante", "messagerie sécurisée"
    WRITTEN = "written", "écrit"


class Agreement(Struct, frozen=True, forbid_unknown_fields=True):
    """The prescriber's agreement to a modification: by which means, and which day if it is not the act's."""

    means: AgreementMeans
    on: date | None = None


class Intervention(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the executant did to the line and why; a modification says its reason."""

    kind: InterventionKind
    reason: InterventionReason | None = None
    sub_reason: InterventionSubReason | None = None
    detail: Text | None = None
    agreement: Agreement | None = None

    def __post_init__(self) -> None:
        if self.kind is InterventionKind.MODIFIED and self.reason is None:
            raise ValueError("modification-wants-its-reason")
        if self.kind is InterventionKind.AS_PRESCRIBED and (self.reason or self.sub_reason):
            raise ValueError("as-prescribed-has-no-reason")
        if self.sub_reason is not None and self.reason not in SUB_REASONS[self.sub_reason]:
            raise ValueError("sub-reason-does-not-fit")


class Product(Coded, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was handed over or done beside its label and code: batches, ordonnancier (CSP R.5132-10), substitution."""

    batches: Annotated[tuple[Batch, ...], Meta(max_length=20)] = ()
    ordonnancier: Name | None = None
    substitution: SubstitutionKind | None = None
    intervention: Intervention | None = None


class Delivered(Product, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="outcome", tag="delivered"):
    """Something was handed over or done for this line; without `product`, as the line says.

    `quantity` is what left the counter, in any unit; where that is not the line's unit, `covers` says how much of the
    line it covers (two boxes cover thirty days). Several products or batches of one line may be several of these.
    `exceptional`: delivered on an expired prescription, by that rule.
    """

    line: Rank
    quantity: Quantity | None = None
    covers: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    product: Name | None = None
    beyond_reason: Text | None = None
    exceptional: ExceptionalRule | None = None


class Handwritten(
    Product, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="outcome", tag="handwritten"
):
    """A line that the prescriber added by hand on the paper, as it is read there; the base does not have it."""

    text: Text
    quantity: Quantity | None = None
    product: Name | None = None


class AddedUnder(Labelled):
    """By which right an executant adds what nobody prescribed."""

    PROTOCOL = "protocol", "protocole de coopération (CSP L.5125-1-1 A)"
    PHARMACIST = "pharmacist", "dispensation par le pharmacien, prévue par la loi"
    EMERGENCY = "emergency", "urgence, dans l'intérêt du patient"


class Added(Handwritten, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="outcome", tag="added"):
    """Something that the executant added beside the prescription, by a right of their own; `detail` names the protocol."""

    under: AddedUnder
    detail: Text | None = None

    def __post_init__(self) -> None:
        if self.under is not AddedUnder.EMERGENCY and self.detail is None:
            raise ValueError("protocol-wants-its-name")


class Withheld(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="outcome", tag="not-delivered"):
    """Nothing was delivered for this line, and why; whether the prescriber was told (CSP R.4235-61)."""

    line: Rank
    reason: NotDelivered
    detail: Text | None = None
    prescriber_told: bool = False

    def __post_init__(self) -> None:
        if self.reason is NotDelivered.OTHER and self.detail is None:
            raise ValueError("other-reason-wants-its-words")


Outcome = Delivered | Withheld | Handwritten | Added
Outcomes = Annotated[tuple[Outcome, ...], Meta(min_length=1, max_length=LINES_MAX)]


def hands_over(lines: Iterable[Outcome]) -> bool:
    """Whether anything was handed over or done, at this counter or at the one whose stamp was read."""
    return any(not isinstance(each, Withheld) for each in lines)


# What an executant changes of their own right, so that nobody is asked (CSP L.5125-1-1 A, L.5125-23 V, R.5123-2-1).
_BY_RIGHT = frozenset(
    {
        InterventionSubReason.PROTOCOL,
        InterventionSubReason.PHARMACIST_PRESCRIPTION,
        InterventionSubReason.SHORTAGE_TABLE,
        InterventionSubReason.EXCEPTIONAL_RENEWAL,
        InterventionSubReason.LARGE_PACK,
        InterventionSubReason.PACK_BROKEN,
    }
)
_AGREED_TO = frozenset({InterventionReason.DOSAGE, InterventionReason.FORM_OR_STRENGTH})


def wants_agreement(each: Delivered) -> bool:
    """Whether the prescriber had to agree, and nothing says that they did: another product, another dosage, another form."""
    intervention = each.intervention
    if intervention is not None and intervention.agreement is not None:
        return False
    if each.substitution is SubstitutionKind.AGREED:
        return True
    if each.substitution is not None or intervention is None or intervention.sub_reason in _BY_RIGHT:
        return False
    return intervention.kind is InterventionKind.MODIFIED and intervention.reason in _AGREED_TO


class SeenOnPaper(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a delivery was read: the stamp of another executant on the paper, with their FINESS if it is legible."""

    stamp: Name
    finess: Finess | None = None
