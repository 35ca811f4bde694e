"""What a search of medicines answers."""

from msgspec import Struct


class Offer(Struct, frozen=True, kw_only=True):
    """A speciality under its name. `fits`: it has the strengths and words that were typed. `rate` in per cent.

    `generic`: type of its place in a generic group (0 princeps, 1 generic…), None outside of any.
    """

    cis: str
    name: str
    form: str
    substances: tuple[str, ...]
    sold: bool
    fits: bool
    generic: int | None
    rate: int | None
    shortage: str | None


class LookAlike(Struct, frozen=True, kw_only=True):
    """Another name that this one is taken for, and what it holds."""

    name: str
    substances: tuple[str, ...]


class FoundName(Struct, frozen=True, kw_only=True):
    """A name that was found, with every speciality that bears it: those that fit, then the others.

    `common`: a common name (DC), not a brand. `faults`: how many of the typed words had to be corrected. `unmet`: the typed
    strengths and words that no speciality of this name has together with the others. `near`: how near the words that name it
    are, the worst of them: 0 as they are (or a short form), 1 begun, 2 and 3 corrected; None: found by form or seller only.
    `named`: what was typed is in the name, and not in its substances only.
    """

    name: str
    common: bool
    homeopathic: bool
    faults: int
    near: int | None
    named: bool
    unmet: tuple[str, ...]
    offers: tuple[Offer, ...]
    alike: tuple[LookAlike, ...]


class Found(Struct, frozen=True, kw_only=True):
    """What a search found: the first names, how many there are in all and how many specialities they have.

    `ignored`: typed words that are in no name, substance, form nor route. `cut`: the text was too long, its end not read.
    """

    names: tuple[FoundName, ...]
    total_names: int
    total_specialities: int
    ignored: tuple[str, ...]
    cut: bool


NOTHING = Found(names=(), total_names=0, total_specialities=0, ignored=(), cut=False)
