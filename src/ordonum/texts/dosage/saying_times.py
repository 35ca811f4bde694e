"""Frequencies, days and moments of a dosage in French."""

from ordonum.model.dosage import Cycle, Moment, Relation, Span, TimeUnit, Timing, When
from ordonum.texts.dosage.saying_amounts import each, length, listed, number, per

_THE = {
    Moment.BREAKFAST: "le petit déjeuner", Moment.LUNCH: "le déjeuner", Moment.SNACK: "le goûter", Moment.DINNER: "le dîner",
    Moment.BEDTIME: "le coucher", Moment.WAKING: "le réveil", Moment.MEAL: "le repas",
    Moment.PROCEDURE: "l'examen ou l'intervention",
    Moment.INTERCOURSE: "le rapport", Moment.EFFORT: "l'effort", Moment.STOOL: "chaque selle",
    Moment.LOOSE_STOOL: "chaque selle liquide",
}  # fmt: skip
_AT = {
    Moment.BREAKFAST: "au petit déjeuner", Moment.LUNCH: "au déjeuner", Moment.SNACK: "au goûter", Moment.DINNER: "au dîner",
    Moment.MEAL: "au repas", Moment.EFFORT: "à l'effort", Moment.STOOL: "à chaque selle",
    Moment.LOOSE_STOOL: "à chaque selle liquide",
    Moment.PROCEDURE: "au moment de l'examen ou de l'intervention", Moment.INTERCOURSE: "au moment du rapport",
}  # fmt: skip

PARITY = {tuple(range(2, 31, 2)): "les jours pairs", tuple(range(1, 32, 2)): "les jours impairs"}


def frequency(timing: Timing, *, in_words: bool = False) -> str:
    """«3 fois par jour», «par jour» (of the whole), «toutes les 6 heures», «2 fois toutes les 2 semaines»; empty: none."""
    if timing.month_days in PARITY and (timing.times, timing.every) == (len(timing.month_days), 1):
        return ""
    if timing.period is None:
        return "" if timing.times is None else f"{number(timing.times, in_words=in_words, feminine=True)} fois"
    span = Span(timing.every, timing.period, timing.every_high)
    if timing.in_all:
        takes = timing.times or 1
        shared = f" en {number(takes, in_words=in_words, feminine=True)} prises" if takes > 1 else ""
        return per(span, in_words=in_words) + shared
    one = span.value == 1 and span.high is None
    if timing.times is None or (
        timing.times == 1 and timing.times_high is None and (not one or timing.period is TimeUnit.HOUR)
    ):
        return each(span, in_words=in_words)
    times = number(timing.times, in_words=in_words, feminine=True)
    if timing.times_high is not None:
        times += f" à {number(timing.times_high, in_words=in_words, feminine=True)}"
    return f"{times} fois {per(span, in_words=in_words) if one else each(span, in_words=in_words)}"


def days(timing: Timing, *, in_words: bool = False) -> str:
    """«le lundi et le jeudi», «le 1er jour de chaque mois», «21 jours sur 28», «la veille de l'examen…»."""
    said = [listed([f"le {day.label}" for day in timing.weekdays])] if timing.weekdays else []
    if timing.month_days in PARITY:
        said.append(PARITY[timing.month_days])
    elif timing.month_days:
        said.append(f"{_ordinals(timing.month_days, in_words=in_words)} de chaque mois")
    if timing.cycle is not None:
        said.append(_cycle(timing, timing.cycle, in_words=in_words))
    if timing.procedure_days:
        said.append(listed([_from_procedure(day, in_words=in_words) for day in timing.procedure_days]))
    return ", ".join(said)


def _ordinals(numbers: tuple[int, ...], *, in_words: bool) -> str:
    """«le premier jour», «les jours 1 et 15»."""
    if numbers == (1,):
        return "le premier jour"
    said = listed([number(each_, in_words=in_words) for each_ in numbers])
    return f"les jours {said}" if len(numbers) > 1 else f"le jour {said}"


def _cycle(timing: Timing, cycle: Cycle, *, in_words: bool) -> str:
    """«21 jours sur 28» of days in a row from the first; otherwise the days named."""
    of = number(cycle.length, in_words=in_words)
    if timing.times is not None and cycle.days == (1,) and not timing.when and not timing.at:
        return f"{number(1, in_words=in_words)} jour sur {of}"
    if in_a_row(cycle):
        return f"{number(len(cycle.days), in_words=in_words)} jours sur {of}"
    return f"{_ordinals(cycle.days, in_words=in_words)} de chaque cycle de {of} jours"


def in_a_row(cycle: Cycle) -> bool:
    """Whether the days are several, in a row from the first, and not all."""
    return 1 < len(cycle.days) == cycle.days[-1] < cycle.length


_NEAR = {-1: "la veille", 0: "le jour", 1: "le lendemain"}


def _from_procedure(day: int, *, in_words: bool) -> str:
    if day in _NEAR:
        return f"{_NEAR[day]} de l'examen ou l'intervention"
    return f"{number(abs(day), in_words=in_words)} jours {'avant' if day < 0 else 'après'} l'examen ou l'intervention"


def moments(timing: Timing, *, in_words: bool = False) -> list[str]:
    """Each take of a day: «le matin», «à 8 heures», «le soir à 20 heures» where both are told."""
    hours = [clock(hour, in_words=in_words) for hour in timing.at]
    each_one = timing.times in (None, 3) and timing.period in (None, TimeUnit.DAY) and timing.every == 1
    whens = [moment(when, in_words=in_words, each_one=each_one) for when in timing.when]
    if len(hours) == len(whens):
        return [f"{when} {hour}" for when, hour in zip(whens, hours, strict=True)]
    return whens + hours


def clock(hour: str, *, in_words: bool = False) -> str:
    """«à 8 heures», «à 8 h 30»."""
    hours, minutes = int(hour[:2]), int(hour[3:])
    said = number(hours, in_words=in_words, feminine=True)
    if not minutes:
        return f"à {said} heure{'s' if hours > 1 else ''}"
    if not in_words:
        return f"à {said} h {minutes:02d}"
    # «trente minutes»: «huit heures trente et un comprimé» would be thirty-one.
    past = number(minutes, in_words=True, feminine=True)
    return f"à {said} heure{'s' if hours > 1 else ''} {past} minute{'s' if minutes > 1 else ''}"


def moment(when: When, *, in_words: bool = False, each_one: bool = False) -> str:
    """«le matin», «30 minutes avant le petit déjeuner», «au début du repas», or of each meal where no frequency is told."""
    place = _THE.get(when.moment, when.moment.label)
    if when.moment is Moment.MEAL and each_one:
        place = "chaque repas"
    if when.relation is Relation.AT:
        return f"à {place}" if place == "chaque repas" else _AT.get(when.moment, when.moment.label)
    if when.relation in (Relation.START, Relation.END):
        return f"{when.relation.label} {place}".replace(" de le ", " du ")
    if when.relation is Relation.BETWEEN:
        return "entre les repas"
    said = f"{when.relation.label} {place}"
    return said if when.offset is None else f"{length(when.offset, in_words=in_words)} {said}"
