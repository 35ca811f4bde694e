"""Reading of moments, hours, weekdays, days of the month, of a cycle, and from a procedure."""

from msgspec.structs import replace

from ordonum.model.dosage import Moment, Relation, TimeUnit, When
from ordonum.texts.dosage.amounts import Tokens, key, skip, span
from ordonum.texts.dosage.facts import Takes
from ordonum.texts.dosage.tokens import Phrases

M, R = Moment, Relation
_PLACES: dict[str, Moment] = {
    **dict.fromkeys(("le petit dejeuner", "le petit-dejeuner", "petit dejeuner", "petit-dejeuner", "le petit dej"), M.BREAKFAST),
    **dict.fromkeys(("le dejeuner", "dejeuner", "repas du midi", "le repas de midi", "le repas du midi"), M.LUNCH),
    **dict.fromkeys(("le diner", "diner", "repas du soir", "le repas du soir"), M.DINNER),
    **dict.fromkeys(("le repas du matin",), M.BREAKFAST),
    **dict.fromkeys(("le gouter", "gouter"), M.SNACK),
    **dict.fromkeys(("le coucher", "coucher", "de se coucher", "de dormir"), M.BEDTIME),
    **dict.fromkeys(("le lever", "le reveil"), M.WAKING),
    **dict.fromkeys(
        ("repas", "le repas", "les repas", "chaque repas", "toutes les repas", "les 3 repas", "un repas", "les principaux repas",
         "les 3 principaux repas"), M.MEAL),
    **dict.fromkeys(
        ("l'examen", "l'intervention", "l'operation", "la procedure", "l'acte", "l'anesthesie", "la coloscopie",
         "l'examen ou l'intervention"), M.PROCEDURE),
    **dict.fromkeys(("le rapport", "le rapport sexuel", "chaque rapport", "les rapports", "rapport", "un rapport",
     "un rapport sexuel",
         "chaque rapport sexuel"), M.INTERCOURSE),
    **dict.fromkeys(("l'effort", "effort", "chaque effort", "les efforts", "un effort"), M.EFFORT),
    **dict.fromkeys(("la selle", "chaque selle", "les selles"), M.STOOL),
    **dict.fromkeys(("la selle liquide", "chaque selle liquide", "chaque selle non moulee",
     "les selles liquides"), M.LOOSE_STOOL),
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
    **dict.fromkeys(("le soir", "soir", "chaque soir", "toutes les soir", "du soir", "au soir"), M.EVENING),
    **dict.fromkeys(("au coucher", "le coucher", "coucher", "le soir au coucher", "soir au coucher",
    "au moment du coucher"), M.BEDTIME),
    **dict.fromkeys(("au reveil", "au lever", "le matin au reveil", "le matin au lever", "matin au reveil",
    "au saut du lit"), M.WAKING),
    **dict.fromkeys(("a jeun",), M.FASTING),
    **dict.fromkeys(("en milieu de matinee", "au milieu de la matinee"), M.MID_MORNING),
    **dict.fromkeys(("l'apres-midi", "l'apres midi", "apres-midi", "dans l'apres-midi"), M.AFTERNOON),
    **dict.fromkeys(("au gouter", "gouter"), M.SNACK),
    **dict.fromkeys(("la nuit", "nuit"), M.NIGHT),
    **dict.fromkeys(("au petit dejeuner", "au petit-dejeuner", "au petit dej"), M.BREAKFAST),
    **dict.fromkeys(("au dejeuner", "au repas de midi", "au repas du midi"), M.LUNCH),
    **dict.fromkeys(("au diner", "au souper", "au repas du soir"), M.DINNER),
    **dict.fromkeys(("au repas du matin",), M.BREAKFAST),
    **dict.fromkeys(("aux repas", "au repas", "a chaque repas", "au moment des repas", "aux 3 repas"), M.MEAL),
    **dict.fromkeys(("au moment de l'examen", "au moment de l'examen ou de l'intervention"), M.PROCEDURE),
    **dict.fromkeys(("au moment du rapport",), M.INTERCOURSE),
    **dict.fromkeys(("a l'effort",), M.EFFORT),
    **dict.fromkeys(("a chaque selle",), M.STOOL),
    **dict.fromkeys(("a chaque selle liquide",), M.LOOSE_STOOL),
}  # fmt: skip
_EACH = ("chaque ", "toutes ", "aux ", "des repas")
WHENS = Phrases({
    **{
        phrase: (moment, relation, place.startswith(("les ", "chaque ")))
        for said, relation in _RELATIONS.items()
        for place, moment in _PLACES.items()
        for phrase in _contracted(said, place)
        if relation is not R.BETWEEN or place == "les repas"
    },
    **{phrase: (moment, R.AT, any(each in phrase for each in _EACH)) for phrase, moment in _AT.items()},
})  # fmt: skip
_MEALS_OF = {
    **dict.fromkeys(
        ("le repas du midi et du soir", "les repas du midi et du soir", "le repas de midi et du soir",
        "les repas de midi et du soir",
         "le dejeuner et le diner", "les 2 principaux repas"), (M.LUNCH, M.DINNER)),
    **dict.fromkeys(
        ("le petit dejeuner et le diner", "les repas du matin et du soir",
        "le repas du matin et du soir"), (M.BREAKFAST, M.DINNER)),
    "le petit dejeuner et le dejeuner": (M.BREAKFAST, M.LUNCH),
    "le petit dejeuner, le dejeuner et le diner": (M.BREAKFAST, M.LUNCH, M.DINNER),
}  # fmt: skip
_SEVERAL = Phrases({
    **{
        phrase: tuple(When(moment=each, relation=relation) for each in moments)
        for said, relation in _RELATIONS.items()
        if relation is not R.BETWEEN
        for place, moments in _MEALS_OF.items()
        for phrase in _contracted(said, place)
    },
    **{
        f"aux {place.removeprefix('les ')}": tuple(When(moment=each) for each in moments)
        for place, moments in _MEALS_OF.items()
        if place.startswith("les ")
    },
    **dict.fromkeys(
        ("m/m/s", "m-m-s"), tuple(When(moment=each) for each in (M.MORNING, M.NOON, M.EVENING))),
})  # fmt: skip
_LETTERS = {"mi": M.NOON, "s": M.EVENING}


def takes(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    """«le matin», «30 min avant le petit déjeuner», «à 8h et 20h», «08h00»."""
    several = _SEVERAL.at(tokens, at)
    if several is not None:
        return Takes(when=several[0]), several[1]
    found = WHENS.at(tokens, at)
    if found is not None:
        (moment, relation, every_one), end = found
        when = When(moment=moment, relation=relation)
        return Takes(when=(when,), every_one=every_one, each=_of_each(tokens, at, end)), end
    return _offset(tokens, at) or _hours(tokens, at) or _letter(tokens, at)


def _offset(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    length = span(tokens, at)
    if length is None:
        return None
    several = _SEVERAL.at(tokens, length[1])
    if several is not None and all(each.relation in (R.BEFORE, R.AFTER) for each in several[0]):
        return Takes(when=tuple(replace(each, offset=length[0]) for each in several[0])), several[1]
    found = WHENS.at(tokens, length[1])
    if found is None or found[0][1] not in (R.BEFORE, R.AFTER):
        return None
    if found[0][0] is M.PROCEDURE and length[0].unit is TimeUnit.DAY:
        return None  # a day of its own
    (moment, relation, every_one), end = found
    when = When(moment=moment, relation=relation, offset=length[0])
    return Takes(when=(when,), every_one=every_one, each=_of_each(tokens, length[1], end)), end


def _of_each(tokens: Tokens, at: int, end: int) -> bool:
    return any(each.key in ("chaque", "3") for each in tokens[at:end])


def _letter(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    """«1 mat 1 mi 1 s»: the letters mean the moments of a day after its morning or noon only."""
    moment = _LETTERS.get(key(tokens, at))
    if moment is None or not any(each.key in ("matin", "midi", "mi") for each in tokens[max(0, at - 8) : at]):
        return None
    return Takes(when=(When(moment=moment),)), at + 1


def _hours(tokens: Tokens, at: int) -> tuple[Takes, int] | None:
    """«à 8h et 20h», «à 7h, 12h 18h», «vers 20 h 30», «08h00»."""
    led = key(tokens, at) in ("a", "vers")
    if led and key(tokens, at + 1) == "minuit":
        return Takes(at=("00:00",)), at + 2
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
    if glued and minutes is not None and key(tokens, at + 3) == "minute" and not minutes % 1 and 0 < minutes <= 59:
        return f"{int(hour):02d}:{int(minutes):02d}", at + 4
    if glued and minutes is not None and not minutes % 1 and 0 <= minutes <= 59 and key(tokens, at + 3) != "heure":
        following = key(tokens, at + 3)
        if not following.isalpha() or following in ("et", "puis", "pendant", "le", "a"):
            return f"{int(hour):02d}:{int(minutes):02d}", at + 3
    if sign == ":" or not bare:
        return None
    return f"{int(hour):02d}:00", at + 2
