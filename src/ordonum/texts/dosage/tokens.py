"""A text of dosage as words, numbers and signs: without accents, case, nor abbreviations of time; numbers in words are numbers.

One pass, no backtracking: the time is linear. What could be two numbers («1.000», «.5», «1,5,2», «2 500 mg») is no number.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Generic, TypeVar

from msgspec import Struct

from ordonum.texts import words

NUMBER, WORD, SIGN, UNREADABLE = "number", "word", "sign", "?"
_RAW = re.compile(
    r"\s+|(?P<number>[0-9]+(?:[.,][0-9]+)*)|(?P<sign>[½¼¾⅓⅔])|(?P<word>[^\W\d_]+'?)|(?P<other>.)", re.DOTALL
)
_GLUED = re.compile(
    r"(?<![^\W\d_])(cps?|cprs?|comp|gel|sach|mg|ml|g|gttes?|amp|inj|bouff?|suppos?|cac|cas|applic)x(?=\s?[0-9])",
    re.IGNORECASE,
)
_PAIN = re.compile(r"\bdlr(s?)\b", re.IGNORECASE)
_IN = re.compile(r"\bds\s", re.IGNORECASE)
_TYPOGRAPHIC = str.maketrans({
    "\u202f": "\u00a0", "\u2009": "\u00a0", "’": "'", "&": " et ", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "−": "-", "‑": "-",
    "×": "*", "μ": "µ", "•": "-", "“": '"', "”": '"', "\t": " ", "\n": " ", "\r": " ", "→": ">",
})  # fmt: skip
_GLYPHS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "0.333", "⅔": "0.667"}
FRACTIONS = {
    (1, 2): Decimal("0.5"), (1, 4): Decimal("0.25"), (3, 4): Decimal("0.75"), (1, 3): Decimal("0.333"),
    (2, 3): Decimal("0.667"),
}  # fmt: skip
_CANONICAL = {
    alias: canonical
    for canonical, aliases in {
        "jour": "j jr jrs jour jours", "semaine": "sem sems semaine semaines", "heure": "h hr hrs heure heures",
        "minute": "min mn mins minute minutes", "an": "an ans annee annees",
        "pendant": "pendant pdt pdts pend durant", "max": "max maxi maximum maximal maximale maxima",
        "fois": "fois fs f", "toutes": "toutes ttes tts tte toute tous ts tout", "par": "par p", "matin": "matin mat matins",
        "soir": "soir soirs", "midi": "midi midis mid", "repas": "repas", "avant": "avant av", "apres": "apres ap apr",
        "quart": "quart quarts", "demi": "demi demie", "stop": "stop arreter arret stopper", "prise": "prise prises",
        "lundi": "lun lundi lundis", "mardi": "mar mardi mardis", "mercredi": "mer mercredi mercredis",
        "jeudi": "jeu jeudi jeudis", "vendredi": "ven vendredi vendredis", "samedi": "sam samedi samedis",
        "dimanche": "dim dimanche dimanches", "puis": "puis ensuite", "kg": "kg kilo kilos kilogramme kilogrammes",
        "er": "er ere", "eme": "e eme ieme", "dejeuner": "dejeuner dej", "coucher": "coucher couch", "oeil": "oeil oeuil",
    }.items()
    for alias in aliases.split()
}  # fmt: skip


class Token(Struct, frozen=True):
    """A word, a number or a sign; `key` is what it is compared by; `start` and `end` its place in the cleaned text."""

    kind: str
    key: str
    start: int
    end: int
    value: Decimal | None = None


def clean(text: str) -> str:
    """The same text with plain spaces, apostrophes and hyphens. Composed, so that an accent is one character."""
    composed = unicodedata.normalize("NFC", text).translate(_TYPOGRAPHIC).replace("\0", "\ufffd")
    return _GLUED.sub(r"\1 x", _IN.sub("dans ", _PAIN.sub(r"douleur\1", composed)))


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word without case nor accents, its abbreviation of time opened: «J» is «jour»."""
    if word in ("mUI", "mui"):  # milli or mega: a million times more
        return "mui?"
    bare = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    bare = bare.replace("œ", "oe")
    return _CANONICAL.get(bare, bare)


def split(text: str) -> list[Token]:
    """The tokens of a cleaned text."""
    raw = []
    for found in _RAW.finditer(text):
        kind = found.lastgroup
        if kind is not None:
            raw.append(_token(kind, found, text))
    return _joined(raw, text)


def _token(kind: str, found: re.Match[str], text: str) -> Token:
    start, end, said = found.start(), found.end(), found[0]
    if kind == WORD:
        return Token(WORD, fold(said), start, end)
    if kind == NUMBER:
        value = _figures(said)
        return Token(NUMBER if value is not None else UNREADABLE, str(value), start, end, value)
    if said in _GLYPHS:
        return Token(NUMBER, "/" + _GLYPHS[said], start, end, Decimal(_GLYPHS[said]))
    if said == "*":
        return Token(SIGN, "x", start, end)
    # «.5 mg» is no 5 mg: a point or a comma that begins a number makes it unreadable.
    if said in ".," and text[end : end + 1].isdigit() and not text[start - 1 : start].isalpha():
        return Token(UNREADABLE, said, start, end)
    return Token(SIGN, said, start, end)


def _figures(said: str) -> Decimal | None:
    """The number; none where it could be two («1.000»), or is too long to be an amount."""
    whole, *rest = re.split("[.,]", said)
    if len(rest) > 1 or len(whole) > 9:
        return None
    if not rest:
        return Decimal(int(whole))
    if len(rest[0]) > 4 or (int(whole) and len(rest[0]) == 3 and ("." in said or rest[0][-1] == "0")):
        return None
    return plain(Decimal(f"{whole}.{rest[0]}"))


def plain(value: Decimal) -> Decimal:
    """The same number without zeros at the end of its decimals, nor an exponent."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _joined(raw: list[Token], text: str) -> list[Token]:
    """Words of numbers, groups of thousands and fractions, each as one number."""
    tokens: list[Token] = []
    at = 0
    while at < len(raw):
        token, at = _of_words(raw, at) or _grouped(raw, at, text) or _over(raw, at) or (raw[at], at + 1)
        if token.key in ("demi", "quart", "tiers") and token.kind == WORD:
            token = _part(tokens, token)
        tokens.append(token)
    return [each for each in _mixed(tokens) if each.key != "\0"]


_NUMERALS = {fold(words.cardinal(value)) for value in (*range(17), 20, 30, 40, 50, 60, 100, 1000)} | {
    "une", "vingts", "cents",
}  # fmt: skip
_LONGEST = 20  # tokens of the longest number in words


def _of_words(raw: list[Token], at: int) -> tuple[Token, int] | None:
    """A number in words: the longest run of numerals that says a number as it is said."""
    if raw[at].key not in _NUMERALS or raw[at].kind != WORD:
        return None
    end = at + 1
    while end < len(raw) and end - at < _LONGEST and (raw[end].key in _NUMERALS or raw[end].key in ("-", "et")):
        end += 1
    for stop in range(end, at, -1):
        value = _said([each.key for each in raw[at:stop] if each.key != "-"])
        if value is not None and raw[stop - 1].key not in ("-", "et"):
            return _decimals(raw, at, stop, value)
    return None


@lru_cache(maxsize=1024)
def _value(said: str) -> int | None:
    total = current = 0
    values = {**{fold(words.cardinal(v)): v for v in (*range(17), 20, 30, 40, 50, 60)}, "une": 1, "vingts": 20}
    for word in said.split(" "):
        if word == "mille":
            total, current = total + max(current, 1) * 1000, 0
        elif word in ("cent", "cents"):
            current = max(current, 1) * 100
        elif word in ("vingt", "vingts") and current % 100 == 4:
            current += 76
        elif word != "et":
            current += values[word]
    found = total + current
    if found > words.MAX:
        return None
    ways = {fold(words.cardinal(found, feminine=way)).replace("-", " ") for way in (False, True)}
    return found if said in ways or f"{said}s" in ways else None


def _said(keys: list[str]) -> int | None:
    return _value(" ".join(keys))


def _decimals(raw: list[Token], at: int, stop: int, whole: int) -> tuple[Token, int]:
    """«deux virgule zéro sept» is 2.07; without «virgule», the whole number."""
    after = stop
    if after < len(raw) and raw[after].key == "virgule":
        zeros, after = "", after + 1
        while after < len(raw) and raw[after].key == "zero":
            zeros, after = zeros + "0", after + 1
        rest = _of_words(raw, after) if after < len(raw) else None
        if rest is None or len(zeros) > 3 or rest[0].value is None or rest[0].value % 1:
            return Token(UNREADABLE, "virgule", raw[at].start, raw[after - 1].end), after
        value = plain(Decimal(f"{whole}.{zeros}{rest[0].value}"))
        return Token(NUMBER, str(value), raw[at].start, rest[0].end, value), rest[1]
    return Token(NUMBER, str(whole), raw[at].start, raw[stop - 1].end, Decimal(whole)), stop


def _digits(token: Token, text: str) -> str:
    said = text[token.start : token.end]
    return said if token.kind == NUMBER and said.isdigit() else ""


def _grouped(raw: list[Token], at: int, text: str) -> tuple[Token, int] | None:
    """«12 000» is one number; «2 500» only before UI: before mg it may be twice 500."""
    said, end = _digits(raw[at], text), at + 1
    if not 1 <= len(said) <= 3 or said[0] == "0":
        return None
    sure = True
    while end < len(raw) and raw[end].start == raw[end - 1].end + 1 and len(group := _digits(raw[end], text)) == 3:
        sure = sure and (group[0] == "0" or text[raw[end].start - 1] != " ")
        said, end = said + group, end + 1
    if end == at + 1 or len(said) > 9:
        return None
    if not sure and not (end < len(raw) and raw[end].key in ("ui", "unites")):
        return Token(UNREADABLE, said, raw[at].start, raw[end - 1].end), end
    return Token(NUMBER, said, raw[at].start, raw[end - 1].end, Decimal(said)), end


def _over(raw: list[Token], at: int) -> tuple[Token, int] | None:
    """«1/2», «3/4», written without spaces; «1/2/j» and «1/2 j» have two readings, so none."""
    if at + 2 >= len(raw) or raw[at + 1].key != "/" or raw[at].end + 1 != raw[at + 2].start:
        return None
    top, bottom = raw[at].value, raw[at + 2].value
    if top is None or bottom is None or top % 1 or bottom % 1:
        return None
    value = FRACTIONS.get((int(top), int(bottom)))
    if value is None:
        return None
    after = raw[at + 3].key if at + 3 < len(raw) else ""
    before = raw[at - 1].key if at else ""
    kind = UNREADABLE if after in ("/", "jour", "semaine", "mois", "heure", "an") or before == "/" else NUMBER
    return Token(kind, f"/{value}", raw[at].start, raw[at + 2].end, value if kind == NUMBER else None), at + 3


def _part(tokens: list[Token], token: Token) -> Token:
    """«un demi», «trois quarts», «deux tiers»: the number before is taken into the part."""
    bottom = {"demi": 2, "quart": 4, "tiers": 3}[token.key]
    before = tokens[-1] if tokens else None
    hyphen = before is not None and before.key == "-" and len(tokens) > 1
    number = tokens[-2] if hyphen else before
    top = None if number is None or number.value is None or number.value % 1 else int(number.value)
    if number is not None and top is not None and (top, bottom) in FRACTIONS:
        del tokens[-2 if hyphen else -1 :]
        return Token(NUMBER, "part", number.start, token.end, FRACTIONS[top, bottom])
    if bottom == 2:
        return Token(NUMBER, "part", token.start, token.end, FRACTIONS[1, 2])
    return Token(UNREADABLE, token.key, token.start, token.end)


def _mixed(tokens: list[Token]) -> list[Token]:
    """«1 1/2», «1½»: a whole number, then a fraction, in figures; «un 1/2 comprimé» is a half."""
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found else None
        if last is None or last.value is None or token.value is None or not _adds(last, token):
            found.append(token)
        elif last.end - last.start == len(last.key):
            both = last.value + token.value
            found[-1] = Token(NUMBER, str(both), last.start, token.end, both)
        elif last.value == 1:
            found[-1] = token
        else:
            found.append(token)
    return found


def _adds(last: Token, token: Token) -> bool:
    """Whether a fraction in figures directly follows a whole number."""
    whole = last.value is not None and last.value >= 1 and not last.value % 1
    return whole and token.key.startswith("/") and token.start - last.end <= 1  # «2 0,75 mg» is no 2,75 mg


T = TypeVar("T")


class Phrases(Generic[T]):
    """Set phrases and what each means; the longest that stands at a place is found, in a time bounded by the table."""

    def __init__(self, table: Mapping[str, T]) -> None:
        self._from: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for phrase, value in table.items():
            keys = tuple(each.key for each in split(clean(phrase)))
            self._from.setdefault(keys[0], []).append((keys, value))
        for found in self._from.values():
            found.sort(key=lambda each: -len(each[0]))

    def at(self, tokens: list[Token], place: int) -> tuple[T, int] | None:
        """What stands at that place, and the place after it."""
        if place >= len(tokens):
            return None
        for keys, value in self._from.get(tokens[place].key, ()):
            end = place + len(keys)
            if tuple(each.key for each in tokens[place:end]) == keys:
                return value, end
        return None
