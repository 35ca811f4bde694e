"""The care team's search: who may be looked for, why, by whom; what is found, and how many are looked for in vain.

Source: décret 2023-1222 — professionals who take charge of the same patient may «rechercher, au moyen des téléservices, les
informations relatives aux prescriptions … et à l'exécution … strictement nécessaires à la coordination ou à la continuité des
soins, à la prévention ou au suivi médico-social et social». The article's own words were not read: relations, families and
limits are ours, «à valider» (docs/divergences.md).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from ordonum.model.actors import Name, Profession, Text
from ordonum.model.beneficiary import Beneficiary, Ins, Nir
from ordonum.model.decisions import bare
from ordonum.model.identifiers import BirthDate, Moment
from ordonum.model.labels import Labelled
from ordonum.model.lines import Family
from ordonum.model.prescription import Line, check_written
from ordonum.model.standing import Standing
from ordonum.model.state import State, Status
from ordonum.model.views import PastExecution, all_past

PAGE = 50

# An honest search in vain is frequent (few prescriptions are executed through the service yet, a card is read too early): the
# pharmacist of a hospital who meets every admission, or a care home that receives its residents' cards, is never slowed; whoever
# tries numbers is, after a day's work of it.
WINDOW = timedelta(days=1)
MISSES_MAX = 100  # patients of whom nothing was found, by one professional, in the window
MISSES_HERE_MAX = 2_000  # and in one place: a university hospital admits some hundreds a day
LIMITS = (MISSES_MAX, MISSES_HERE_MAX)
TURN_SECONDS = 15  # one answer in so many seconds, beyond


class Relation(Labelled):
    """By what a professional takes charge of the patient: declared at each search, and traced. Ours, «à valider»."""

    TREATING_DOCTOR = "treating-doctor", "médecin traitant"
    CONSULTATION = "consultation", "reçoit le patient en consultation"
    HOSPITAL_STAY = "hospital-stay", "séjour hospitalier en cours"
    CARE_HOME = "care-home", "résident de l'établissement (EHPAD, ESMS)"
    COORDINATED_TEAM = "coordinated-team", "équipe de soins coordonnée (maison ou centre de santé, CPTS, DAC)"
    MEDICATION_REVIEW = "medication-review", "bilan partagé de médication"
    HOME_NURSING = "home-nursing", "soins infirmiers à domicile"
    MATERNITY = "maternity", "suivi de grossesse ou du post-partum"
    REHABILITATION = "rehabilitation", "rééducation en cours"


class SearchPurpose(Labelled):
    """The purposes of the decree."""

    COORDINATION = "coordination", "coordination des soins"
    CONTINUITY = "continuity", "continuité des soins"
    PREVENTION = "prevention", "prévention"
    FOLLOW_UP = "follow-up", "suivi médico-social et social"


class Care(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a professional declares of their care for the patient; `declaration` says more in their own words, sealed."""

    relation: Relation
    purpose: SearchPurpose
    declaration: Text | None = None


class Sought(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The patient, as an execution names them. First name and birth date must be those of the card that was read then: a
    number alone, mistyped or tried, finds nothing.
    """

    identity: Nir | Ins
    first_name: Name
    birth_date: BirthDate
    birth_rank: Annotated[int, Meta(ge=1, le=9)] = 1

    def __repr__(self) -> str:
        return "Sought(…)"

    def is_named_by(self, beneficiary: Beneficiary) -> bool:
        """Whether an execution was for a person of this first name (case, accents and hyphens aside) and birth date."""
        same_name = bare(beneficiary.first_name) == bare(self.first_name)
        return same_name and beneficiary.birth_date == self.birth_date


class Cursor(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a page ended: neither changes when executions arrive."""

    registered_at: Moment
    register_act_id: UUID

    def __post_init__(self) -> None:
        check_written(self.registered_at.date())


class SearchRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The executed prescriptions of a patient, newest first, written from `since` on; the page after `after`."""

    patient: Sought
    care: Care
    since: date | None = None
    after: Cursor | None = None

    def __post_init__(self) -> None:
        if self.since is not None:
            check_written(self.since)


class FoundPrescriber(Struct, frozen=True, kw_only=True):
    """Who prescribed: no number, to call them is enough."""

    surname: str
    given_name: str
    profession: Profession
    place_name: str
    city: str
    phone: str | None


class FoundPrescription(Struct, frozen=True, kw_only=True):
    """An executed prescription as the care team reads it: never its number, nor for whom; what is left is «d'après la base»."""

    register_act_id: UUID
    registered_at: Moment
    written_on: date
    family: Family
    prescriber: FoundPrescriber
    status: Status
    lines: tuple[Line, ...]
    executions: tuple[PastExecution, ...]


class FoundList(Struct, frozen=True, kw_only=True):
    """A page of at most PAGE; `after` asks for the next one, None: there is no more."""

    items: tuple[FoundPrescription, ...]
    after: Cursor | None


def shown(state: State, families: frozenset[Family], profession: Profession | None, since: date | None) -> bool:
    """Whether the care team may find this prescription: written from `since` on, executed, of a family that the searcher
    reads (one without a family: addressed to their profession), neither under anonymity nor opposed when it was made.
    """
    order = state.order
    addressed = order.family is Family.OTHER and order.addressed_to is profession
    return (
        (order.family in families or addressed)
        and bool(state.executions)
        and not order.opposed
        and not (order.anonymity is not None and order.anonymity.requested)
        and (since is None or order.written_on >= since)
    )


def found(state: State, at: Standing) -> FoundPrescription:
    """The care team's view of a prescription that `shown` lets through, and where it stands."""
    order = state.order
    return FoundPrescription(
        register_act_id=order.act_id,
        registered_at=state.registered_at,
        written_on=order.written_on,
        family=order.family,
        prescriber=FoundPrescriber(
            surname=order.prescriber.surname,
            given_name=order.prescriber.given_name,
            profession=order.prescriber.profession,
            place_name=order.place.name,
            city=order.place.city,
            phone=order.place.phone,
        ),
        status=at.status,
        lines=order.lines,
        executions=all_past(state),
    )


def page_of(items: Sequence[FoundPrescription]) -> FoundList:
    """The page of what was found, newest first; where it ended if there is more than a page."""
    last = items[PAGE - 1] if len(items) > PAGE else None
    after = Cursor(registered_at=last.registered_at, register_act_id=last.register_act_id) if last else None
    return FoundList(items=tuple(items[:PAGE]), after=after)


def slowed(misses: int, misses_here: int) -> bool:
    """Whether a search waits for its turn, whatever it would find."""
    return misses >= MISSES_MAX or misses_here >= MISSES_HERE_MAX


def one_too_many(misses: int, misses_here: int) -> bool:
    """Whether a search in vain just counted is beyond what is answered at once: several came at the same moment."""
    return misses > MISSES_MAX or misses_here > MISSES_HERE_MAX


def earliest(since: date) -> datetime:
    """Before which moment nothing written from `since` on can have been registered, wherever its place is."""
    return datetime(since.year, since.month, since.day, tzinfo=UTC) - timedelta(days=1)
