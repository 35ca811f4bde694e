"""Reading of what is shared between takes, given again, or so many times in all."""

from ordonum.model.dosage import Span, TimeUnit
from ordonum.texts.dosage import rhythms
from ordonum.texts.dosage.amounts import Tokens, key, skip, span, whole
from ordonum.texts.dosage.facts import Again, Ceiling, Count, Fact, InTakes, Often, Whole
from ordonum.texts.dosage.tokens import Phrases
from ordonum.texts.dosage.vocabulary import AS_NEEDED

_SHARED = Phrases(dict.fromkeys(
    ("en", "repartis en", "reparti en", "a repartir en", "divise en", "divises en", "repartie en", "reparties en"), "",
))  # fmt: skip
_AGAIN = Phrases(dict.fromkeys(
    ("a renouveler dans", "a renouveler apres", "a renouveler 1 fois dans", "a renouveler 1 fois apres", "a repeter dans",
     "renouveler dans", "a renouveler 1 fois", "a repeter 1 fois apres", "a repeter apres"), "",
))  # fmt: skip
_RHYTHM = Phrases(dict.fromkeys(("a renouveler toutes", "renouveler toutes", "a repeter toutes"), ""))
_LATER = Phrases(dict.fromkeys(("a renouveler", "a repeter", "renouveler", "repeter"), ""))
_WHOLE = Phrases(
    dict.fromkeys(("le toutes pendant", "le tout pendant", "pour une duree totale de", "duree totale :"), "")
)
_IF_NEEDED = Phrases(dict.fromkeys(
    (f"{led} si {why} {wait}" for led in ("a renouveler", "a repeter", "renouveler", "a renouveler 1 fois")
     for why in ("besoin", "necessaire") for wait in ("apres", "au bout de", "toutes les", "dans")), "",
))  # fmt: skip


def shared(tokens: Tokens, at: int) -> tuple[Fact, int] | None:
    """«en 3 prises», «à renouveler dans 15 jours», «2 prises en tout», «le tout pendant 3 mois»."""
    count = whole(tokens, at, 100)
    if count is not None and key(tokens, at + 1) in ("prise", "fois") and key(tokens, at + 2) == "en":
        return (Count(count), at + 4) if key(tokens, at + 3) == "toutes" else None
    all_of_it = _WHOLE.at(tokens, at)
    if all_of_it is not None:
        found = span(tokens, all_of_it[1])
        return None if found is None else (Whole(found[0]), found[1])
    return _again(tokens, at) or _in_takes(tokens, at)


def _again(tokens: Tokens, at: int) -> tuple[Fact, int] | None:
    """«à renouveler après 4 h si besoin» is the least time between takes; «à renouveler dans 15 jours», a second take."""
    needed = _IF_NEEDED.at(tokens, at)
    if needed is not None:
        wait = span(tokens, needed[1])
        return None if wait is None else (Ceiling(field="apart", span=wait[0]), wait[1])
    each = _RHYTHM.at(tokens, at)
    if each is not None:
        return _each_time(tokens, each[1] - 1)
    later = _LATER.at(tokens, at)
    wait = None if later is None else span(tokens, later[1])
    needed = None if wait is None else AS_NEEDED.at(tokens, skip(tokens, wait[1], "apres", "plus", "tard"))
    if wait is not None and needed is not None:  # «à renouveler 10 minutes après si besoin»
        return Ceiling(field="apart", span=wait[0]), needed[1]
    again = _AGAIN.at(tokens, at)
    found = None if again is None else span(tokens, again[1])
    if found is None:
        return None
    end = skip(tokens, found[1], "plus", "tard")
    needed = AS_NEEDED.at(tokens, end)
    return (Again(found[0]), end) if needed is None else (Ceiling(field="apart", span=found[0]), needed[1])


def _each_time(tokens: Tokens, at: int) -> tuple[Fact, int] | None:
    """«à renouveler toutes les 6 heures»; with «si besoin», the least time between takes."""
    rhythm = rhythms.often(tokens, at)
    if rhythm is None or not isinstance(rhythm[0], Often):
        return None
    needed = AS_NEEDED.at(tokens, rhythm[1]) if rhythm[0].period is TimeUnit.HOUR else None
    apart = Span(rhythm[0].every, TimeUnit.HOUR, rhythm[0].every_high)
    return rhythm if needed is None else (Ceiling(field="apart", span=apart), needed[1])


def _in_takes(tokens: Tokens, at: int) -> tuple[InTakes, int] | None:
    led = _SHARED.at(tokens, at)
    count = None if led is None else whole(tokens, led[1], 24)
    if (
        led is None
        or count is None
        or key(tokens, led[1] + 1) not in ("prise", "fois", "administrations", "injections")
    ):
        return None
    return InTakes(count), led[1] + 2
