"""What can go wrong, for a software and for the person before it.

ClientError
├── Declined        the service refused, and says why: `.problem`, `.refusal`
├── Unconfirmed     no answer that can be trusted: the request is kept, the same bytes may be sent again
├── NotAuthentic    an answer or an order whose signature, chain or commitment does not hold
├── CannotPrint     the sheet cannot be printed as it is written; nothing was sent
├── UnusableCard    the card cannot be read, or cannot do this
├── NotKept         nothing is kept here under this identifier
└── UnusableOutbox  what this workstation keeps cannot be read or written; nothing was sent
"""

from ordonum.model.refusals import Effect, Refusal, Retry
from ordonum.wire.problem import Problem, refusal_of


class ClientError(Exception):
    """Base of all; its text is a French sentence. `code`, `effect` and `retry` are those of a problem document."""

    code = "client-error"
    effect = Effect.NONE
    retry = Retry.NEVER


class Declined(ClientError):
    """A named refusal of the service."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem

    @property
    def refusal(self) -> Refusal:
        return refusal_of(self.problem)


class Unconfirmed(ClientError):
    """The service did not answer, or its answer was lost; `act_id` names what is kept to be sent again, if it writes."""

    code = "unconfirmed"
    effect = Effect.UNKNOWN
    retry = Retry.SAME_ID

    def __init__(self, act_id: str | None, cause: str) -> None:
        kept = "La demande est gardée ; ordonum resend la renverra telle quelle." if act_id else "Réessayez."
        super().__init__(f"{cause} {kept}")
        self.act_id = act_id
        self.brings: dict[str, object] = {"act_id": act_id} if act_id else {}


class NotAuthentic(ClientError):
    """Something received is not what it claims to be; nothing of it may be used."""

    code = "not-authentic"


class UnusableCard(ClientError):
    """The card cannot be used."""

    code = "unusable-card"


class CannotPrint(ClientError):
    """The sheet cannot be printed as the prescription is written."""

    code = "cannot-print"


class NotKept(ClientError):
    """Nothing is kept under this identifier."""

    code = "not-kept"


class UnusableOutbox(ClientError):
    """What this workstation keeps cannot be read or written: its key is missing or another, its disk is full."""

    code = "unusable-outbox"
