"""Two substances that meet, and the alert that says so. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from ordonum.knowledge.interactions.matching import Found
from ordonum.knowledge.interactions.names import key
from ordonum.knowledge.interactions.table import LEVELS, ORDER, Gravity, Table
from ordonum.model.alert import Alert, AlertKind, AlertLevel
from ordonum.model.rule import Source

ORDERED = {each: rank for rank, each in enumerate(AlertLevel)}
# What the ANSM asks at each level, where an entry says no more (definitions of the thesaurus).
_CONDUCT = {
    Gravity.CONTRAINDICATED: "Ne pas associer.",
    Gravity.DISCOURAGED: "À éviter, sauf après un examen approfondi du rapport bénéfice/risque.",
    Gravity.PRECAUTION: "Association possible en respectant les précautions, surtout au début du traitement.",
}
_LOCAL = " Voie locale : le texte ne dit pas si elle compte, le passage dans le sang est faible."
_AMONG = " Ces deux traitements sont déjà en cours."
_ACRONYMS = {"cyp3a4": "CYP3A4", "hmg-coa": "HMG-CoA", "imao": "IMAO", "anti-tnf": "anti-TNF", "b12": "B12"}


class Taken(Struct, frozen=True, kw_only=True):
    """What a patient takes or is to take: its active substances by name, and its routes as the base names them («orale»).

    `line`: rank of the line, or `treatment`: position among the treatments. No route: any is possible. `antiplatelet`: its
    aspirin is surely at antiplatelet doses. `label`: how the medicine is named where its substances are not known.
    """

    substances: tuple[str, ...]
    routes: frozenset[str] = frozenset()
    line: int | None = None
    treatment: int | None = None
    antiplatelet: bool = False
    label: str = ""


class Meeting(Struct, frozen=True, kw_only=True):
    """Two substances for which entries hold: the gravest found first; lines and treatments that bring them."""

    pair: tuple[str, str]
    names: tuple[str, str]
    found: tuple[Found, ...]
    lines: frozenset[int]
    treatments: frozenset[int]

    @classmethod
    def of(cls, found: Sequence[Found], one: tuple[Taken, str, str], other: tuple[Taken, str, str]) -> "Meeting":
        """The meeting of two medicines: (medicine, name given, substance of the table)."""
        takens = (one[0], other[0])
        return cls(
            pair=(one[2], other[2]) if one[2] < other[2] else (other[2], one[2]),
            names=(one[1], other[1]),
            found=tuple(sorted(found, key=lambda each: _rank(each, own=any(each.cover == 1 for each in found)))),
            lines=frozenset(each.line for each in takens if each.line is not None),
            treatments=frozenset(each.treatment for each in takens if each.treatment is not None),
        )

    def with_(self, other: "Meeting") -> "Meeting":
        """The same pair, met again: the gravest of both, brought by all."""
        graver = other if _rank(other.found[0]) < _rank(self.found[0]) else self
        return Meeting(
            pair=self.pair,
            names=graver.names,
            found=graver.found,
            lines=self.lines | other.lines,
            treatments=self.treatments | other.treatments,
        )


def _level(found: Found) -> AlertLevel:
    return AlertLevel.NOTE if found.local else LEVELS[found.degrees[0].gravity]


def _rank(found: Found, *, own: bool = False) -> tuple[bool, int, int, int]:
    """The gravest first, then the closest. Where the pair has an entry of its `own`, a class that cannot decide comes after."""
    undecided = own and found.cover > 1 and len(found.degrees) > 1
    return undecided, ORDERED[_level(found)], ORDER[found.degrees[0].gravity], found.cover


def told(meeting: Meeting, table: Table) -> Alert:
    """The alert of a meeting: the gravest entry in full, the others by their names."""
    found = meeting.found[0]
    entry = found.entry
    among = not meeting.lines
    sentence = f"{_named(meeting.names[0], found.a)} et {_named(meeting.names[1], found.b)} : {_gravities(found)}."
    if entry.mechanism:
        sentence += f" {entry.mechanism}"
    sentence += _also(meeting.found) + (_LOCAL if found.local else "") + (_AMONG if among else "")
    return Alert(
        key=f"interaction:{meeting.pair[0]}+{meeting.pair[1]}",
        kind=AlertKind.INTERACTION,
        level=AlertLevel.NOTE if among else _level(found),
        lines=tuple(sorted(meeting.lines)),
        treatments=tuple(sorted(meeting.treatments)),
        about=meeting.pair,
        sentence=sentence,
        conduct=_conduct(found),
        source=entry.source or Source(table.title, f"{table.of:%m/%Y}", f"{entry.place}, « {entry.a} + {entry.b} »"),
    )


def _gravities(found: Found) -> str:
    """The gravities in the words of the ANSM; several depend on dose, route or indication."""
    labels = [each.gravity.label for each in found.degrees]
    if len(labels) == 1:
        return labels[0]
    return f"{', '.join(labels[:-1])} ou {labels[-1]}, selon les cas de la conduite à tenir"


def _conduct(found: Found) -> str | None:
    """What to do: each gravity with its own part, or the whole text, or what the ANSM asks at that level."""
    own = [each for each in found.degrees if each.conduct]
    if len(own) == len(found.degrees):
        return "\n".join(f"{_capital(each.gravity.label)} : {each.conduct}" for each in own)
    told_apart = len(found.degrees) < len(found.entry.degrees) and any(each.conduct for each in found.entry.degrees)
    whole = None if told_apart else found.entry.conduct
    return whole or _CONDUCT.get(found.degrees[0].gravity)


def _also(found: Sequence[Found]) -> str:
    """The other entries that hold, by their gravity and sides; each once."""
    first, seen = found[0].entry, []
    for each in found[1:]:
        words = f"{shown(each.entry.a)} + {shown(each.entry.b)}, {each.degrees[0].gravity.label}"
        if each.entry is not first and words not in seen:
            seen.append(words)
    return f" Aussi : {' ; '.join(seen)}." if seen else ""


def _named(name: str, term: str) -> str:
    """A substance as it was given, with the class by which it is met."""
    given = name.lower() if name.isupper() else name
    return given if key(given) == key(term) or not term else f"{given} ({shown(term)})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def shown(name: str) -> str:
    """A name of the thesaurus, printed in capitals there, as it stands in a sentence."""
    text = name.lower()
    for small, great in _ACRONYMS.items():
        text = text.replace(small, great)
    return text
