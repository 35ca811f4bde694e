"""What a new edition of the thesaurus changes: interactions that came, went, or changed gravity or conduct. Pure."""

from msgspec import Struct

from ordonum.knowledge.interactions.table import Entry, Table

LEAST = 0.9
"""The least share of the interactions in place that a new edition must have, else a part of it is taken to be missing."""


class Change(Struct, frozen=True):
    """An interaction that changed: its sides as published, its gravities before and after (None: it was not, or is no more)."""

    a: str
    b: str
    before: str | None = None
    after: str | None = None


class Changes(Struct, frozen=True, kw_only=True):
    """Everything that changed, in the order of the names; `reworded`: same gravity, another conduct or mechanism."""

    added: tuple[Change, ...]
    withdrawn: tuple[Change, ...]
    gravities: tuple[Change, ...]
    reworded: tuple[Change, ...]


def changes(before: Table, after: Table) -> Changes:
    """What is no more, or not yet, or otherwise in `before`."""
    old, new = ({each.pair: each for each in table.entries} for table in (before, after))
    both = sorted(old.keys() & new.keys())
    return Changes(
        added=tuple(
            Change(new[pair].a, new[pair].b, after=_told(new[pair])) for pair in sorted(new.keys() - old.keys())
        ),
        withdrawn=tuple(
            Change(old[pair].a, old[pair].b, before=_told(old[pair])) for pair in sorted(old.keys() - new.keys())
        ),
        gravities=tuple(
            Change(new[pair].a, new[pair].b, _told(old[pair]), _told(new[pair]))
            for pair in both
            if _told(old[pair]) != _told(new[pair])
        ),
        reworded=tuple(
            Change(new[pair].a, new[pair].b, _told(old[pair]), _told(new[pair]))
            for pair in both
            if _told(old[pair]) == _told(new[pair]) and _words(old[pair]) != _words(new[pair])
        ),
    )


def why_not(before: Table, after: Table) -> str | None:
    """Why `after` should not take the place of `before` unless it is asked for: older, or much smaller. French; None: it may."""
    if after.of < before.of:
        return f"cette édition est de {after.of:%m/%Y}, celle en place de {before.of:%m/%Y}"
    if len(after.entries) < LEAST * len(before.entries):
        return f"elle n'a que {len(after.entries)} interactions, celle en place {len(before.entries)}"
    return None


def _told(entry: Entry) -> str:
    return ", ".join(each.gravity.label for each in entry.degrees)


def _words(entry: Entry) -> tuple[str | None, str | None]:
    return entry.conduct, entry.mechanism
