"""French text of a dosage → structure, only where every word of it was understood. Linear in the length of the text, pure."""

from decimal import Decimal

import msgspec
from msgspec import Struct

from ordonum.model.dosage import Dosage, DoseUnit, Span, TimeUnit
from ordonum.texts.dosage import amounts, days, labels, limits, moments, repeats, rhythms
from ordonum.texts.dosage.assembling import Unclear, assembled
from ordonum.texts.dosage.facts import (
    Also,
    Amount,
    Ceiling,
    Days,
    End,
    Equal,
    Fact,
    InTakes,
    Lasting,
    Multiplied,
    Often,
    Once,
    Takes,
    Then,
    Words,
)
from ordonum.texts.dosage.free import Reader
from ordonum.texts.dosage.saying import say
from ordonum.texts.dosage.tokens import SIGN, Phrases, Token, clean, split
from ordonum.texts.dosage.units import COUNTED

TEXT_MAX = 2_000
_LEFT_MAX = 20


class Reading(Struct, frozen=True, kw_only=True):
    """What a text was read as. `dosage` only where every word was understood; `left`: the words that were not; `why`: in
    French, what has two readings or contradicts itself; `shown`: the reading in words, to show to who typed it.
    """

    dosage: Dosage | None = None
    left: tuple[str, ...] = ()
    why: str = ""
    shown: str = ""

    @property
    def understood(self) -> bool:
        """Whether the whole text was."""
        return self.dosage is not None


_SKIPPED = frozenset(',.:-()«»"+!')
_FORMS = (
    "gel",
    "creme",
    "pommade",
    "solution",
    "sirop",
    "lotion",
    "collyre",
    "comprime",
    "gelule",
    "mousse",
    "shampooing",
    "suspension",
)
_NOISE = Phrases(dict.fromkeys(
    ("prendre", "a prendre", "appliquer", "a appliquer", "mettre", "poser", "a poser", "remplacer",
    "poser/remplacer", "instiller",
     "injecter", "a injecter", "administrer", "a administrer", "inhaler", "donner", "faire", "posologie :", "par prise", "/prise",
     "a raison de", "a changer", "changer", "a la vitesse de", "a coller", "coller", "a inhaler", "a instiller",
     "a mettre", "a poursuivre", "avaler", "a avaler", "pris", "de creme", "de gel", "de pommade", "de lotion",
     "de collyre", "de sirop", "de solution", "de solution buvable", "de suspension", "a chaque prise",
     "traitement de", "duree du traitement :", "la posologie est de", "posologie de", "la posologie :",      "la dose est de",
     *(f"{form} :" for form in _FORMS)), "",
))  # fmt: skip
_SAID: Phrases[Fact] = Phrases({
    "a jeun a chaque prise": Words("instruction", "à jeun à chaque prise"),
    **dict.fromkeys(
        ("prise unique", "en prise unique", "dose unique", "en dose unique", "en 1 dose unique", "en 1 prise unique", "d'emblee",
         "1 seule fois", "en 1 seule fois", "une fois seulement", "unidose unique", "en 1 fois unique", "dose de charge",
         "dose de charge de", "dose de charge :", "en dose de charge",
         "1 dose de charge de"), Once()),
    **dict.fromkeys(("en 1 seule prise", "en 1 prise", "en 1 fois"), InTakes(1)),
    **dict.fromkeys(("en alternance", "en alternance avec", "en alternant", "alterner", "alternativement", "l'autre jour",
     "un autre jour"), Days(alternating=True)),
    **dict.fromkeys(("toutes les jour", "chaque jour", "tous les jours", "quotidien", "quotidienne",
     "quotidiennement"), Days(daily=True)),
    **dict.fromkeys(("puis stop", "et stop", "puis l'arret"), End()),
    **dict.fromkeys(
        ("puis", ">", "puis apres", "puis ensuite", "suivi de", "suivis de", "suivie de", "suivies de", "suivi d'1",
        "et puis"), Then()),
    ";": Also(),
    **dict.fromkeys(("application", "applications"), Amount(amount=Decimal(1), unit=DoseUnit.APPLICATION)),
})  # fmt: skip
# Said after what begins with the same words («le premier jour de chaque mois», «le lendemain de l'examen»).
_LATE: Phrases[Fact] = Phrases({
    **dict.fromkeys(("le premier jour", "le 1er jour"), Lasting(span=Span(1, TimeUnit.DAY), first=True)),
    **dict.fromkeys(("le lendemain", "le jour suivant"), Days(next_day=True)),
})  # fmt: skip


def read(text: str, *, unit: DoseUnit | None = None) -> Reading:
    """The text as a structure, or why not. `unit`: what the medicine counts in, where the text names none («1-0-1»).

    What is understood is said, in figures and in words, and read again: a structure that its own sentence does not give back is
    not understood.
    """
    found = _read(text, unit)
    if found.dosage is None:
        return found
    words = say(found.dosage, in_words=True)
    if len(words) > TEXT_MAX:
        return _kept(text, "posologie trop longue pour être relue")
    if any(_read(said, None).dosage != found.dosage for said in (found.shown, words)):
        return _kept(text, "sa relecture ne dirait pas la même chose")
    return found


def _kept(text: str, why: str) -> Reading:
    whole = " ".join(clean(text).split())
    return Reading(left=(whole,) if whole else (), why=why)


def _read(text: str, unit: DoseUnit | None) -> Reading:
    if len(text) > TEXT_MAX:
        return Reading(why=f"texte de plus de {TEXT_MAX} caractères")
    cleaned = clean(text)
    tokens = split(cleaned)
    facts, left = _facts(tokens, Reader(cleaned, tokens), cleaned)
    if left:
        return Reading(left=tuple(left[:_LEFT_MAX]))
    try:
        dosage = msgspec.convert(msgspec.to_builtins(assembled(facts, unit)), Dosage)
    except Unclear as unclear:
        return _kept(text, unclear.why)
    except (ValueError, ArithmeticError):  # a bound of the model
        return _kept(text, "valeur hors de ce qui se prescrit")
    return Reading(dosage=dosage, shown=say(dosage))


def _facts(tokens: list[Token], reader: Reader, cleaned: str) -> tuple[list[Fact], list[str]]:
    """Every fact of the text in its order, and the words that none of them took."""
    facts: list[Fact] = []
    left: list[tuple[int, int]] = []
    at, broken, empty = 0, False, False
    while at < len(tokens):
        found = _fact(tokens, at, reader, facts)
        if found is not None:
            facts.append(found[0])
            at, broken = found[1], False
            continue
        nothing = _nothing(tokens, at)
        if nothing is not None:
            at, empty = nothing, True
            continue
        if facts and _links(tokens, at, reader, facts):
            at += 1
            continue
        noise = _NOISE.at(tokens, at)
        if noise is not None:
            at = noise[1]
        elif tokens[at].kind == SIGN and tokens[at].key in _SKIPPED:
            at += 1
        else:
            begun = left.pop()[0] if broken else tokens[at].start
            left.append((begun, tokens[at].end))
            at, broken = at + 1, True
            continue
        broken = False
    if empty and not any(isinstance(each, Takes) for each in facts):  # «0 le soir», of no other take
        left.append((0, len(cleaned)))
    return facts, [cleaned[start:end] for start, end in left]


def _nothing(tokens: list[Token], at: int) -> int | None:
    """The place after «0 le midi», said between takes."""
    if amounts.number(tokens, at) != 0 or amounts.key(tokens, at + 1) == "-":
        return None
    unit = amounts.UNITS.at(tokens, at + 1)
    found = moments.takes(tokens, at + 1 if unit is None else unit[1])
    return None if found is None or found[0].at else found[1]


def _links(tokens: list[Token], at: int, reader: Reader, facts: list[Fact]) -> bool:
    """«et», and «/» of «matin/midi/soir», between two things that go together; elsewhere a word is missing."""
    last = facts[-1]
    if tokens[at].key == "/":
        return isinstance(last, Takes) and moments.takes(tokens, at + 1) is not None
    if tokens[at].key != "et" or at + 1 >= len(tokens):
        return False
    following = _fact(tokens, at + 1, reader, facts)
    if following is None or isinstance(following[0], (Lasting, Then, Also)):
        return following is None and _NOISE.at(tokens, at + 1) is not None
    return not isinstance(last, (Words, Lasting)) or isinstance(following[0], (Words, Ceiling))


def _fact(tokens: list[Token], at: int, reader: Reader, facts: list[Fact]) -> tuple[Fact, int] | None:
    """The fact that begins here: the most particular reader first."""
    last = facts[-1] if facts else None
    said = _SAID.at(tokens, at)
    return (
        limits.change(tokens, at)
        or said
        or limits.ceiling(tokens, at, after=isinstance(last, Ceiling))
        or amounts.pattern(tokens, at)
        or rhythms.flow(tokens, at)
        or (_times(tokens, at) if isinstance(last, Amount) and last.unit is not None else None)
        or rhythms.often(tokens, at)
        or moments.takes(tokens, at)
        or days.days(tokens, at)
        or _LATE.at(tokens, at)
        or labels.label(tokens, at)
        or _equal(tokens, at, last)
        or repeats.shared(tokens, at)
        or rhythms.lasting(tokens, at)
        or reader.words(at)
        or _multiplied(tokens, at)
        or amounts.amount(tokens, at)
        or _from(tokens, at)
    )


def _multiplied(tokens: list[Token], at: int) -> tuple[Multiplied, int] | None:
    """«3 x» before «1 cp»."""
    times = amounts.whole(tokens, at, 24)
    dose = amounts.amount(tokens, at + 2) if times is not None and amounts.key(tokens, at + 1) == "x" else None
    return None if times is None or dose is None or dose[0].unit is None else (Multiplied(times), at + 2)


def _from(tokens: list[Token], at: int) -> tuple[Fact, int] | None:
    """«de 1 à 3 comprimés»; «à 80 ml/h»."""
    fast = rhythms.flow(tokens, at + 1) if amounts.key(tokens, at) in ("a", "de") else None
    if fast is not None:
        return fast
    found = amounts.amount(tokens, at + 1) if amounts.key(tokens, at) == "de" else None
    return found if found is not None and found[0].high is not None else None


def _times(tokens: list[Token], at: int) -> tuple[Often, int] | None:
    """«3/j», «2 à 3/j» after an amount that has its unit: so many times."""
    found = amounts.amount(tokens, at)
    if found is None or found[0].unit is not None:
        return None
    per = rhythms.period(tokens, found[1])
    if per is None or found[0].amount % 1 or (found[0].high or 0) % 1 or found[0].amount > 100:
        return None
    high = None if found[0].high is None else int(found[0].high)
    many, unit = (
        (1, TimeUnit.DAY) if per[:3] == (24, None, TimeUnit.HOUR) else (per[0], per[2])
    )  # «6/24 h» is six a day
    return Often(times=int(found[0].amount), times_high=high, every=many, every_high=per[1], period=unit), per[3]


def _equal(tokens: list[Token], at: int, last: Fact | None) -> tuple[Equal, int] | None:
    """«soit 2 gélules»; «1000 mg équivalant à 2 gélules»."""
    if amounts.key(tokens, at) in ("de", "a") and isinstance(last, (Amount, Equal)):  # «2 cp de 500 mg»: each
        one = last.same if isinstance(last, Equal) else last
        each = amounts.amount(tokens, at + 1)
        if (
            each is None
            or rhythms.flow(tokens, at + 1) is not None
            or one.unit not in COUNTED
            or each[0].unit is None
            or each[0].unit in COUNTED
        ):
            return None
        return Equal(each[0], Amount(amount=Decimal(1), unit=one.unit)), each[1]
    if amounts.key(tokens, at) == "soit":
        same = amounts.amount(tokens, at + 1)
        if same is None or same[0].unit is None:
            return None
        per = rhythms.period(tokens, same[1])
        if per is not None and per[:3] in ((1, None, TimeUnit.DAY), (24, None, TimeUnit.HOUR)):
            return Equal(same[0], day=True), per[3]
        return Equal(same[0]), same[1]
    of = amounts.amount(tokens, at)
    if of is not None and amounts.key(tokens, at - 1) == "(" and amounts.key(tokens, of[1]) in (")", "de"):
        return (Equal(of[0], bare=True), of[1]) if of[0].unit is not None else None
    if of is None or (amounts.key(tokens, of[1]), amounts.key(tokens, of[1] + 1)) != ("equivalant", "a"):
        return None
    same = amounts.amount(tokens, of[1] + 2)
    return None if same is None else (Equal(same[0], of[0]), same[1])
