"""The acts as the service keeps them: what they add up to is `state`. Acts are only ever added."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.acts import Given, Origin
from ordonum.model.amending import AmendReason, Correction, SuspicionKind
from ordonum.model.identifiers import Rpps
from ordonum.model.invoice import Invoice
from ordonum.model.lines import Family
from ordonum.model.outcomes import Outcome, SeenOnPaper
from ordonum.model.prescription import SignedOrder
from ordonum.model.stopping import CancelReason
from ordonum.model.wishes import CopyChannel


class Registered(Struct, frozen=True, tag_field="kind", tag="register"):
    """The registration, its order read from the signed payload."""

    act_id: UUID
    recorded_at: datetime
    order: SignedOrder
    late: bool = False


class Executed(Struct, frozen=True, kw_only=True, tag_field="kind", tag="execute"):
    """An execution without its beneficiary, who is sealed apart. `borne`: somebody came in the patient's stead. `early`: it
    came before the registration («d'après le papier») and is judged with it; `may` are then the families that its executant
    could execute that day, `code_of` the prescriber whom the authentic QR code named.
    """

    act_id: UUID
    recorded_at: datetime
    by: Actor
    given: Given
    performed_at: datetime
    lines: tuple[Outcome, ...]
    origin: Origin | None = None
    seen_on_paper: SeenOnPaper | None = None
    identity_reason: str | None = None
    rule_reason: str | None = None
    corrects: Correction | None = None
    borne: bool = False
    in_conflict: tuple[str, ...] = ()
    early: bool = False
    may: tuple[Family, ...] = ()
    code_of: Rpps | None = None


class Cancelled(Struct, frozen=True, kw_only=True, tag_field="kind", tag="cancel"):
    """A cancellation by the prescriber, or by a colleague for them (`place_reason`); of these lines, or of the whole."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    reason: CancelReason
    early: bool = False
    lines: tuple[int, ...] = ()
    detail: str | None = None
    place_reason: str | None = None


class Replaced(Struct, frozen=True, kw_only=True, tag_field="kind", tag="replace"):
    """The end of a prescription for the sake of the one that the act `new` registered."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    reason: CancelReason
    new: UUID
    detail: str | None = None
    place_reason: str | None = None
    beyond_reason: str | None = None


class Withdrawn(Struct, frozen=True, kw_only=True, tag_field="kind", tag="withdraw"):
    """An execution taken back by its author or their place, whole or these lines of it."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    execution: UUID
    reason: AmendReason
    lines: tuple[int, ...] = ()
    note: str | None = None


class Reported(Struct, frozen=True, kw_only=True, tag_field="kind", tag="report"):
    """A suspected forgery; `early`: nothing was registered under the number yet."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    suspicion: SuspicionKind
    note: str | None = None
    prescriber_told: bool = False
    early: bool = False


class Copied(Struct, frozen=True, kw_only=True, tag_field="kind", tag="copy"):
    """The copy that replaces the paper was acknowledged."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    channel: CopyChannel
    acknowledged_at: datetime


class Invoiced(Struct, frozen=True, kw_only=True, tag_field="kind", tag="invoice"):
    """An invoice attached by an executant; `early`, `may` and `code_of` as for an execution."""

    act_id: UUID
    recorded_at: datetime
    by: Actor
    invoice: Invoice
    early: bool = False
    may: tuple[Family, ...] = ()
    code_of: Rpps | None = None


Act = Registered | Executed | Cancelled | Replaced | Withdrawn | Reported | Copied | Invoiced
