"""Reading of weekdays, days of the month, of a cycle, and from a procedure."""

from ordonum.model.dosage import Cycle, Moment, Relation, Weekday
from ordonum.texts.dosage.amounts import Tokens, key, skip, whole
from ordonum.texts.dosage.facts import Days
from ordonum.texts.dosage.moments import WHENS
from ordonum.texts.dosage.tokens import Phrases

WEEKDAYS = {each.label: each for each in Weekday}
_WEEKDAY_SETS = Phrases({
    "week-end": (Weekday.SATURDAY, Weekday.SUNDAY), "week end": (Weekday.SATURDAY, Weekday.SUNDAY),
    "weekend": (Weekday.SATURDAY, Weekday.SUNDAY), "jour de semaine": tuple(Weekday)[:5],
})  # fmt: skip


def days(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«le mardi», «lun mer ven», «du lundi au vendredi», «le 1er du mois», «aux jours 1, 8 et 15 du cycle», «la veille»."""
    if [key(tokens, at + each) for each in range(3)] == ["les", "autres", "jour"]:
        return Days(others=True), at + 3
    return (
        _every_other(tokens, at)
        or _weekdays(tokens, at)
        or _month_days(tokens, at)
        or _cycle_days(tokens, at)
        or _procedure(tokens, at)
        or _free_week(tokens, at)
    )


def _weekdays(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    start = (
        skip(tokens, at, "toutes", "les") if key(tokens, at) == "toutes" else skip(tokens, at, "chaque", "le", "les")
    )
    found = _WEEKDAY_SETS.at(tokens, start)
    if found is not None:
        return Days(weekdays=found[0]), found[1]
    if key(tokens, at) == "du" and key(tokens, at + 1) in WEEKDAYS and key(tokens, at + 2) == "au":
        first, last = WEEKDAYS[key(tokens, at + 1)], WEEKDAYS.get(key(tokens, at + 3))
        order = list(Weekday)
        if last is None or order.index(last) <= order.index(first):
            return None
        return Days(weekdays=tuple(order[order.index(first) : order.index(last) + 1]), but=True), at + 4
    if key(tokens, at) in ("sauf", "hors") and (rest := _weekdays(tokens, at + 1)) is not None:
        others = tuple(each for each in Weekday if each not in rest[0].weekdays)
        return Days(weekdays=others, but=True), rest[1]
    return _listed(tokens, start)


def _every_other(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«un mardi sur deux»."""
    day, of = WEEKDAYS.get(key(tokens, at + 1)), whole(tokens, at + 3, 8)
    if whole(tokens, at, 1) is None or day is None or key(tokens, at + 2) != "sur" or of is None or of < 2:
        return None
    return Days(weekdays=(day,), weeks=of), at + 4


def _listed(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«lundi, mercredi et vendredi», «lun mer ven», «mardi/jeudi»; the comma before another thing is left."""
    named: list[Weekday] = []
    end = place = at
    while len(named) < 7 and key(tokens, place) in WEEKDAYS:
        named.append(WEEKDAYS[key(tokens, place)])
        end = place + 1
        place = skip(tokens, skip(tokens, skip(tokens, end, ",", "/", "-"), "et"), "le", "les")
    if not named or len(set(named)) != len(named):
        return None
    return Days(weekdays=tuple(each for each in Weekday if each in named)), end


_PARITY = Phrases({
    f"les jours {said}": days for days, said in (
        (tuple(range(2, 31, 2)), "pairs"), (tuple(range(1, 32, 2)), "impairs"))
})  # fmt: skip
_FIRST = {"premier", "premiere"}


def _ordinal(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """«premier», «1er», «8e», «15ème», «15»."""
    if key(tokens, at) in _FIRST:
        return 1, at + 1
    value = whole(tokens, at, 366)
    return None if value is None else (value, skip(tokens, at + 1, "er" if value == 1 else "eme"))


def _ordinals(tokens: Tokens, at: int) -> tuple[tuple[int, ...], int] | None:
    found: list[int] = []
    end = place = at
    while len(found) < 40 and (one := _ordinal(tokens, place)) is not None:
        found.append(one[0])
        end = one[1]
        place = skip(tokens, skip(tokens, skip(tokens, end, ","), "et"), "le", "les")
        if place == end:
            break
    return (tuple(found), end) if found and sorted(set(found)) == found else None


def _from_to(tokens: Tokens, at: int) -> tuple[tuple[int, ...], int] | None:
    """«du 16 au 25», of a month or of a cycle."""
    first = _ordinal(tokens, at + 1)
    if first is None or key(tokens, skip(tokens, first[1], "jour")) != "au":
        return None
    last = _ordinal(tokens, skip(tokens, first[1], "jour") + 1)
    return None if last is None or last[0] <= first[0] else (tuple(range(first[0], last[0] + 1)), last[1])


def _month_days(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«le premier jour de chaque mois», «le 1er et le 15 du mois», «les jours 1 et 15 de chaque mois»."""
    parity = _PARITY.at(tokens, at)
    if parity is not None:
        return Days(month_days=parity[0]), parity[1]
    if key(tokens, at) not in ("le", "les", "du"):
        return None
    found = _from_to(tokens, at) if key(tokens, at) == "du" else _ordinals(tokens, skip(tokens, at + 1, "jour"))
    if found is None:
        return None
    named, end = found
    end = skip(tokens, end, "jour")
    if key(tokens, end) == "du" and key(tokens, end + 1) == "mois":
        end += 2
    elif (key(tokens, end), key(tokens, end + 1), key(tokens, end + 2)) == ("de", "chaque", "mois"):
        end += 3
    else:
        return None
    return (Days(month_days=named), end) if named[-1] <= 31 else None


def _cycle_days(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«aux 1er, 8e et 15e jours du cycle», «aux jours 1, 8 et 15 de chaque cycle de 28 jours»."""
    if key(tokens, at) not in ("aux", "le", "les", "au", "du"):
        return None
    found = _from_to(tokens, at) if key(tokens, at) == "du" else _ordinals(tokens, skip(tokens, at + 1, "jour"))
    if found is None:
        return None
    named, end = found
    end = skip(tokens, end, "jour")
    if key(tokens, end) == "du" and key(tokens, end + 1) == "cycle":
        end += 2
    elif (key(tokens, end), key(tokens, end + 1), key(tokens, end + 2)) in (
        ("de", "chaque", "cycle"),
        ("d'", "un", "cycle"),
        ("d'", "1", "cycle"),
    ):
        end += 3
    else:
        return None
    length = whole(tokens, end + 1, 366) if key(tokens, end) == "de" and key(tokens, end + 2) == "jour" else None
    if length is None:
        return Days(cycle_days=named), end
    return (Days(cycle=Cycle(length=length, days=named)), end + 3) if length >= 2 and named[-1] <= length else None


_FREE_WEEKS = Phrases({
    f"la {word} semaine": place
    for place, word in enumerate(("deuxieme", "troisieme", "quatrieme", "cinquieme", "sixieme"), 2)
})  # fmt: skip
_FREE = Phrases(dict.fromkeys(
    ("est un intervalle libre", "est un intervalle libre sans dispositif transdermique",
    "est un intervalle libre sans dispositif",
     "est libre", "sans dispositif", "est un intervalle libre sans patch", "sans patch", "est une semaine d'arret"), "",
))  # fmt: skip


def _free_week(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«La quatrième semaine à partir du 22e jour est un intervalle libre»: the cycle has four weeks."""
    week = _FREE_WEEKS.at(tokens, at)
    if week is None:
        return None
    place, end = week
    if [key(tokens, end + each) for each in range(3)] == ["a", "partir", "du"]:
        first = _ordinal(tokens, end + 3)
        if first is None or first[0] != 7 * place - 6 or key(tokens, first[1]) != "jour":
            return None
        end = first[1] + 1
    free = _FREE.at(tokens, end)
    return None if free is None else (Days(cycle_length=7 * place), free[1])


def _of(what: str) -> str:
    return f"du {what[3:]}" if what.startswith("le ") else f"de {what}"


_PROCEDURES = (
    "l'examen",
    "l'intervention",
    "l'operation",
    "la coloscopie",
    "l'acte",
    "la procedure",
    "l'examen ou l'intervention",
    "l'anesthesie",
    "la chirurgie",
    "la seance",
    "l'endoscopie",
    "le geste",
    "l'irm",
    "le scanner",
)
_FROM_PROCEDURE = Phrases({
    f"{led} {_of(what)}": day
    for led, day in (("la veille", -1), ("le jour", 0), ("le lendemain", 1), ("l'avant-veille", -2))
    for what in _PROCEDURES
})  # fmt: skip
_OF_PROCEDURE = Phrases(dict.fromkeys(map(_of, _PROCEDURES), 0))
_SAME = ("matin", "midi", "soir")


def _procedure(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«la veille de l'examen», «2 jours avant l'intervention», «le jour de l'examen»."""
    found = _FROM_PROCEDURE.at(tokens, at)
    if found is not None:
        return Days(procedure_days=(found[0],)), found[1]
    if key(tokens, at - 1) in _SAME and (same := _OF_PROCEDURE.at(tokens, at)) is not None:
        eve = [each.key for each in tokens[max(0, at - 4) : at - 1]]  # «la veille au soir de l'examen»: the day is told
        return Days(procedure_days=(-1 if "veille" in eve else 0,)), same[1]
    if (key(tokens, at), key(tokens, at + 1)) == ("la", "veille") and _told(tokens):
        return Days(procedure_days=(-1,)), at + 2
    count = whole(tokens, at, 60)
    if count is None or key(tokens, at + 1) != "jour" or key(tokens, at + 2) not in ("avant", "apres"):
        return None
    event = WHENS.at(tokens, at + 2)
    if event is None or event[0][0] is not Moment.PROCEDURE:
        return None
    return Days(procedure_days=(-count if event[0][1] is Relation.BEFORE else count,)), event[1]


def _told(tokens: Tokens) -> bool:
    """Whether the text names the procedure that «la veille» is told from."""
    return any(_OF_PROCEDURE.at(tokens, place) is not None for place in range(len(tokens)))
