"""Reading of how often, for how long, and how fast."""

from ordonum.model.dosage import Cycle, DoseUnit, Rate, Span, TimeUnit
from ordonum.texts.dosage.amounts import TIMES, Tokens, amount, key, number, ranged, skip, span, whole
from ordonum.texts.dosage.facts import AfterPause, Days, Giving, Lasting, Often
from ordonum.texts.dosage.tokens import Phrases, plain
from ordonum.texts.dosage.units import COUNTED

_PERIODS = {
    "jour": TimeUnit.DAY,
    "journee": TimeUnit.DAY,
    "semaine": TimeUnit.WEEK,
    "mois": TimeUnit.MONTH,
    "an": TimeUnit.YEAR,
}
_PERFUSED = Phrases(dict.fromkeys(
    ("en perfusion de", "en perfusion sur", "perfusion de", "en perfusion lente de", "perfuse en", "perfuses en", "a perfuser en",
     "a passer en", "a administrer en", "en perfusion continue de", "a administrer sur",
     "en perfusion pendant", "passe en", "passee en", "a passer sur", "passee sur", "perfuse sur"), "",
))  # fmt: skip
_IN_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}
_CLOCK = (TimeUnit.HOUR, TimeUnit.MINUTE)
_AT_MOST = Phrases(dict.fromkeys(("avec un", "sans depasser", "ne pas depasser", "au"), ""))

_NOT_LENGTH = ("par", "chaque", "toutes")  # «10 jours par mois» is no length of the treatment
_PAUSES = ("stop", "pause", "repos")


def _perfused(tokens: Tokens, at: int) -> tuple[Giving, int] | None:
    """«en perfusion de 2 h», «en 30 minutes»."""
    led = _PERFUSED.at(tokens, at)
    over = span(tokens, at + 1 if led is None else led[1])
    if over is None or over[0].unit not in _CLOCK or (led is None and key(tokens, at) != "en"):
        return None
    in_a_day = (
        led is None and over[0].unit is TimeUnit.HOUR and over[0].value >= 24
    )  # «3 g en 24 heures»: given over them, or by day?
    return None if in_a_day else (Giving(Rate(over=over[0])), over[1])


def _bounded(tokens: Tokens, at: int) -> tuple[Lasting, int] | None:
    """«ne pas dépasser 3 jours», «avec un maximum de 7 jours»."""
    led = _AT_MOST.at(tokens, at)
    if led is None or not (key(tokens, led[1]) == "max" or key(tokens, at) in ("sans", "ne")):
        return None
    found = span(tokens, skip(tokens, led[1], "max", "de"))
    return None if found is None or found[0].unit in _CLOCK else (Lasting(span=found[0], at_most=True), found[1])


def _pause(tokens: Tokens, at: int) -> tuple[AfterPause, int] | None:
    """«7 jours d'arrêt», «arrêt 7 jours»."""
    if key(tokens, at) in _PAUSES:
        off = span(tokens, skip(tokens, at + 1, "de", "pendant"))
        return None if off is None else (AfterPause(off[0]), off[1])
    off = span(tokens, skip(tokens, at, "pendant"))
    if off is None or key(tokens, off[1]) not in ("d'", "de") or key(tokens, off[1] + 1) not in _PAUSES:
        return None
    return AfterPause(off[0]), off[1] + 2


def _led_by(tokens: Tokens, at: int) -> tuple[str, int]:
    """The word that leads a length of time, and where the length begins: «pendant», «pour une durée de», «x», «qsp»."""
    led = key(tokens, at)
    if led in ("pour", "pendant", "sur") and [key(tokens, at + each) for each in (1, 2, 3)] == ["1", "duree", "de"]:
        at, led = at + 2, "duree"
    start = skip(tokens, at, led) if led in ("pendant", "x", "qsp", "pour", "max", "sur", "duree") else at
    if led == "duree":
        start = skip(tokens, start, ":", "de", ":")
    elif led in ("pendant", "les"):
        start = skip(tokens, start, "les")
    return led, skip(tokens, start, "max", "de") if led in ("max", "pendant") else start


def lasting(tokens: Tokens, at: int) -> tuple[Lasting | AfterPause | Giving, int] | None:
    """«pendant 7 jours», «pdt 5 à 7 j», «x 10 j», «QSP 1 mois», «30j», «maximum 7 jours»; «7 jours d'arrêt»."""
    settled = _perfused(tokens, at) or _bounded(tokens, at) or _pause(tokens, at)
    if settled is not None:
        return settled
    led = key(tokens, at)
    if led in ("en", "stop") or (led == "max" and _AT_MOST.at(tokens, at) is not None):
        return None
    led, start = _led_by(tokens, at)
    found = span(tokens, start)
    if found is None or (
        led == "sur" and found[0].unit in (TimeUnit.DAY, TimeUnit.WEEK) and key(tokens, at - 1) in TIMES
    ):
        return None
    length, end = found
    if length.unit in _CLOCK:
        return _by_the_clock(tokens, length, led, end)
    if key(tokens, end) in (
        _NOT_LENGTH if start > at else (*_NOT_LENGTH, "/", "sur", "avant", "apres", "plus", "entre")
    ):
        return None
    in_a_row = (key(tokens, end), key(tokens, end + 1)) in (("de", "suite"), ("d'", "affilee"))
    after = end + 2 if in_a_row else skip(tokens, end, "consecutifs", "suivants")
    if led == "les" and after == end:
        return None
    end = after
    if (key(tokens, end), key(tokens, end + 1)) in (("au", "plus"), ("au", "max")):
        return Lasting(span=length, at_most=True), end + 2
    return Lasting(span=length, at_most=led == "max" or key(tokens, end) == "max"), skip(tokens, end, "max")


def flow(tokens: Tokens, at: int) -> tuple[Giving, int] | None:
    """«50 ml/h», «2 l par minute», «20 gouttes/min»: an amount in a time is how fast, not how often."""
    found = amount(tokens, at)
    if found is None:
        return None
    fast, end = found
    unit = TIMES.get(key(tokens, end + 1))
    if key(tokens, end) not in ("/", "par") or unit not in _CLOCK or fast.unit is None or fast.high or fast.per:
        return None
    if unit is TimeUnit.HOUR and fast.unit in COUNTED and fast.unit is not DoseUnit.DROP:
        return None
    return Giving(Rate(amount=plain(fast.amount), unit=fast.unit, per=unit)), end + 2


def _by_the_clock(tokens: Tokens, length: Span, led: str, end: int) -> tuple[Lasting | Giving, int] | None:
    """«pendant 48 heures» is how long it goes on; «pendant 30 minutes», «sur 2 h», how long it is given."""
    if number(tokens, end) is not None and tokens[end].start == tokens[end - 1].end:
        return None  # «20h30 jours»
    if led == "pendant" and length.unit is TimeUnit.HOUR and length.value >= 24:
        return Lasting(span=length), end
    return (Giving(Rate(over=length)), end) if led in ("pendant", "sur") else None


def period(tokens: Tokens, at: int) -> tuple[int, int | None, TimeUnit, int] | None:
    """«par jour», «/j», «/8h», «par 24 heures», «/ 2 semaines»: how many of which, and the place after."""
    if key(tokens, at) not in ("/", "par"):
        return None
    at += 1
    if key(tokens, at) in _PERIODS:
        return 1, None, _PERIODS[key(tokens, at)], at + 1
    if key(tokens, at) == "heure":
        return 1, None, TimeUnit.HOUR, at + 1
    found = span(tokens, at)
    if found is None or found[0].unit is TimeUnit.MINUTE:
        return None
    return found[0].value, found[0].high, found[0].unit, found[1]


_EVERY_DAY = Phrases({
    **dict.fromkeys(("chaque heure", "toutes les heure"), TimeUnit.HOUR),
    **dict.fromkeys(("chaque semaine", "toutes les semaine", "hebdomadaire", "hebdo"), TimeUnit.WEEK),
    **dict.fromkeys(("chaque mois", "toutes les mois", "mensuel", "mensuelle", "mensuellement"), TimeUnit.MONTH),
    **dict.fromkeys(("chaque an", "toutes les an", "annuel", "annuellement"), TimeUnit.YEAR),
})  # fmt: skip


_LATIN = {"bid": 2, "tid": 3, "qid": 4}  # «qd», «od» are taken for one another: not read


def often(tokens: Tokens, at: int) -> tuple[Often | Days, int] | None:
    """«3 fois par jour», «x3/j», «toutes les 6 heures», «q8h», «/j», «un jour sur deux», «21 jours sur 28»."""
    each = _EVERY_DAY.at(tokens, at)
    if each is not None:
        return Often(times=1, period=each[0]), each[1]
    if key(tokens, at) in _LATIN:
        return Often(times=_LATIN[key(tokens, at)]), at + 1
    return _so_many_times(tokens, at) or _each_so_long(tokens, at) or _some_days_of(tokens, at)


def _so_many_times(tokens: Tokens, at: int) -> tuple[Often, int] | None:
    """«3 fois par jour», «3x/j», «x3/j», «1 à 2 fois/jour», «en 3 prises par jour», «par jour»."""
    start = skip(tokens, at, "x")
    numbers = ranged(tokens, start)
    if numbers is None:
        alone = period(tokens, at)
        return None if alone is None else (_every(None, None, alone), alone[3])
    low, high, end, hyphen = numbers
    end = skip(tokens, end, "seule") if low == 1 and key(tokens, end + 1) in ("fois", "prise") else end
    said = key(tokens, end) in ("fois", "x", "prise")
    end = skip(tokens, end, key(tokens, end)) if said else end
    per = period(tokens, end)
    if per is None and said and key(tokens, end) in ("toutes", "chaque"):
        again = _each_so_long(tokens, end) or _EVERY_DAY.at(tokens, end)
        if again is not None:
            kind = again[0]
            every = (kind.every, kind.every_high, kind.period) if isinstance(kind, Often) else (1, None, kind)
            per = (*every, again[1])
    if per is None or (start == at and not said) or (hyphen and not said):
        return None
    if low % 1 or not 1 <= low <= 100 or (high is not None and (high % 1 or not low < high <= 100)):
        return None
    return _every(int(low), None if high is None else int(high), per), per[3]


def _every(low: int | None, high: int | None, per: tuple[int, int | None, TimeUnit, int]) -> Often:
    every, every_high, unit, _ = per
    if (every, unit) == (24, TimeUnit.HOUR) and every_high is None:
        every, unit = 1, TimeUnit.DAY
    if low is None and (every > 1 or every_high is not None):
        low = 1  # «/8h»: one take each
    return Often(times=low, times_high=high, every=every, every_high=every_high, period=unit)


def _each_so_long(tokens: Tokens, at: int) -> tuple[Often, int] | None:
    """«toutes les 4 à 6 heures», «tous les 2 jours», «q8h», «chaque 8 h»."""
    if key(tokens, at) == "toutes" and key(tokens, at + 1) == "les":
        at += 2
    elif key(tokens, at) in ("q", "chaque"):
        at += 1
    else:
        return None
    found = span(tokens, at)
    if found is None or found[0].unit is TimeUnit.MINUTE:
        return None
    length = found[0]
    return Often(times=1, every=length.value, every_high=length.high, period=length.unit), found[1]


def _some_days_of(tokens: Tokens, at: int) -> tuple[Often | Days, int] | None:
    """«un jour sur deux», «1 j/2», «21 jours sur 28», «3 semaines sur 4»."""
    at = skip(tokens, at, "pendant")
    some, unit = whole(tokens, at, 366), key(tokens, at + 1)
    if some is not None and unit == "jour" and (again := _again(tokens, at + 2)) is not None:
        ok = some < again[0] <= 366
        return (Days(cycle=Cycle(length=again[0], days=tuple(range(1, some + 1)))), again[1]) if ok else None
    of = whole(tokens, at + 3, 366)
    if some is None or unit not in ("jour", "semaine") or key(tokens, at + 2) not in ("sur", "/") or of is None:
        return None
    end = skip(tokens, at + 4, unit)
    if some >= of:
        return None
    if some == 1 and unit == "jour":
        return Often(times=1, every=of, some_days=True), end
    scale = 7 if unit == "semaine" else 1
    if of * scale > 366:
        return None
    cycle = Cycle(length=of * scale, days=tuple(range(1, some * scale + 1)))
    return Days(cycle=cycle, by_weeks=unit == "semaine"), end


def _again(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """«5 jours par semaine», «5 jours tous les 28 jours», «14 jours toutes les 3 semaines»: the length of the cycle in days."""
    if (key(tokens, at), key(tokens, at + 1)) in (("par", "semaine"), ("/", "semaine")):
        return 7, at + 2
    if (key(tokens, at), key(tokens, at + 1)) != ("toutes", "les"):
        return None
    found = span(tokens, at + 2)
    days = None if found is None or found[0].high is not None else _IN_DAYS.get(found[0].unit)
    return None if found is None or days is None else (found[0].value * days, found[1])
