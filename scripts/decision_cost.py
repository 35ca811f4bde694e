"""What deciding costs: the CPU of one decision on a prescription with twenty-four past executions, all the rules applied."""

import gc
import time
from datetime import date, timedelta

from ruled import facts_of, medicine, noon, ordered

from factories import an_execution, boxes, delivered, executed
from ordonum.model.decisions import check_execution

WRITTEN, PAST, ROUNDS, EACH = date(2026, 1, 5), 24, 7, 500
SUBSTANCES = ("ramipril", "amlodipine", "bisoprolol", "atorvastatine")


def microseconds(lines: int, asked: int) -> float:
    """CPU of a decision on `asked` lines of an order of `lines`, each delivered every fortnight; the median of the rounds."""
    made = (
        medicine(name, rank=rank, days=28, renewals=12, of=2) for rank, name in enumerate(SUBSTANCES[:lines], start=1)
    )
    acts = [ordered(*made, on=WRITTEN)]
    everything = [delivered(rank, boxes(1)) for rank in range(1, lines + 1)]
    acts += [executed(*everything, at=noon(WRITTEN + timedelta(days=14 * each))) for each in range(PAST)]
    day = WRITTEN + timedelta(days=14 * PAST)
    facts = facts_of(*acts, day=day)
    execution = an_execution(*everything[:asked], performed_at=noon(day))
    spent = []
    gc.disable()
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        for _ in range(EACH):
            check_execution(execution, facts)
        spent.append((time.process_time_ns() - start) / EACH / 1000)
    return sorted(spent)[ROUNDS // 2]


if __name__ == "__main__":
    for lines, asked in ((1, 1), (4, 1), (4, 4)):
        print(f"{asked} ligne(s) sur {lines}, {PAST} exécutions passées : {microseconds(lines, asked):.0f} µs de CPU")
