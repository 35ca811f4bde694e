"""Blocks of the interactions thesaurus («A + B», gravity, conduct, mechanism), whatever form they were read from. Pure.

A reader of a form (text, PDF) gives `Block` and `Heading`; here their words become entries: the gravities of the heading
(«CONTRE-INDICATION», «Association DECONSEILLEE», «CI - ASDEC - PE»…), the conduct of each, members, «Voir aussi».
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from ordonum.knowledge.interactions.names import key
from ordonum.knowledge.interactions.table import ORDER, Degree, Entry, Gravity

_CI, _AD, _PE, _PC = Gravity
_WORDS = {
    r"contre[ -]?indications?": _CI,
    r"associations? d[ée]conseill[ée]es?": _AD,
    r"pr[ée]cautions? d['’ ]?emploi": _PE,
    r"[àa] prendre en compte": _PC,
}
_SHORT = {"CI": _CI, "ASDEC": _AD, "AD": _AD, "PE": _PE, "APEC": _PC, "PC": _PC}
_WORD = "|".join(f"(?i:{each})" for each in _WORDS)
# The four levels are printed in a fixed case; what is glued behind («DECONSEILLEEMajoration») starts with a capital or a sign.
_ONE = rf"(?:{_WORD}|(?:{'|'.join(_SHORT)})(?=[^A-Za-zÀ-ÿ]|$|[A-ZÀ-Ý]['’a-zà-ÿ]))"
_LEVELS = re.compile(rf"({_ONE}(?:\s*[-–/]\s*{_ONE})*)\s*(.*)$", re.DOTALL)
_PART = re.compile(
    rf"^ *({_WORD})(?=\s*(?::|avec\b|\(|-|$|pour\b|en\b|dans\b|chez\b|si\b|sauf\b|entre\b))", re.MULTILINE
)
_LEAD = re.compile(r"^\s*(?:avec\s*)?:\s*")
_REMARK = re.compile(r"prendre en compte", re.IGNORECASE)
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)}|fevrier|aout|decembre)[\s_-]*(20\d\d)(?!\d)", re.IGNORECASE)
UNREAD_MAX = 0.01
LINES_MAX = 400  # of a block; the longest that was seen has 40
ALONE_MAX = 0.15  # from 0 (2019) to 0.12 (2010) in the editions that were tried


class NotAThesaurus(Exception):
    """A file that is refused: which, where, why. The message is French and shows nothing else of the content."""


class Heading(Struct, frozen=True):
    """A substance or class that has entries, with its members (a class) where they are printed under it."""

    name: str
    members: tuple[str, ...] = ()


class Block(Struct, frozen=True):
    """One «A + B». `body`: lines of the column of conduct, the gravity first; `mechanism`: lines of the other column."""

    a: str
    b: str
    place: str
    body: tuple[str, ...]
    mechanism: tuple[str, ...] = ()


def gravities(line: str) -> tuple[tuple[Gravity, ...], str]:
    """The gravities that a line starts with, as printed, and what is glued behind; none: the line is something else."""
    found = _LEVELS.match(line)
    if found is None:
        return (), line
    named = [_named(each) for each in re.split(r"\s[-–/]\s?|\s?[-–/]\s", found[1])]
    read = tuple(each for each in named if each is not None)
    return read, found[2].strip()


def _named(word: str) -> Gravity | None:
    if word in _SHORT:
        return _SHORT[word]
    return next((gravity for pattern, gravity in _WORDS.items() if re.fullmatch(pattern, word, re.IGNORECASE)), None)


def entry(block: Block) -> Entry | None:
    """The entry of a block; None if its gravity is not to be read."""
    if len(block.body) + len(block.mechanism) > LINES_MAX:
        return None
    lines = [each.strip() for each in block.body]
    first = next((place for place, each in enumerate(lines) if each), None)
    levels, rest = gravities(lines[first]) if first is not None else ((), "")
    if not levels:
        whole = joined([*lines, *block.mechanism])
        if whole is None or not _REMARK.search(whole):
            return None
        return Entry(a=block.a, b=block.b, degrees=(Degree(_PC),), mechanism=whole, place=block.place)
    assert first is not None
    conduct = [rest, *lines[first + 1 :]] if rest else lines[first + 1 :]
    ordered = tuple(sorted(set(levels), key=ORDER.__getitem__))
    return Entry(
        a=block.a,
        b=block.b,
        degrees=_degrees(ordered, "\n".join(conduct)),
        conduct=joined(conduct),
        mechanism=joined(block.mechanism),
        place=block.place,
    )


def _degrees(levels: tuple[Gravity, ...], conduct: str) -> tuple[Degree, ...]:
    """Each gravity of the heading, and those that the conduct adds, with its own part of the conduct where it has one."""
    starts = list(_PART.finditer(conduct))
    ends = [*(each.start() for each in starts[1:]), len(conduct)][: len(starts)]
    parts: dict[Gravity, list[str]] = {each: [] for each in levels}
    for start, end in zip(starts, ends, strict=True):
        gravity = _named(start[1])
        assert gravity is not None
        parts.setdefault(gravity, []).append(joined(_LEAD.sub("", conduct[start.end() : end]).split("\n")) or "")
    ordered = sorted(parts, key=ORDER.__getitem__)
    if len(ordered) == 1:
        return (Degree(levels[0]),)
    return tuple(Degree(each, " ".join(parts[each]).strip() or None) for each in ordered)


def joined(lines: Iterable[str]) -> str | None:
    """Lines as one text: a line that starts a list stays one, others are put together; None if nothing is left."""
    text = ""
    for line in (" ".join(each.split()) for each in lines):
        if line.startswith(("- ", "• ")) or not text:
            text += ("\n" if text else "") + line
        elif line:
            text += ("" if text[-1:] == "-" and text[-2:-1].islower() else " ") + line
    return text.strip() or None


def listed(text: str) -> tuple[str, ...]:
    """The members of a class, from «(a, b (c), d)»; the last bracket may be missing in print."""
    inner = text.strip().removeprefix("(")
    depth, members, word = 0, [], ""
    for sign in inner:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            break
        if sign == "," and depth == 0:
            members.append(word)
            word = ""
        else:
            word += sign
    members.append(word)
    return tuple(name for name in (" ".join(each.split()) for each in members) if name and name != "anpu")


def edition(text: str, name: str) -> date:
    """The month of an edition, as the document says it.

    Raises:
        NotAThesaurus: no month is to be found.
    """
    found = _MONTH.search(text)
    if found is None:
        raise NotAThesaurus(f"{name} : aucun mois d'édition n'y est écrit (« Septembre 2019 »…).")
    month = [key(each) for each in MONTHS].index(key(found[1])) + 1
    return date(int(found[2]), month, 1)


def entries(blocks: Sequence[Block], name: str, *, one_way: bool = False) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Entries, each pair once (both directions put together, at the gravest), and the places of what was not to be read.

    `one_way`: the form tells each pair under one of its names alone (the table of 2016).

    Raises:
        NotAThesaurus: too little, too much that is not to be read, or pairs told in one direction only: a part is missing.
    """
    read: dict[tuple[str, str], Entry] = {}
    unread: list[str] = []
    ways: dict[tuple[str, str], set[str]] = {}
    for block in blocks:
        made = entry(block)
        if made is None:
            unread.append(f"{block.place} : {block.a} + {block.b}")
            continue
        ways.setdefault(made.pair, set()).add(key(made.a))
        kept = read.get(made.pair)
        read[made.pair] = made if kept is None or ORDER[made.gravity] < ORDER[kept.gravity] else kept
    if len(unread) > max(3, UNREAD_MAX * len(blocks)):
        raise NotAThesaurus(f"{name} : {len(unread)} interactions sans niveau lisible, la première {unread[0]}.")
    if not one_way:
        _both_ways(ways, name)
    return tuple(read.values()), tuple(unread)


def _both_ways(ways: dict[tuple[str, str], set[str]], name: str) -> None:
    """Every pair is printed under both of its names. Where many are under one alone, a part of the document is missing."""
    several = {pair: told for pair, told in ways.items() if pair[0] != pair[1]}
    alone = [pair for pair, told in several.items() if len(told) == 1]
    if len(several) < 2 or len(alone) > ALONE_MAX * len(several):
        raise NotAThesaurus(
            f"{name} : {len(alone)} interactions sur {len(several)} ne sont dites que sous un de leurs deux noms ; "
            "il manque une partie du document."
        )
