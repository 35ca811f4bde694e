"""Turns told by the days they cover: «J1 à J5 : 20 mg, J6 à J10 : 10 mg», «1 cp jour 1, 2 cp jour 2», «semaine 1 : …»."""

from collections.abc import Sequence

from ordonum.model.dosage import Cycle, Span, TimeUnit
from ordonum.texts.dosage.amounts import Tokens, key, skip, span, whole
from ordonum.texts.dosage.facts import Amount, Days, Fact, Label, Lasting, Often, Then, Unclear

_UNITS = {"jour": TimeUnit.DAY, "semaine": TimeUnit.WEEK, "s": TimeUnit.WEEK}
_NOT_AFTER = ("par", "/", "chaque", "un", "de chaque")
_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}


def label(tokens: Tokens, at: int) -> tuple[Label, int] | None:
    """«J1», «J1 à J5», «de J6 à J10», «jour 2», «semaine 1», «S2», «les cycles de 28 jours»."""
    length = _cycle_of(tokens, at)
    if length is not None:
        return length
    start = (
        skip(tokens, at, "de", "les", "la") if key(tokens, at) in ("de", "la", "les") else skip(tokens, at, "a", "le")
    )
    first = _one(tokens, start)
    if first is None:
        return None
    number, unit, end = first
    joined = key(tokens, end) in ("a", "-", "au")
    last = _one(tokens, end + 1) if joined else None
    if joined and last is None and (bare := whole(tokens, end + 1, 366)) is not None and not _glued(tokens, start):
        last = (bare, unit, end + 2)  # «jours 1 à 5»
    if last is None:
        return None if start > at and key(tokens, at) == "de" else (Label(first=number, last=number, unit=unit), end)
    if last[1] is not unit or last[0] <= number:
        return None
    return Label(first=number, last=last[0], unit=unit), last[2]


def _glued(tokens: Tokens, at: int) -> bool:
    return tokens[at].end == tokens[at + 1].start


def _one(tokens: Tokens, at: int) -> tuple[int, TimeUnit, int] | None:
    """«J1», «jour 1»: never the end of «10 jours 1 cp», nor of «par jour 1 cp»."""
    unit, number = _UNITS.get(key(tokens, at)), whole(tokens, at + 1, 366)
    before = tokens[at - 1] if at > 0 else None
    if unit is None or number is None:
        return None
    listed = at > 1 and tokens[at - 2].key == "jour" and _glued(tokens, at - 2)  # «J1 J8»
    if before is not None and ((before.value is not None and not listed) or before.key in _NOT_AFTER):
        return None
    if key(tokens, at) == "s" and not _glued(tokens, at):
        return None
    return number, unit, at + 2


def _cycle_of(tokens: Tokens, at: int) -> tuple[Label, int] | None:
    """«cycle de 28 jours»: a label without days, that tells the length."""
    start = skip(tokens, at, "par", "en")
    if key(tokens, start) not in ("cycle", "cycles") or key(tokens, start + 1) != "de":
        return None
    found = span(tokens, start + 2)
    days = None if found is None or found[0].high is not None else _DAYS.get(found[0].unit)
    if found is None or days is None or found[0].value * days > 366:
        return None
    return Label(first=0, last=found[0].value * days, unit=TimeUnit.DAY), found[1]


def laid(facts: Sequence[Fact]) -> list[Fact]:
    """The same facts with each label as the length of its turn, or all of them as the days of one cycle."""
    lengths = [each for each in facts if isinstance(each, Label) and not each.first]
    labels = [each for each in facts if isinstance(each, Label) and each.first]
    if not labels and not lengths:
        return list(facts)
    rest: list[Fact] = [each for each in facts if not isinstance(each, Label)]
    again = [each for each in rest if isinstance(each, Often) and _length(each) > 1]
    if (lengths or again) and labels:
        return _cycle(rest, labels, lengths, again)
    if len(labels) < 2 and not (labels and any(isinstance(each, Then) for each in facts)):
        raise Unclear("un jour qui se compte, sans savoir depuis quand")
    return _turns(facts, labels)


def _length(often: Often) -> int:
    once = (often.times or 1) == 1 and often.times_high is None and often.every_high is None and not often.some_days
    return often.every * _DAYS[often.period] if once and often.period in _DAYS else 0


def _cycle(rest: list[Fact], labels: list[Label], lengths: list[Label], again: list[Often]) -> list[Fact]:
    """«J1, J8 et J15 tous les 28 jours», «J1 à J21, cycles de 28 jours»: one dose on the days of a cycle."""
    told = {each.last for each in lengths} | {_length(each) for each in again}
    days = [day for each in labels for day in range(each.first, each.last + 1)]
    doses = sum(isinstance(each, Amount) for each in rest)
    length = told.pop()
    units = {each.unit for each in labels}
    if told or units != {TimeUnit.DAY} or doses > 1 or sorted(set(days)) != days or days[-1] > length or length < 2:
        raise Unclear("les jours d'un cycle qui ne se lit pas")
    cycle = Days(cycle=Cycle(length=length, days=tuple(days)))
    return [*(each for each in rest if each not in again), cycle]


def _turns(facts: Sequence[Fact], labels: list[Label]) -> list[Fact]:
    """Each label with the facts after it, or before it, as a turn; the days follow one another from the first."""
    ends = [0, *(each.last for each in labels)]
    if any(each.first != end + 1 or each.unit is not labels[0].unit for each, end in zip(labels, ends, strict=False)):
        raise Unclear("des jours qui ne se suivent pas")
    leading = isinstance(facts[0], Label)
    turns: list[list[Fact]] = [[]]
    for each in facts:
        if isinstance(each, Label):
            lasting = Lasting(span=Span(each.last - each.first + 1, each.unit))
            if leading:
                turns.append([lasting])
            else:
                turns[-1].append(lasting)
                turns.append([])
        elif not isinstance(each, Then):
            turns[-1].append(each)
        elif turns[-1] and not _closed(turns[-1], leading=leading):
            turns.append([])
    turns = [each for each in turns if each]
    if any(sum(isinstance(one, Lasting) for one in each) != 1 for each in turns[:-1]):
        raise Unclear("des jours sans leur dose")
    if any(all(isinstance(one, Lasting) for one in each) for each in turns):  # «J1 et J2 : 2 cp»
        raise Unclear("des jours sans leur dose")
    if not leading and turns and not any(isinstance(one, (Amount, Often)) for one in turns[-1]):
        turns[-2:] = [turns[-2] + turns[-1]]  # what is said after the last day
    return [one for place, each in enumerate(turns) for one in ([Then()] if place else []) + each]


def _closed(turn: list[Fact], *, leading: bool) -> bool:
    """Whether «puis» before a label says nothing that the label does not."""
    return leading and not any(isinstance(each, (Amount, Often)) for each in turn)
