"""Reading of what is never passed, of the least time between takes, and of changes of dose."""

from ordonum.model.dosage import Span, TimeUnit
from ordonum.texts.dosage.amounts import Tokens, amount, key, skip, span, whole
from ordonum.texts.dosage.facts import Amount, Ceiling, Change
from ordonum.texts.dosage.rhythms import period as period_at
from ordonum.texts.dosage.tokens import Phrases

_LEADS = Phrases(dict.fromkeys(
    ("max", "au plus", "jamais plus de", "max de", "max :",
     "avec un max de", "avec un max a", "avec max", "au max", "dose max", "dose max de",
    "sans depasser",
     "ne pas depasser", "ne jamais depasser", "sans jamais depasser", "dose max :", "jusqu'a un max de", "posologie max",
     "dans la limite de", "avec un max", "a ne pas depasser", "pas plus de", "ne pas prendre plus de", "jusqu'a",
     "un max de", "dose max recommandee"), "",
))  # fmt: skip
_TOTAL = Phrases(
    dict.fromkeys(
        ("en toutes", "en tout", "au total", "dans la vie", "dose cumulee", "sur la vie entiere", "en toute la vie"), ""
    )
)
_TAKE = Phrases(
    dict.fromkeys(("/prise", "par prise", "a chaque prise", "a la fois", "en 1 prise", "en 1 seule prise"), "")
)
_APART_LEADS = Phrases(dict.fromkeys(
    ("en respectant", "au moins", "espacer les prise de", "espacer les prise d'au moins", "en espacant les prise de",
     "en espacant les prise d'au moins", "intervalle min de", "intervalle minimum de", "intervalle minimal de",
     "avec un intervalle de", "avec un intervalle minimum de", "avec un intervalle d'au moins", "en respectant un intervalle de",
     "respecter", "minimum", "avec au moins", "delai min de", "en respectant au moins", "intervalle de", "espacees de",
     "espacees d'au moins", "espaces d'au moins", "en respectant un delai de", "prise espacees d'au moins",
     "respecter un intervalle de", "en respectant un intervalle minimum de", "en respectant un intervalle d'au moins"), "",
))  # fmt: skip
_APART = Phrases(dict.fromkeys(
    ("entre 2 prise", "entre les prise", "entre chaque prise", "entre 2 administrations", "entre 2 injections", "entre les doses",
     "entre 2 doses", "entre 2 applications", "d'intervalle", "d'intervalle entre les prise", "d'intervalle entre 2 prise",
     "d'intervalle minimum", "entre deux"), "",
))  # fmt: skip


def ceiling(tokens: Tokens, at: int, *, after: bool = False) -> tuple[Ceiling, int] | None:
    """«max 4/j», «4000 mg maximum par jour», «dose max/prise de 1000 mg»; `after` another: «et de 4 comprimés par jour»."""
    return _apart(tokens, at) or _led(tokens, at) or _trailing(tokens, at, after=after)


def _led(tokens: Tokens, at: int) -> tuple[Ceiling, int] | None:
    lead = _LEADS.at(tokens, at)
    if lead is None:
        return None
    scope = _scope(tokens, lead[1])
    if scope is not None:  # «dose max/prise de 1000 mg»
        found = amount(tokens, skip(tokens, scope[2], "de", ":"))
        return None if found is None else (Ceiling(field=scope[0], amount=found[0], span=scope[1]), found[1])
    takes = _takes(tokens, lead[1])
    if takes is not None:
        return takes
    found = amount(tokens, skip(tokens, lead[1], "a"))
    if found is None or found[0].high is not None:
        return None
    scope = _scope(tokens, found[1])
    return None if scope is None else (Ceiling(field=scope[0], amount=found[0], span=scope[1]), scope[2])


def _takes(tokens: Tokens, at: int) -> tuple[Ceiling, int] | None:
    """«3 prises par jour», «4 fois/j»."""
    count = whole(tokens, at, 100)
    if count is None or key(tokens, at + 1) not in ("fois", "prise", "x"):
        return None
    scope = _scope(tokens, at + 2)
    return (Ceiling(field="takes_per_day", takes=count), scope[2]) if scope and scope[0] == "per_day" else None


def _scope(tokens: Tokens, at: int) -> tuple[str, Span | None, int] | None:
    """The field of `Limits`, the period where it is none of the fixed ones, the place after."""
    take = _TAKE.at(tokens, at)
    if take is not None:
        return "per_take", None, take[1]
    total = _TOTAL.at(tokens, at)
    if total is not None:
        return "lifetime", None, total[1]
    if key(tokens, at) in ("en", "sur") and span(tokens, at + 1) == (Span(24, TimeUnit.HOUR), at + 3):
        return "per_day", None, at + 3
    found = period_at(tokens, at)
    if found is None or found[1] is not None:
        return None
    count, _, unit, end = found
    if (count, unit) in ((1, TimeUnit.DAY), (24, TimeUnit.HOUR)):
        return "per_day", None, end
    return "per_period", Span(count, unit), end


def _trailing(tokens: Tokens, at: int, *, after: bool) -> tuple[Ceiling, int] | None:
    """«4000 mg maximum par jour», «6 par jour maximum», «6/j max»."""
    start = skip(tokens, at, "et", "de") if after else at
    found = _bare_takes(tokens, start) or amount(tokens, start)
    if found is None:
        return None
    limited, end = found
    if isinstance(limited, Amount) and limited.high is not None:
        return None
    early = key(tokens, end) == "max" or (key(tokens, end), key(tokens, end + 1)) == ("au", "max")
    end = skip(tokens, skip(tokens, end, "au"), "max") if early else end
    scope = _scope(tokens, end)
    if scope is None:
        return None
    field, length, end = scope
    late = key(tokens, end) == "max" or (key(tokens, end), key(tokens, end + 1)) == ("au", "max")
    if not (early or late or (after and start > at)) or (late and _is_led(tokens, end)):
        return None
    end = skip(tokens, skip(tokens, end, "au"), "max") if late else end
    if isinstance(limited, Amount):
        return Ceiling(field=field, amount=limited, span=length), end
    return (Ceiling(field="takes_per_day", takes=limited), end) if field == "per_day" else None


def _is_led(tokens: Tokens, at: int) -> bool:
    """Whether the «max» at that place leads a limit of its own («1 cp 3/j max 4/j»), or what may be one («max 1 g»)."""
    after = skip(tokens, at, "au", "max", ":", "de")
    return _led(tokens, at) is not None or amount(tokens, after) is not None or span(tokens, after) is not None


def _bare_takes(tokens: Tokens, at: int) -> tuple[int, int] | None:
    count = whole(tokens, at, 100)
    return (count, at + 2) if count is not None and key(tokens, at + 1) in ("fois", "prise", "x") else None


def _apart(tokens: Tokens, at: int) -> tuple[Ceiling, int] | None:
    """«4 h entre 2 prises», «en respectant 4 heures minimales entre 2 prises», «espacer les prises de 6 h»."""
    lead = _APART_LEADS.at(tokens, at)
    start = skip(tokens, at, "a") if lead is None else skip(tokens, lead[1], "au", "moins")
    found = span(tokens, start)
    if found is None or found[0].unit not in (
        TimeUnit.HOUR,
        TimeUnit.MINUTE,
        TimeUnit.DAY,
        TimeUnit.WEEK,
        TimeUnit.MONTH,
    ):
        return None
    length, end = found
    end = skip(tokens, end, "minimales", "minimum", "minimale", "min", "au", "moins")
    tail = _APART.at(tokens, end)
    if tail is None and not (
        (lead is not None and key(tokens, at) in ("espacer", "intervalle", "espacees", "espaces"))
        or key(tokens, at + 1) == "espacant"
        or (lead is not None and any(each.key == "intervalle" for each in tokens[at:start]))
    ):
        return None
    return Ceiling(field="apart", span=length), end if tail is None else tail[1]


_CHANGES = Phrases({
    **dict.fromkeys(("diminuer de", "a diminuer de", "en diminuant de", "baisser de", "en baissant de", "reduire de",
                     "diminution de", "decroissance de", "puis diminuer de"), -1),
    **dict.fromkeys(("augmenter de", "a augmenter de", "en augmentant de", "puis augmenter de"), 1),
})  # fmt: skip


def change(tokens: Tokens, at: int) -> tuple[Change, int] | None:
    """«diminuer de 5 mg tous les 3 jours jusqu'à arrêt», «augmenter de 25 mg par semaine jusqu'à 100 mg»."""
    lead = _CHANGES.at(tokens, at)
    if lead is None:
        return None
    by = amount(tokens, lead[1])
    if by is None or by[0].high is not None:
        return None
    end = by[1]
    if (key(tokens, end), key(tokens, end + 1)) == ("toutes", "les"):
        each = span(tokens, end + 2)
    else:
        per = period_at(tokens, end)
        each = None if per is None else (Span(per[0], per[2]), per[3])
    if each is None or key(tokens, each[1]) != "jusqu'" or key(tokens, each[1] + 1) != "a":
        return None
    if lead[0] < 0:
        end = skip(tokens, each[1] + 2, "l'")
        return (Change(by=by[0], each=each[0]), end + 1) if key(tokens, end) == "stop" else None
    goal = amount(tokens, each[1] + 2)
    return None if goal is None else (Change(by=by[0], each=each[0], up_to=goal[0]), goal[1])
