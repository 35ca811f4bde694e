"""A second opinion, naive on purpose: one sheet in one ledger, kept as a careful clerk would, who counts everything again
from the first page whenever asked.

It imports nothing of the model: what it knows of the circuit is written here a second time, from its sentences.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from gestures import Ask, Order, Part, Past, Person, Seen

DAY = timedelta(days=1)
TOLERANCE = DAY / 288
READS = {"pharmacist": "products", "assistant": "products", "rival": "products", "nurse": "care"}
WORKS_WITH: dict[Person, Person] = {"assistant": "pharmacist", "simon": "martin"}
UNSAID = {"boxes": "quantity-wanted", "visits": "quantity-wanted", "days": "unit-differs"}
DONE = ("delivered", "exhausted")
NOTHING = Order(UUID(int=0), "martin", "products", False, date.min + DAY, ())


class Act(NamedTuple):
    """A page of the ledger: what was asked, what was said against it then, whether it came before the registration."""

    ask: Ask
    told: Sequence[str]
    early: bool


Stands = list[tuple[Act, list[Part]]]  # executions, each with what was not taken back of it


def place(who: Person) -> Person:
    """Where somebody works, by whom it is named after."""
    return WORKS_WITH.get(who, who)


class Ledger:
    """All that was recorded on one sheet, in order."""

    order, since = NOTHING, datetime.max.replace(tzinfo=UTC)

    def __init__(self) -> None:
        self.book = dict[UUID, Act]()

    @property
    def here(self) -> bool:
        """Whether anything was registered."""
        return self.order is not NOTHING

    # what is asked ---------------------------------------------------------------------------------------------------

    def answer(self, ask: Ask, now: datetime, new: "Ledger | None" = None) -> tuple[str, Sequence[str], str | None]:
        """What must be answered: a refusal's code or what became of it, what it is in conflict with, what it did.

        `new`: the ledger of the new order of a replacement.
        """
        new = self if new is None or ask.order is None else new
        firsts = [self.book.get(ask.id), new.book.get(ask.order.id if ask.order else ask.id)]
        if known := [each.ask for each in firsts if each]:
            mine = all(place(each.who) == place(ask.who) and each.order == ask.order for each in known)
            return ("again" if mine and len(known) == 2 and known[0].what == ask.what else "exists-different"), (), None
        given = self.summed(self.standing(but=ask.target if ask.op == "execute" else None))
        unfit, over = self.weighed(ask.parts, given, already=ask.already)
        against = [*self.stopped(ask), *["identity-differs"] * (ask.patient == "other")]
        against += [] if self.ended else over
        if refusal := self.refusal(ask, now, new, unfit, against):
            return refusal, (), None
        if ask.op in ("consult", "read-back", "recorded"):
            return "answered", (), None
        done = self.done_by(ask)
        self.book[ask.id] = Act(ask, against, not self.here)
        if ask.order:
            new.book[ask.order.id] = Act(Ask("register", ask.order.id, ask.who, order=ask.order), (), False)
            new.order, new.since = ask.order, now
        return "recorded", against, done

    def done_by(self, ask: Ask) -> str | None:
        """What the end of a prescription, or of lines, did."""
        if ask.op not in ("cancel", "replace") or not self.here:
            return "kept" if ask.op == "cancel" else None
        given = [n for rank, n in enumerate(self.summed(), start=1) if not ask.lines or rank in ask.lines]
        return "stopped" if self.order.opposed else "rest-stopped" if any(given) else "nothing-given"

    def refusal(
        self, ask: Ask, now: datetime, new: "Ledger", unfit: Sequence[str], against: Sequence[str]
    ) -> str | None:
        """The first thing that stands against what is asked, in this order."""
        order, mine, here = ask.order or self.order, self.order, self.here
        own, reads = ask.who == (mine.doctor if here else ask.code), READS.get(ask.who) == order.family
        nearby = here and place(ask.who) == place(mine.doctor)
        kept = ask.code and (ask.already or ask.op == "invoice")
        cancelled = self.ended == "cancelled" or (not here and ask.code and self.cancelled_by(ask.code))
        unknown = "unknown-number" if not ask.code else "cancelled" if cancelled else "not-yet-registered"
        status, *statuses = [self.seen().status, *(each[0] for each in self.seen().lines)] if here else [""]
        target, standing = self.executions().get(ask.target), {a.ask.id: parts for a, parts in self.standing()}
        foreign = target and place(target.ask.who) != place(ask.who)
        executed_here = any(place(each.ask.who) == place(ask.who) for each, _ in self.standing())
        asked = self.book.get(ask.target) if ask.target else None
        stopping, amending = "cancel replace", "withdraw" + " execute" * bool(ask.target)
        column = (
            ("register", order.replaces is not None, "replaces-alone"),
            ("replace read-back copy", not here, "not-registered"),
            ("cancel", not here and not ask.code, "not-registered"),
            ("recorded", not self.book, "not-registered"),
            ("recorded", not asked or place(asked.ask.who) != place(ask.who), "not-recorded"),
            ("register replace", ask.who != order.doctor, "signer-not-caller"),
            (
                "register replace",
                order.written.replace(year=order.written.year + 1) < now.date(),
                "written-too-long-ago",
            ),
            ("register replace", new.here, "number-taken"),
            ("execute", not here and ask.target, "unknown-execution"),
            ("withdraw", not here, unknown),
            ("consult execute invoice", not here and not kept, unknown),
            (amending, not target, "unknown-execution"),
            (amending, foreign, "not-your-execution"),
            (amending, ask.target not in standing, "already-withdrawn"),
            ("withdraw", True, self.lines_back(ask, standing)),
            ("consult", own and not reads, "own-prescription"),
            ("consult execute invoice report", here and not reads, "not-your-family"),
            (
                "consult",
                mine.anonymous and (self.ended or status == "executed") and not executed_here,
                "anonymous-closed",
            ),
            ("execute", ask.done_at > now + TOLERANCE, "performed-in-future"),
            ("execute", here and ask.done_at.date() < order.written - DAY, "performed-before-written"),
            ("execute", here and not ask.already and ask.done_at < now - DAY, "late-needs-already"),
            ("execute", mine.anonymous and ask.names and not ask.nameless, "anonymity-requested"),
            ("execute", here and unfit, "".join(unfit[:1])),
            ("execute", here and not ask.already and against, "".join(against[:1])),
            ("cancel read-back", not here and not own, "not-your-prescription"),
            ("read-back", not own, "not-your-prescription"),
            ("copy", not nearby, "not-your-prescription"),
            ("read-back", order.opposed, "patient-opposed"),
            (stopping, here and not (own or ask.who == mine.instead_of or nearby), "not-your-prescription"),
            (stopping, here and not (own or ask.who == mine.instead_of or ask.excuse), "colleague-reason-wanted"),
            ("cancel", not here and cancelled, "already-cancelled"),
            (stopping, here and self.ended, "replaced" if self.ended == "replaced" else "already-cancelled"),
            ("cancel", here and ask.lines, self.lines_stopped(ask, statuses)),
            (
                "cancel",
                not ask.lines and here and set(self.stops()) >= set(range(1, 1 + len(statuses))),
                "already-cancelled",
            ),
            ("replace", order.replaces != mine.id, "replaces-differs"),
            ("replace", order.family != mine.family or order.other_patient, "replaces-another-patient"),
            (stopping, not ask.lines and not mine.opposed and status == "executed", "already-executed"),
            ("replace", not mine.opposed and not ask.beyond and self.carries_more(order), "replacement-beyond"),
            ("copy", not mine.paperless or ask.version % 2, "copy-not-asked"),
            ("copy", not self.since - TOLERANCE <= ask.done_at <= now + TOLERANCE, "copy-date"),
            ("copy", any(each.ask.op == "copy" for each in self.book.values()), "copy-already"),
        )
        return next((code for ops, met, code in column if ask.op in ops.split() and met and code), None)

    def lines_stopped(self, ask: Ask, statuses: list[str]) -> str:
        """The first thing wrong with the lines that are to be stopped."""
        for rank in ask.lines:
            if rank > len(statuses):
                return "unknown-line"
            if rank in self.stops() or (statuses[rank - 1] in DONE and not self.order.opposed):
                return "line-already-stopped"
        return ""

    def lines_back(self, ask: Ask, standing: dict[UUID, list[Part]]) -> str:
        """The first thing wrong with the lines that are to be taken back."""
        if ask.target is None or ask.target not in standing:
            return ""
        once, now = [each.rank for each in self.book[ask.target].ask.parts], [e.rank for e in standing[ask.target]]
        wrong = ["unknown-line" if rank not in once else "already-withdrawn" for rank in ask.lines if rank not in now]
        return wrong[0] if wrong else ""

    def carries_more(self, new: Order) -> bool:
        """Whether a new order carries more of a line, given in part, than this one has left."""
        for wanted, line, (_, given, left) in zip(new.lines, self.order.lines, self.seen().lines, strict=False):
            if given and left is not None and wanted.kind == line.kind and (wanted.total or 0) > left:
                return True
        return False

    # what it adds up to ----------------------------------------------------------------------------------------------

    def counts(self, act: Act) -> bool:
        """Whether it is of this order: all that came after it; before, its doctor's, or by its doctor's code and family."""
        if not act.early or act.ask.op == "cancel":
            return not act.early or act.ask.who == self.order.doctor
        return act.ask.code == self.order.doctor and READS.get(act.ask.who) == self.order.family

    def executions(self) -> dict[UUID | None, Act]:
        """All that count, standing or not."""
        every = self.book.values() if self.here else ()
        return {each.ask.id: each for each in every if each.ask.op == "execute" and self.counts(each)}

    def standing(self, but: UUID | None = None) -> Stands:
        """The executions that stand, without this one."""
        asks = [each.ask for each in self.book.values()]
        gone = {ask.target for ask in asks if ask.op in ("execute", "withdraw") and not ask.lines} | {but}
        back = {(ask.target, rank) for ask in asks if ask.op == "withdraw" for rank in ask.lines}
        every = [each for each in self.executions().values() if each.ask.id not in gone]
        left = [(each, [part for part in each.ask.parts if (each.ask.id, part.rank) not in back]) for each in every]
        return [(each, parts) for each, parts in left if parts]

    def cancelled_by(self, doctor: Person) -> bool:
        """Whether this doctor cancelled the whole."""
        return any(each.op == "cancel" and each.who == doctor and not each.lines for each, _, _ in self.book.values())

    def stops(self) -> dict[int, int]:
        """On which page each line was stopped, by its rank; 0: the whole."""
        found = dict[int, int]()
        for page, each in enumerate(self.book.values()):
            if each.ask.op in ("cancel", "replace") and self.counts(each):
                found |= {rank: found.get(rank, page) for rank in each.ask.lines or (0,)}
        return found

    @property
    def ended(self) -> str:
        """How the whole ended, if it did."""
        page = self.stops().get(0) if self.here else None
        return (
            ""
            if page is None
            else {"cancel": "cancelled", "replace": "replaced"}[list(self.book.values())[page].ask.op]
        )

    def stopped(self, ask: Ask) -> list[str]:
        """What was stopped of what is asked to be given; before the registration, all that the code's doctor stopped."""
        early = not self.here and ask.code and self.cancelled_by(ask.code)
        ended = "cancelled" if early else self.ended
        lines = [part.rank for part in ask.parts if part.what == "given" and self.here and part.rank in self.stops()]
        return [ended] * (bool(ended) and ask.hands_over) + ["line-cancelled"] * len(lines)

    def summed(self, standing: Stands | None = None) -> list[int]:
        """What was given of each line."""
        parts = [part for _, parts in (self.standing() if standing is None else standing) for part in parts]
        given = [part for part in parts if part.what == "given"]
        return [
            sum(part.amount or line.one for part in given if part.rank == rank)
            for rank, line in enumerate(self.order.lines, start=1)
        ]

    def weighed(
        self, parts: Sequence[Part], given: list[int], *, already: bool, early: bool = False
    ) -> tuple[list[str], list[str]]:
        """What is unfit in the parts, or was when they came early; what goes over what was given before."""
        lines, given, unfit, over = self.order.lines, [*given], list[str](), list[str]()
        for what, rank, amount, reason in [each for each in parts if each.what != "handwritten"]:
            if rank > len(lines):
                unfit.append("unknown-line")
            elif what == "given":
                line = lines[rank - 1]
                unfit += [UNSAID.get(line.kind, "")] * (amount is None and not already and line.kind in UNSAID)
                unfit += ["secured-unregistered"] * (early and line.secured)
                given[rank - 1] += amount or line.one
                more = line.total is not None and given[rank - 1] > line.total and (line.secured or not reason)
                over += ["secured-" * line.secured + "more-than-left"] * (more and (early or rank not in self.stops()))
        return unfit, over

    def against_early(self, act: Act, parts: list[Part], before: Stands) -> list[str]:
        """What stands against an execution that came before the registration, given those that came before it."""
        unfit, over = self.weighed(parts, self.summed(before), already=True, early=True)
        page = list(self.book).index(act.ask.id)
        stopped = [rank for rank, when in self.stops().items() if when < page]
        unfit += ["line-cancelled"] * any(part.what == "given" and part.rank in stopped for part in parts)
        unfit += ["cancelled"] * (0 in stopped and any(part.what != "withheld" for part in parts))
        return unfit + over + ["performed-before-written"] * (act.ask.done_at.date() < self.order.written - DAY)

    def seen(self) -> Seen:
        """The sheet as whoever is entitled must be shown it."""
        stops, standing, lines, past = self.stops(), self.standing(), list[tuple[str, int, int | None]](), list[Past]()
        for rank, (given, line) in enumerate(zip(self.summed(), self.order.lines, strict=True), start=1):
            stopped, full = 0 in stops or rank in stops, line.total is not None and given >= line.total
            last = [part.what for _, parts in standing for part in parts if part.rank == rank][-1:]
            waiting = "partly" if given else "not-delivered" if last == ["withheld"] else "to-deliver"
            status = DONE[line.renewals > 0] if full else "cancelled" if stopped else waiting
            lines.append((status, given, 0 if stopped else None if line.total is None else max(0, line.total - given)))
        for number, (act, parts) in enumerate(standing):
            told = [*act.told, *(self.against_early(act, parts, standing[:number]) if act.early else ())]
            past.append(Past(act.ask.id, act.early, frozenset(told), tuple(part.rank for part in parts)))
        going = [status for status, _, _ in lines if status != "cancelled"]
        begun = "partly-executed" if any(self.summed()) else "registered"
        status = "cancelled" if not going else "executed" if set(going) <= set(DONE) else begun
        asks = [each.ask for each in self.book.values()]
        back = tuple(each.target for each in asks if each.op == "withdraw" and each.target)
        return Seen(self.ended or status, tuple(lines), tuple(past), back, sum(each.op == "report" for each in asks))
