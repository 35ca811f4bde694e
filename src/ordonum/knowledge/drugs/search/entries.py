"""A speciality as a search shows it and finds it: its form, strengths, routes and state in short. Pure."""

import re
from functools import lru_cache

from msgspec import Struct, field

from ordonum.knowledge.drugs.search.amounts import dilutions
from ordonum.knowledge.drugs.search.words import plain_words, read
from ordonum.model.drug import Component, Speciality

_BACK = 4  # the code of a shortage that is over: «Remise à disposition»
_USELESS_ZEROS = re.compile(r"(?<=\d)(?:,0+|(,\d*[1-9])0+)(?!\d)")
_GLUED = re.compile(r"\b[a-z]{3,}(\d+)\b")  # «HUMALOG MIX25»
# What is also typed for a word of a form or a route.
_SHORT_FORMS = {
    "comprime": "cp cpr cps comp tab",
    "orale": "po",
    "intraveineuse": "iv",
    "intramusculaire": "im",
    "sous": "sc",
    "transdermique": "patch",
    "pulverisation": "spray",
    "buvable": "sirop",
    "gouttes": "gtt gttes",
    "orodispersible": "odt",
    "prolongee": "lp",
    "lp": "prolongee",
    "nourrissons": "nrs bebe",
    "enfants": "pediatrique",
    "pediatrique": "enfants",
}


class Entry(Struct, frozen=True, array_like=True):
    """A speciality as a search shows it. `form`, `keys`, `details`, `shortage` are places in texts; -1: none.

    `keys` are those of its strengths, `details` the words of its full name, form and routes that are not of its name.
    """

    cis: str
    full: str
    form: int
    substances: tuple[int, ...]
    sold: bool
    generic: int
    rate: int
    shortage: int
    keys: int
    details: int


class Texts(Struct):
    """Texts, each kept once, by their place."""

    places: dict[str, int] = field(default_factory=dict)

    def place(self, text: str | None) -> int:
        """Where a text is; -1 for none."""
        return -1 if text is None else self.places.setdefault(text, len(self.places))


def entry(speciality: Speciality, name: tuple[str, ...], texts: Texts) -> Entry:
    """The entry of a speciality that bears the name of these words."""
    rates = [rate for each in speciality.presentations for rate in each.rates]
    return Entry(
        cis=speciality.cis,
        full=speciality.name,
        form=texts.place(speciality.form.strip()),
        substances=tuple(texts.place(_said(each)) for each in speciality.active),
        sold=speciality.sold,
        generic=min((each.type for each in speciality.groups), default=-1),
        rate=max(rates, default=-1),
        shortage=texts.place(next((each.label for each in speciality.shortages if each.code != _BACK), None)),
        keys=texts.place(" ".join(sorted(_strengths(speciality)))),
        details=texts.place(" ".join(sorted(_details(speciality, name)))),
    )


def order(speciality: Speciality) -> tuple[bool, float, str, str]:
    """Marketed first, then by strength, form and name."""
    keys = [key for each in read(speciality.name).amounts for key in sorted(each.keys)]
    strengths = [float(key[1:]) for key in keys if key[0] in "mu" and key[1:2].isdigit()]
    return not speciality.sold, strengths[0] if strengths else 0, speciality.form, speciality.name


def homeopathic(speciality: Speciality) -> bool:
    """Whether it is a homeopathic medicine."""
    return "homéo" in speciality.procedure or any("HOMÉOPATH" in each.name for each in speciality.components)


def tidy(amount: str) -> str:
    """An amount without useless zeros: «5 mg» of «5,000 mg»."""
    return _USELESS_ZEROS.sub(r"\1", amount).strip()


def _strengths(speciality: Speciality) -> set[str]:
    found = read(speciality.name)
    keys = {key for each in found.amounts for key in each.keys}
    keys |= {f"n{number}" for number in _GLUED.findall(found.plain)}
    for each in speciality.active:
        keys |= _keys(each.amount or "")
    return keys | dilutions(found.plain) if homeopathic(speciality) else keys


def _details(speciality: Speciality, name: tuple[str, ...]) -> set[str]:
    routes = {word for each in speciality.routes for word in plain_words(each)}
    found = {*read(speciality.name).words, *plain_words(speciality.form), *routes} - set(name)
    return found | {short for word in found for short in _SHORT_FORMS.get(word, "").split()}


@lru_cache(maxsize=4096)
def _keys(amount: str) -> frozenset[str]:
    return frozenset(key for each in read(amount).amounts for key in each.keys)


def _said(component: Component) -> str:
    """«PARACÉTAMOL 500 mg», «AMOXICILLINE 250 mg pour 5 ml»; no useless zeros; what a tablet or a capsule has, as it is."""
    amount = tidy(component.amount or "")
    divided = component.reference if component.reference and component.reference[:1].isdigit() else None
    return " ".join(part for part in (component.name.strip(), amount, f"pour {divided}" if divided else "") if part)
