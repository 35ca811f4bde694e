"""What an act that the service recorded does to the prescriptions of this workstation: which sheets are printed no more."""

from uuid import UUID

from ordonum.client.outbox import Kept, Outbox
from ordonum.model.acts import ByNumber, ByOwnAct, CancelRequest, CopyRequest, ReplaceRequest
from ordonum.wire import native


def follow(outbox: Outbox, kept: Kept) -> None:
    """Note it on the prescription that this act cancels, replaces, or of which it acknowledges the copy. Twice is once."""
    if kept.operation == "cancel":
        cancel = native.read_own(kept.body.encode(), CancelRequest)
        for each in written(outbox, cancel.prescription):
            _stop(outbox, each, cancel.cancellation.lines)
    elif kept.operation == "replace":
        replaced = native.read_own(kept.body.encode(), ReplaceRequest).prescription
        for each in written(outbox, replaced):
            outbox.change(each, replaced_by=kept.act_id)
    elif kept.operation == "copy":
        for each in written(outbox, native.read_own(kept.body.encode(), CopyRequest).prescription):
            outbox.change(each, copied=True)


def written(outbox: Outbox, prescription: ByNumber | ByOwnAct) -> list[Kept]:
    """The prescription named so, if this workstation wrote it: one, or none."""
    if isinstance(prescription, ByOwnAct):
        return [each for each in (_find(outbox, prescription.register_act_id),) if each is not None]
    return [each for each in outbox.all() if each.prescription is not None and each.number == prescription.number]


def _find(outbox: Outbox, act_id: UUID) -> Kept | None:
    kept = outbox.find(act_id)
    return kept if kept is not None and kept.prescription is not None else None


def _stop(outbox: Outbox, kept: Kept, lines: tuple[int, ...]) -> None:
    """The whole, or these lines; all of them are the whole."""
    assert kept.prescription is not None
    stopped = tuple(sorted({*kept.stopped, *lines}))
    whole = not lines or len(stopped) == len(kept.prescription.lines)
    outbox.change(kept, cancelled=True) if whole else outbox.change(kept, stopped=stopped)
