"""What an agent of the insurer does: opposition, its lifting, who did what, what justifies an invoice; as steps (`effects`)."""

from typing import TypeVar

from ordonum.client.acting import Acknowledged
from ordonum.client.effects import Steps
from ordonum.client.journal import Trace
from ordonum.client.outbox import Kept
from ordonum.client.restoring import Restoring
from ordonum.client.transport import decoded
from ordonum.model.office import (
    ForInsurer,
    JustifyRequest,
    LiftRequest,
    OpposeRequest,
    Opposition,
    Traces,
    TracesRequest,
)
from ordonum.wire import native

T = TypeVar("T")


class Office(Restoring):
    """An agent's software in front of a service."""

    def oppose(self, opposition: Opposition) -> Steps[Acknowledged]:
        """See Client.oppose."""
        return (yield from self._first(self._opposing("oppose", opposition, OpposeRequest(opposition=opposition))))

    def lift(self, lifting: Opposition) -> Steps[Acknowledged]:
        """See Client.lift."""
        return (yield from self._first(self._opposing("lift", lifting, LiftRequest(lifting=lifting))))

    def traces(self, asked: TracesRequest) -> Steps[Traces]:
        """See Client.traces."""
        return (yield from self._reading("traces", asked, Traces))

    def justify(self, asked: JustifyRequest) -> Steps[ForInsurer]:
        """See Client.justify."""
        return (yield from self._reading("justify", asked, ForInsurer))

    def _opposing(self, operation: str, act: Opposition, request: OpposeRequest | LiftRequest) -> Kept:
        return Kept(
            act_id=act.act_id,
            operation=operation,
            author=self.card.holder.author,
            created_at=self.now(),
            body=native.write(request).decode(),
            number=None,
        )

    def _reading(self, operation: str, asked: TracesRequest | JustifyRequest, answer: type[T]) -> Steps[T]:
        def steps(trace: Trace) -> Steps[T]:
            return decoded((yield from self._send(f"/v1/{operation}", native.write(asked), trace)), answer)

        return (yield from self._told(self._trace(operation), steps))
