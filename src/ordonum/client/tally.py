"""What a journal adds up to, for each operation: created, recorded, refused, unanswered, durations. No input or output."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from ordonum.client.journal import INTERRUPTED, NOT_AUTHENTIC, READ, RECORDED, REPLAYED, UNANSWERED, Entry, Event

_DONE = {RECORDED, REPLAYED, READ}
_OPEN = {UNANSWERED, INTERRUPTED, NOT_AUTHENTIC}


class Tally(Struct, frozen=True, kw_only=True):
    """The figures of one operation. `share`: of the acts created, those recorded since (the trial's criterion: 70 %).

    `unanswered` counts results without a sure answer, `refused` those refused, by code; an act that was recorded after
    all is in `recorded` too. Durations are those of the calls that were answered, in milliseconds.
    """

    operation: str
    created: int
    recorded: int
    answered: int
    refused: dict[str, int]
    unanswered: int
    printed: int
    share: float | None
    median_ms: float | None
    p99_ms: float | None


def tally(entries: Iterable[Entry]) -> list[Tally]:
    """The figures, by operation in order of first appearance."""
    by_operation: dict[str, list[Entry]] = {}
    for each in entries:
        by_operation.setdefault(each.operation, []).append(each)
    return [_of(operation, lines) for operation, lines in by_operation.items()]


def _of(operation: str, lines: list[Entry]) -> Tally:
    results = [each for each in lines if each.event is Event.RESULT]
    done = [each for each in results if each.code in _DONE]
    created = _acts(each for each in lines if each.event is Event.CREATED)
    recorded = _acts(each for each in done if each.code in (RECORDED, REPLAYED))
    refused = Counter(each.code for each in results if each.code is not None and each.code not in _DONE | _OPEN)
    durations = sorted(each.ms for each in done if each.ms is not None)
    return Tally(
        operation=operation,
        created=len(created),
        recorded=len(recorded),
        answered=len(done),
        refused=dict(refused.most_common()),
        unanswered=sum(each.code in _OPEN for each in results),
        printed=sum(each.event is Event.PRINTED for each in lines),
        share=len(created & recorded) / len(created) if created else None,
        median_ms=statistics.median(durations) if durations else None,
        p99_ms=durations[math.ceil(len(durations) * 0.99) - 1] if durations else None,
    )


def _acts(lines: Iterable[Entry]) -> set[UUID]:
    return {each.act_id for each in lines if each.act_id is not None}
