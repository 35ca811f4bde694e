"""What an agent of the insurer does: opposition, its lifting, who did what, what justifies an invoice; as steps (`effects`)."""

from ordonum.client.acting import Acknowledged
from ordonum.client.effects import Steps
from ordonum.client.outbox import Kept
from ordonum.client.restoring import Restoring
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
        return (yield from self._read("traces", asked, Traces))

    def justify(self, asked: JustifyRequest) -> Steps[ForInsurer]:
        """See Client.justify."""
        return (yield from self._read("justify", asked, ForInsurer))

    def _opposing(self, operation: str, act: Opposition, request: OpposeRequest | LiftRequest) -> Kept:
        return Kept(
            act_id=act.act_id,
            operation=operation,
            author=self.card.holder.author,
            created_at=self.now(),
            body=native.write(request).decode(),
            number=None,
        )
