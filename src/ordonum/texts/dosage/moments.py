"""Reading of moments, hours, weekdays, days of the month, of a cycle, and from a procedure."""

from ordonum.model.dosage import Cycle, Moment, Relation, Weekday, When
from ordonum.texts.dosage.amounts import Tokens, key, skip, span, whole
from ordonum.texts.dosage.facts import Days, Takes
from ordonum.texts.dosage.tokens import Phrases

M, R = Moment, Relation
_PLACES: dict[str, Moment] = {
    **dict.fromkeys(("le petit dejeuner", "le petit-dejeuner", "petit dejeuner", "petit-dejeuner", "le petit dej"), M.BREAKFAST),
    **dict.fromkeys(("le dejeuner", "dejeuner", "repas du midi", "le repas de midi", "le repas du midi"), M.LUNCH),
    **dict.fromkeys(("le diner", "diner", "repas du soir", "le repas du soir"), M.DINNER),
    **dict.fromkeys(("le repas du matin",), M.BREAKFAST),
    **dict.fromkeys(("le gouter", "gouter"), M.SNACK),
    **dict.fromkeys(("le coucher", "coucher"), M.BEDTIME),
    **dict.fromkeys(("le lever", "le reveil"), M.WAKING),
    **dict.fromkeys(("repas", "le repas", "les repas", "chaque repas", "toutes les repas", "les 3 repas"), M.MEAL),
    **dict.fromkeys(
        ("l'examen", "l'intervention", "l'operation", "la procedure", "l'acte", "l'anesthesie", "la coloscopie",
         "l'examen ou l'intervention"), M.PROCEDURE),
    **dict.fromkeys(("le rapport", "le rapport sexuel", "chaque rapport", "les rapports", "rapport"), M.INTERCOURSE),
    **dict.fromkeys(("l'effort", "effort", "chaque effort", "les efforts"), M.EFFORT),
    **dict.fromkeys(
        ("la selle", "chaque selle", "chaque selle liquide", "les selles", "chaque selle non moulee"), M.STOOL),
}  # fmt: skip
_RELATIONS: dict[str, Relation] = {
    "avant": R.BEFORE, "apres": R.AFTER, "pendant": R.DURING, "au cours de": R.DURING, "au milieu de": R.DURING,
    "entre": R.BETWEEN, "au debut de": R.START, "en debut de": R.START, "a la fin de": R.END, "en fin de": R.END,
}  # fmt: skip


def _contracted(relation: str, place: str) -> list[str]:
    """«au cours de» + «le repas» is «au cours du repas»; «de» + «les repas» is «des repas»."""
    if not relation.endswith(" de"):
        return [f"{relation} {place}"]
    stem = relation.removesuffix(" de")
    if place.startswith("le "):
        return [f"{stem} du {place[3:]}"]
    if place.startswith("les "):
        return [f"{stem} des {place[4:]}"]
    return [f"{stem} d'{place}" if place[0] in "aeiou" else f"{stem} de {place}"]


_AT: dict[str, Moment] = {
    **dict.fromkeys(("le matin", "matin", "chaque matin", "toutes les matin", "du matin"), M.MORNING),
    **dict.fromkeys(("le midi", "midi", "a midi", "chaque midi", "toutes les midi"), M.NOON),
    **dict.fromkeys(("le soir", "soir", "chaque soir", "toutes les soir", "du soir"), M.EVENING),
    **dict.fromkeys(("au coucher", "le coucher", "coucher", "le soir au coucher", "soir au coucher", "au moment du coucher"), M.BEDTIME),
    **dict.fromkeys(("au reveil", "au lever", "le matin au reveil", "le matin au lever", "matin au reveil", "au saut du lit"), M.WAKING),
    **dict.fromkeys(("a jeun",), M.FASTING),
    **dict.fromkeys(("en milieu de matinee", "au milieu de la matinee", "a 10 heures du matin"), M.MID_MORNING),
    **dict.fromkeys(("l'apres-midi", "l'apres midi", "apres-midi", "dans l'apres-midi"), M.AFTERNOON),
    **dict.fromkeys(("au gouter", "gouter", "a 4 heures"), M.SNACK),
    **dict.fromkeys(("la nuit", "nuit"), M.NIGHT),
    **dict.fromkeys(("au petit dejeuner", "au petit-dejeuner", "au petit dej"), M.BREAKFAST),
    **dict.fromkeys(("au dejeuner",), M.LUNCH),
    **dict.fromkeys(("au diner", "au souper"), M.DINNER),
    **dict.fromkeys(("aux repas", "au repas", "a chaque repas", "au moment des repas", "aux 3 repas"), M.MEAL),
    **dict.fromkeys(("au moment de l'examen", "le jour meme de l'examen"), M.PROCEDURE),
    **dict.fromkeys(("a l'effort",), M.EFFORT),
    **dict.fromkeys(("a chaque selle", "a chaque selle liquide"), M.STOOL),
}  # fmt: skip
del _AT["a 4 heures"], _AT["a 10 heures du matin"], _AT["le jour meme de l'examen"]
_WHENS = Phrases({
    **{
        phrase: (moment, relation)
        for said, relation in _RELATIONS.items()
        for place, moment in _PLACES.items()
        for phrase in _contracted(said, place)
        if relation is not R.BETWEEN or place == "les repas"
    },
    **{phrase: (moment, R.AT) for phrase, moment in _AT.items()},
})  # fmt: skip
_LETTERS = {"mi": M.NOON, "s": M.EVENING}
WEEKDAYS = {each.label: each for each in Weekday}
_WEEKDAY_SETS = Phrases({
    "week-end": (Weekday.SATURDAY, Weekday.SUNDAY), "week end": (Weekday.SATURDAY, Weekday.SUNDAY),
    "weekend": (Weekday.SATURDAY, Weekday.SUNDAY), "jour de semaine": tuple(Weekday)[:5],
})  # fmt: skip


def takes(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    """«le matin», «30 min avant le petit déjeuner», «à 8h et 20h», «08h00»."""
    found = _WHENS.at(tokens, at)
    if found is not None:
        (moment, relation), end = found
        return Takes(when=(When(moment=moment, relation=relation),)), end
    return _offset(tokens, at) or _hours(tokens, at) or _letter(tokens, at)


def _offset(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    length = span(tokens, at)
    if length is None:
        return None
    found = _WHENS.at(tokens, length[1])
    if found is None or found[0][1] not in (R.BEFORE, R.AFTER):
        return None
    (moment, relation), end = found
    return Takes(when=(When(moment=moment, relation=relation, offset=length[0]),)), end


def _letter(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    """«1 mat 1 mi 1 s»: the letters mean the moments of a day after its morning or noon only."""
    moment = _LETTERS.get(key(tokens, at))
    if moment is None or not any(each.key in ("matin", "midi", "mi") for each in tokens[max(0, at - 8) : at]):
        return None
    return Takes(when=(When(moment=moment),)), at + 1


def _hours(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    """«à 8h et 20h», «à 7h, 12h 18h», «vers 20 h 30», «08h00»."""
    led = key(tokens, at) in ("a", "vers")
    place = at + led
    hours: list[str] = []
    while len(hours) < 24 and (found := _hour(tokens, place, bare=led)) is not None:
        hours.append(found[0])
        end = found[1]
        place = skip(tokens, skip(tokens, skip(tokens, end, ","), "et"), "a")
    return (Takes(at=tuple(hours)), end) if hours else None


def _hour(tokens: Tokens, at: int, *, bare: bool) -> tuple[str, int] | None:
    """«8h», «8 h 30», «8h30», «8:30», «20 heures»; without «à», only where the minutes are written."""
    hour, sign = tokens[at].value if at < len(tokens) else None, key(tokens, at + 1)
    if hour is None or hour % 1 or not 0 <= hour <= 23 or sign not in ("heure", ":"):
        return None
    minutes = tokens[at + 2].value if at + 2 < len(tokens) else None
    glued = (
        minutes is not None
        and tokens[at + 2].start - tokens[at + 1].end <= 1
        and tokens[at + 2].end - tokens[at + 2].start > 1
    )
    if glued and minutes is not None and not minutes % 1 and 0 <= minutes <= 59 and key(tokens, at + 3) != "heure":
        following = key(tokens, at + 3)
        if not following.isalpha() or following in ("et", "puis", "pendant", "le", "a"):
            return f"{int(hour):02d}:{int(minutes):02d}", at + 3
    if sign == ":" or not bare:
        return None
    return f"{int(hour):02d}:00", at + 2


def days(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«le mardi», «lun mer ven», «du lundi au vendredi», «le 1er du mois», «aux jours 1, 8 et 15 du cycle», «la veille»."""
    return (
        _weekdays(tokens, at)
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
        return Days(weekdays=tuple(order[order.index(first) : order.index(last) + 1])), at + 4
    if key(tokens, at) in ("sauf", "hors") and (rest := _weekdays(tokens, at + 1)) is not None:
        return Days(weekdays=tuple(each for each in Weekday if each not in rest[0].weekdays)), rest[1]
    return _listed(tokens, start)


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


def _month_days(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«le premier jour de chaque mois», «le 1er et le 15 du mois», «les jours 1 et 15 de chaque mois»."""
    if key(tokens, at) not in ("le", "les"):
        return None
    found = _ordinals(tokens, skip(tokens, at + 1, "jour"))
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
    if key(tokens, at) not in ("aux", "le", "les", "au"):
        return None
    found = _ordinals(tokens, skip(tokens, at + 1, "jour"))
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
    ("est un intervalle libre", "est un intervalle libre sans dispositif transdermique", "est un intervalle libre sans dispositif",
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


_PROCEDURES = (
    "l'examen",
    "l'intervention",
    "l'operation",
    "la coloscopie",
    "l'acte",
    "la procedure",
    "l'examen ou l'intervention",
)
_FROM_PROCEDURE = Phrases({
    f"{led} {'de ' if led[-1] != ' ' else ''}{what}": day
    for led, day in (("la veille", -1), ("le jour", 0), ("le lendemain", 1), ("l'avant-veille", -2))
    for what in _PROCEDURES
})  # fmt: skip
_MORNING_OF = Phrases({f"le matin de {what}": 0 for what in _PROCEDURES})


def _procedure(tokens: Tokens, at: int) -> tuple[Days, int] | None:
    """«la veille de l'examen», «2 jours avant l'intervention», «le jour de l'examen»."""
    found = _FROM_PROCEDURE.at(tokens, at)
    if found is not None:
        return Days(procedure_days=(found[0],)), found[1]
    count = whole(tokens, at, 60)
    if count is None or key(tokens, at + 1) != "jour" or key(tokens, at + 2) not in ("avant", "apres"):
        return None
    event = _WHENS.at(tokens, at + 2)
    if event is None or event[0][0] is not M.PROCEDURE:
        return None
    return Days(procedure_days=(-count if event[0][1] is R.BEFORE else count,)), event[1]
