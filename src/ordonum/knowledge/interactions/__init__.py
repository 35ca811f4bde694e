"""Drug interactions between the lines of a prescription, and between lines and treatments. Pure.

`Interactions(table)` indexes a table once: the thesaurus that was imported, or the short table of ours, which says that it
is short; `at_hand` takes the one that there is. `between` tells each pair of substances once, at its gravest level.
"""

from collections.abc import Iterator, Sequence

from ordonum.knowledge.interactions.doses import ASPIRIN, at_antiplatelet_doses
from ordonum.knowledge.interactions.file import read
from ordonum.knowledge.interactions.matching import Index
from ordonum.knowledge.interactions.names import homeopathic, key
from ordonum.knowledge.interactions.shipped import shipped
from ordonum.knowledge.interactions.table import Table
from ordonum.knowledge.interactions.telling import ORDERED, Meeting, Taken, told
from ordonum.model.alert import Alert, AlertKind, Unchecked

__all__ = ["Interactions", "Taken", "at_hand"]
_Linked = tuple[Taken, list[tuple[str, str]]]


class Interactions:
    """What may be asked of a table of interactions."""

    def __init__(self, table: Table) -> None:
        """Index `table`; take the one made once for the process, it holds some megabytes."""
        self.table = table
        self._index = Index(table)

    @property
    def edition(self) -> str:
        """Which table this is, in words."""
        return self.table.title

    @property
    def whole(self) -> bool:
        """Whether it is a published thesaurus, not the short table that ships with the project."""
        return self.table.whole

    def linked(self, name: str) -> tuple[str, ...]:
        """The substances of the table that a name is; none if it is not there."""
        return self._index.linked(name)

    def not_looked_for(self, names: Sequence[str]) -> str | None:
        """Why nothing can be said between these names: one that the table does not have, or fewer than two; None: it can."""
        missing = [each for each in names if not self.linked(each) and not homeopathic(each)]
        if missing:
            where = f"l'index du {_lowered(self.edition)}" if self.whole else f"la {_lowered(self.edition)}"
            return f"{where} n'a pas {', '.join(f'« {each} »' for each in missing)}"
        if len({key(each) for each in names}) < len({"one", "other"}):
            return f"il faut deux noms au moins, et il n'y a que « {names[0]} »"
        return None

    def between(
        self, lines: Sequence[Taken], treatments: Sequence[Taken] = (), *, among_treatments: bool = False
    ) -> tuple[tuple[Alert, ...], tuple[Unchecked, ...]]:
        """Interactions among the lines, and between lines and treatments; what could not be looked for.

        What the patient already takes together was judged when it was prescribed: it is told only where `among_treatments`
        asks, and as notes.
        """
        met: dict[tuple[str, str], Meeting] = {}
        of_lines, of_treatments = self._all_linked(lines), self._all_linked(treatments)
        for one, other in _couples(of_lines, of_treatments, among_treatments):
            for meeting in self._meetings(one, other):
                kept = met.get(meeting.pair)
                met[meeting.pair] = meeting if kept is None else kept.with_(meeting)
        alerts = sorted(
            (told(each, self.table) for each in met.values()), key=lambda each: (ORDERED[each.level], each.key)
        )
        return tuple(alerts), tuple(self._unchecked(lines, treatments))

    def _all_linked(self, takens: Sequence[Taken]) -> list[_Linked]:
        """Each medicine with the substances of the table that it brings, under the names that they were given."""
        return [(each, [(name, found) for name in each.substances for found in self.linked(name)]) for each in takens]

    def _meetings(self, one: _Linked, other: _Linked) -> Iterator[Meeting]:
        (here, mine), (there, theirs) = one, other
        for a, s in mine:
            for b, t in theirs:
                found = self._index.between(s, t, here.routes, there.routes)
                if found and ((here.antiplatelet and s == ASPIRIN) or (there.antiplatelet and t == ASPIRIN)):
                    found = [each for each in map(at_antiplatelet_doses, found) if each is not None]
                if found:
                    yield Meeting.of(found, (here, a, s), (there, b, t))

    def _unchecked(self, lines: Sequence[Taken], treatments: Sequence[Taken]) -> Iterator[Unchecked]:
        if not self.whole:
            yield Unchecked(
                kind=AlertKind.INTERACTION,
                lines=tuple(each.line for each in lines if each.line is not None),
                treatments=tuple(each.treatment for each in treatments if each.treatment is not None),
                because=f"contrôle fait sur la table livrée ({len(self.table.entries)} interactions), "
                "pas sur le thésaurus complet",
            )
            return
        for each in (*lines, *treatments):
            missing = [name for name in each.substances if not self.linked(name) and not homeopathic(name)]
            if missing or not each.substances:
                names = ", ".join(f"« {name} »" for name in missing)
                why = (
                    f"l'index du {_lowered(self.edition)} n'a pas {names}"
                    if missing
                    else f"les substances de « {each.label} » ne sont pas connues"
                )
                yield Unchecked(
                    kind=AlertKind.INTERACTION,
                    lines=() if each.line is None else (each.line,),
                    treatments=() if each.treatment is None else (each.treatment,),
                    because=f"contrôle non fait, parce que {why}",
                )


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def _couples(
    lines: Sequence[_Linked], treatments: Sequence[_Linked], among_treatments: bool
) -> Iterator[tuple[_Linked, _Linked]]:
    for place, line in enumerate(lines):
        for other in (*lines[place + 1 :], *treatments):
            yield line, other
    if among_treatments:
        for place, treatment in enumerate(treatments):
            for other in treatments[place + 1 :]:
                yield treatment, other


def at_hand(raw: bytes | None) -> Interactions:
    """The imported thesaurus whose file this is; without one, the table that ships. Raises TableUnusable."""
    return Interactions(shipped() if raw is None else read(raw))
