"""What a restored service lost: found in the outbox and sent again, each act with the proof that it had been recorded.

The service tells with each token that it was put back to an earlier state. What it acknowledged since is sent again, same
ids and same bytes, oldest first, once per restoration; what it cannot take back yet is tried again the next time.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from ordonum.client import receipts
from ordonum.client.acting import Acknowledged, believed
from ordonum.client.effects import Steps, Unanswered, locked, work
from ordonum.client.errors import ClientError, Unconfirmed
from ordonum.client.journal import Trace
from ordonum.client.outbox import Kept
from ordonum.client.printing import Printing
from ordonum.client.transport import Stand, decoded
from ordonum.model.actors import Professional
from ordonum.model.delegation import Delegated, DelegateRequest, KeyUse
from ordonum.model.identifiers import Rpps
from ordonum.model.restoration import Restoration
from ordonum.wire import native

T = TypeVar("T")


class Sent(Struct, frozen=True):
    """What became of an act that was sent again: acknowledged, or the error that says why not.

    `restored`: it had been acknowledged before, and this restoration of the service may have lost it.
    """

    kept: Kept
    acknowledged: Acknowledged | None
    error: ClientError | None = None
    restored: Restoration | None = None


class Restoring(Printing):
    """A workstation that gives a restored service back what it acknowledged."""

    _said_for: datetime | None = None

    def _told(self, trace: Trace, steps: Callable[[Trace], Steps[T]]) -> Steps[T]:
        """As ever; then, once, that a restored service is to be given something back."""
        done = yield from super()._told(trace, steps)
        restoration = self.road.restored
        if restoration is not None and self._said_for != restoration.restored_at:
            self._said_for = restoration.restored_at
            mine, _ = yield from work(lambda: self._lost(restoration))
            if mine:
                self._tell(f"Service restauré d'une sauvegarde : {len(mine)} acte(s) à lui renvoyer (ordonum resend).")
        return done

    def send_lost(self) -> Steps[tuple[Sent, ...]]:
        """Send again what a restoration may have lost; nothing when there was none, or nobody knows.

        The first silence ends it: the rest goes the next time, and so do the acts of other cards, with their card.
        """
        if not (yield from work(lambda: any(each.answer is not None for each in self.outbox.all()))):
            return ()
        try:
            restoration = yield from self.road.restoration()
        except (Unanswered, ClientError):
            return ()
        if restoration is None:
            return ()
        self._said_for = restoration.restored_at
        yield from self._keys_again(restoration)
        mine, others = yield from work(lambda: self._lost(restoration))
        if others:
            self._tell(f"Service restauré : {others} acte(s) d'une autre carte seront renvoyés avec elle.")
        results: list[Sent] = []
        for kept in mine:
            try:
                done = yield from locked(str(kept.act_id), self._given_back(kept, restoration))
            except ClientError as error:
                results.append(Sent(kept, None, error, restoration))
                if isinstance(error, Unconfirmed):
                    break
            else:
                results += [Sent(kept, done, None, restoration)] if done is not None else []
        return tuple(results)

    def _lost(self, restoration: Restoration) -> tuple[list[Kept], int]:
        """The acts of this card that the restoration may have lost, oldest first, and how many there are of other cards."""
        found = [(at, each) for each in self.outbox.all() if (at := _lost_at(each, restoration)) is not None]
        oldest_first = sorted(found, key=lambda each: each[0])
        mine = [kept for _, kept in oldest_first if kept.author == self.card.holder.author]
        return mine, len(found) - len(mine)

    def _given_back(self, kept: Kept, restoration: Restoration) -> Steps[Acknowledged | None]:
        """Send it, unless another process did since it was listed."""
        latest = yield from work(lambda: self.outbox.find(kept.act_id))
        if latest is None or _lost_at(latest, restoration) is None:
            return None
        trace = self._trace(latest.operation)
        trace.act_id = latest.act_id
        return (yield from self._told(trace, lambda trace: self._resent(latest, restoration, trace)))

    def _resent(self, kept: Kept, restoration: Restoration, trace: Trace) -> Steps[Acknowledged]:
        verifier = yield from self.verifier()
        first = receipts.proof(native.read_own((kept.answer or "").encode(), receipts.kind_of(kept.operation)))
        written = kept.prescription
        answer = yield from self._send(
            f"/v1/{kept.operation}",
            kept.body.encode(),
            trace,
            stand=Stand(written.place, written.establishment) if written is not None else None,
            proof=f"{first.acknowledgement} {first.salt}",
        )

        def noted() -> Acknowledged:
            done = believed(kept, verifier, answer)
            text = answer.content.decode()
            self._noted(lambda: self.outbox.change(kept, answer=text, resent_for=restoration.restored_at))
            return done

        return (yield from work(noted))

    def _keys_again(self, restoration: Restoration) -> Steps[None]:
        """Register the delegated keys again that were registered since; a session whose key is not taken back is over."""
        if not isinstance(self.card.holder, Professional):
            return
        for use in KeyUse:
            yield from self._key_again(self.card.holder.rpps, use, restoration)

    def _key_again(self, rpps: Rpps, use: KeyUse, restoration: Restoration) -> Steps[None]:
        held = yield from work(lambda: self.keys.current(rpps, use, self.now()))
        if held is None or not held.registered or not restoration.covers(held.since):
            return
        again = yield from work(lambda: self.keys.lost(held))
        try:
            body = native.write(DelegateRequest(again.delegation))
            given = decoded((yield from self.road.post("/v1/delegations", body)), Delegated)
        except (Unanswered, ClientError):
            if use is KeyUse.ORDER:
                yield from work(lambda: self.keys.forget(rpps, use))
        else:
            yield from work(lambda: self.keys.registered(again, given))


def _lost_at(kept: Kept, restoration: Restoration) -> datetime | None:
    """When the act was recorded, if this restoration may have lost it and it was not sent again for that; else None."""
    moment = kept.settled_at if kept.answer is not None else None
    to_send = moment is not None and restoration.covers(moment) and kept.resent_for != restoration.restored_at
    return moment if to_send else None
