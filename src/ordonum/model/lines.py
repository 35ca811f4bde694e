"""What every line of a prescription has in common, and what a quantity, a frequency or a prior agreement is."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Text
from ordonum.model.labels import Labelled

LINES_MAX = 40
DURATION_DAYS_MAX = 366
Rank = Annotated[int, Meta(ge=1, le=LINES_MAX)]
Days = Annotated[int, Meta(ge=1, le=DURATION_DAYS_MAX)]


class Family(Labelled):
    """A prescription is of one family, so that its reader may read all of it and nothing else."""

    HEALTH_PRODUCTS = "health-products", "produits de santé"
    BIOLOGY = "biology", "biologie"
    NURSING = "nursing", "soins infirmiers"
    PHYSIOTHERAPY = "physiotherapy", "masso-kinésithérapie"
    SPEECH_THERAPY = "speech-therapy", "orthophonie"
    ORTHOPTICS = "orthoptics", "orthoptie"
    PODIATRY = "podiatry", "pédicurie-podologie"
    OPTICS = "optics", "optique"
    OTHER = "other", "autre prescription"
    TRANSPORT = "transport", "transport sanitaire"  # named in order to be refused with the reason


IN_SCOPE = frozenset(Family) - {Family.TRANSPORT}


class Unit(Labelled):
    """What a quantity counts."""

    BOXES = "boxes", "boîte"
    UNITS = "units", "unité"
    DAYS = "days", "jour"
    SESSIONS = "sessions", "séance"
    PAIRS = "pairs", "paire"
    GRAMS = "grams", "g"
    MILLILITRES = "millilitres", "ml"


class Quantity(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole number of what `unit` says."""

    value: Annotated[int, Meta(ge=1, le=10_000)]
    unit: Unit


class Period(Labelled):
    """The period over which a frequency is counted."""

    DAY = "day", "jour"
    WEEK = "week", "semaine"
    MONTH = "month", "mois"


_PERIOD_DAYS = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 30}


class Frequency(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`times` every `every` periods: twice a day, once every two days, three times a week."""

    times: Annotated[int, Meta(ge=1, le=24)]
    every: Annotated[int, Meta(ge=1, le=60)] = 1
    period: Period

    def planned(self, days: int) -> int:
        """How many times this makes over that many days, a begun period counting whole; a month counts thirty days."""
        return -(-days * self.times // (self.every * _PERIOD_DAYS[self.period]))


class AgreementState(Labelled):
    """Where a prior agreement of the insurer's medical service stands."""

    TO_ASK = "to-ask", "à demander"
    ASKED = "asked", "demandé"
    GRANTED = "granted", "accordé"
    REFUSED = "refused", "refusé"


class PriorAgreement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The prior agreement that a line needs (CSS L.315-2), and its state."""

    state: AgreementState
    since: date | None = None
    reference: Name | None = None


class Overridden(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An alert that the prescriber passed over, and why: it travels with the line to whoever executes it."""

    alert: Annotated[str, Meta(min_length=1, max_length=200)]
    reason: Text


class BaseLine(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line. `duration_days` and `quantity` are for one delivery; `renewals` more may follow (0: none).

    `dosage` is the prescriber's own words for how it is taken or done; `note` is for the executant, `instruction` for
    the patient. Flags as in the CI-SIS (MED-574 ALD, GEN-180 AT/MP, GEN-295 prévention, GEN-181 non remboursable).
    `override`: why the prescriber writes it all the same, where a rule asks a reason.
    """

    rank: Rank
    dosage: Text | None = None
    duration_days: Days | None = None
    quantity: Quantity | None = None
    renewals: Annotated[int, Meta(ge=0, le=99)] = 0
    secured: bool = False
    ald: bool = False
    atmp: bool = False
    prevention: bool = False
    not_reimbursable: bool = False
    urgent: bool = False
    prior_agreement: PriorAgreement | None = None
    note: Text | None = None
    instruction: Text | None = None
    override: Text | None = None


class FreeTextLine(BaseLine, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="free-text"):
    """What has no code: a product, an act, an instruction, in the prescriber's words, inside the sheet's family."""

    text: Text
