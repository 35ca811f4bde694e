"""Whether each line of an invoice is justified by what the base recorded, or still needs a scan of the paper. Pure."""

from collections.abc import Sequence

from ordonum.model.actors import Actor
from ordonum.model.early import conflicts
from ordonum.model.invoice import Invoice, InvoicedLine, Justification, ScanReason
from ordonum.model.kept import Act, Executed, Invoiced, Withdrawn
from ordonum.model.outcomes import Delivered
from ordonum.model.state import State, state


def justify(invoice: Invoice, by: Actor, state: State | None) -> tuple[Justification, ...]:
    """For each line of the invoice: whether a scan is still needed, and why.

    Executions are those of the act that the invoice names, else those of the same place; what other invoices of that
    place already billed counts against them, and so do the earlier lines of this one.
    """
    found = []
    for position, line in enumerate(invoice.lines, start=1):
        reason = _reason(invoice, position, line, by, state)
        found.append(
            Justification(
                invoice=invoice.act_id,
                position=position,
                line=line.line,
                scan_needed=reason is not ScanReason.JUSTIFIED,
                reason=reason,
            )
        )
    return tuple(found)


def justified_by(execution: Executed, acts: Sequence[Act]) -> tuple[Justification, ...]:
    """What an execution that has just come changes for the invoices of its place that were attached before it."""
    return _told(execution.by, acts, execution)


def _told(by: Actor, acts: Sequence[Act], act: Act) -> tuple[Justification, ...]:
    if not any(isinstance(each, Invoiced) and each.by.place.key == by.place.key for each in acts):
        return ()
    before, after = state(acts), state([*acts, act])
    if after is None:
        return ()
    told: list[Justification] = []
    for each in after.invoices:
        if each.by.place.key == by.place.key:
            now = justify(each.invoice, each.by, after)
            told += now if now != justify(each.invoice, each.by, before) else ()
    return tuple(told)


def changed_by(withdrawn: Withdrawn, acts: Sequence[Act]) -> tuple[Justification, ...]:
    """What a withdrawal changes for the invoices of its place: what billed the execution waits for one again."""
    return _told(withdrawn.by, acts, withdrawn)


def _reason(invoice: Invoice, position: int, line: InvoicedLine, by: Actor, state: State | None) -> ScanReason:
    if state is None:
        return ScanReason.NOT_REGISTERED
    if line.line is None or state.remainder(line.line) is None:
        return ScanReason.NO_PRESCRIPTION_LINE
    executions = [each for each in state.executions if _billed(each, invoice, by)]
    done = [(each, one) for each in executions for one in each.lines if isinstance(one, Delivered)]
    of_line = [(each, one) for each, one in done if one.line == line.line]
    if not of_line:
        return ScanReason.EXECUTION_AWAITED
    if all(each.seen_on_paper is not None for each, _ in of_line):
        return ScanReason.SEEN_ON_PAPER
    if any(each.in_conflict or conflicts(each, state) for each, _ in of_line):
        return ScanReason.IN_CONFLICT
    codes = {one.code for _, one in of_line if one.code is not None}
    if line.code is not None and codes and line.code not in codes:
        return ScanReason.PRODUCT_DIFFERS
    return _measured(invoice, position, line, by, state)


def _billed(execution: Executed, invoice: Invoice, by: Actor) -> bool:
    """Whether this invoice bills this execution: the act that it names, else any of the same place."""
    same_place = execution.by.place.key == by.place.key
    return same_place and (invoice.execution is None or execution.act_id == invoice.execution)


def _measured(invoice: Invoice, position: int, line: InvoicedLine, by: Actor, state: State) -> ScanReason:
    """Whether more is billed for the line than this place executed, all its invoices together; what says no amount is one.

    Deliveries that were only seen on paper, and so are another's, justify nothing.
    """
    done = [
        one.quantity
        for each in state.executions
        if each.by.place.key == by.place.key and each.seen_on_paper is None
        for one in each.lines
        if isinstance(one, Delivered) and one.line == line.line and one.quantity is not None
    ]
    if not done:
        return ScanReason.JUSTIFIED if line.quantity is None else ScanReason.UNIT_DIFFERS
    unit = done[0].unit if line.quantity is None else line.quantity.unit
    executed = sum(each.value for each in done if each.unit is unit)
    if not executed:
        return ScanReason.UNIT_DIFFERS
    mine = [act for act in state.invoices if act.by.place.key == by.place.key and act.act_id != invoice.act_id]
    others = [each for act in mine for each in act.invoice.lines]
    billed = [*others, *invoice.lines[: position - 1], line]
    amounts = [each.quantity.value if each.quantity else 1 for each in billed if each.line == line.line]
    return ScanReason.MORE_THAN_EXECUTED if sum(amounts) > executed else ScanReason.JUSTIFIED
