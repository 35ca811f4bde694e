"""The Vitale card as a counter reads it: an insured and the beneficiaries of their rights. A test card is a file (0600).

What a real card gives is read by the reader's own interface (API Lecture Vitale, GIE SESAM-Vitale); only `read` changes
then. Fields and cases (several beneficiaries, certified NIR, «lunar» birth dates) follow its functional rules BS02 and
CP01 to CP03 as quoted in public billing specifications; a date of birth goes to the insurer as the card has it.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from ordonum.client.errors import UnusableCard
from ordonum.model.actors import Name
from ordonum.model.beneficiary import Beneficiary, Nir
from ordonum.model.identifiers import BirthDate, NirKey
from ordonum.model.labels import Labelled
from ordonum.model.refusals import Refused
from ordonum.wire import native


class Quality(Labelled):
    """What a beneficiary is to the insured; in the order of the card's codes, 0 to 9."""

    INSURED = "insured", "assuré"
    ASCENDANT = "ascendant", "ascendant, descendant ou collatéral"
    SPOUSE = "spouse", "conjoint"
    DIVORCED = "divorced", "conjoint divorcé"
    PARTNER = "partner", "concubin"
    SEPARATED = "separated", "conjoint séparé"
    CHILD = "child", "enfant"
    OUTSIDE_313 = "outside-313", "bénéficiaire hors article 313"
    WIDOWED = "widowed", "conjoint veuf"
    OTHER = "other", "autre ayant droit"

    @property
    def code(self) -> int:
        """The code on the card, as billing wants it."""
        return list(Quality).index(self)


class Rights(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The period of the rights as the card last heard of it; both days included, open without `until`."""

    since: date
    until: date | None = None


class Insured(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The person insured: identity, scheme (régime), fund (caisse) and centre, as on the card."""

    surname: Name
    first_name: Name
    nir: NirKey
    scheme: Annotated[str, Meta(pattern=r"^[0-9]{2}$(?!\n)")]
    fund: Annotated[str, Meta(pattern=r"^[0-9]{3}$(?!\n)")]
    centre: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")]

    def __repr__(self) -> str:
        return "Insured(…)"


class OnCard(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A beneficiary on the card. `nir`: their own number once certified; the insured's own is not said twice.

    `rights`: where they are not the card's.
    """

    quality: Quality
    surname: Name
    first_name: Name
    birth_date: BirthDate
    birth_rank: Annotated[int, Meta(ge=1, le=9)] = 1
    nir: NirKey | None = None
    rights: Rights | None = None

    def __repr__(self) -> str:
        return "OnCard(…)"


class VitaleCard(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A Vitale card. Beneficiaries are numbered from 1, in the card's order."""

    insured: Insured
    rights: Rights
    beneficiaries: Annotated[tuple[OnCard, ...], Meta(min_length=1, max_length=19)]

    def __post_init__(self) -> None:
        for each in self.beneficiaries:
            if each.nir is not None and (each.quality is Quality.INSURED or each.nir == self.insured.nir):
                raise ValueError("the insured's number is said once, and is nobody else's")
        if sum(each.quality is Quality.INSURED for each in self.beneficiaries) > 1:
            raise ValueError("one insured")

    def __repr__(self) -> str:
        return "VitaleCard(…)"

    @property
    def numbered(self) -> Iterator[tuple[int, OnCard]]:
        """The beneficiaries with their numbers."""
        return enumerate(self.beneficiaries, start=1)

    def has_own_number(self, number: int) -> bool:
        """Whether this beneficiary is known by a number of their own; the others share the insured's."""
        chosen = self._chosen(number)
        return chosen.quality is Quality.INSURED or chosen.nir is not None

    def beneficiary(self, number: int) -> Beneficiary:
        """Who receives care, as an execution names them. Raises UnusableCard when the card has no such number."""
        chosen = self._chosen(number)
        own = self.has_own_number(number)
        return Beneficiary(
            identity=Nir(chosen.nir or self.insured.nir, "self" if own else "insured"),
            surname=chosen.surname,
            first_name=chosen.first_name,
            birth_date=chosen.birth_date,
            birth_rank=chosen.birth_rank,
        )

    def notices(self, number: int, today: date) -> tuple[str, ...]:
        """What the counter should know of the rights that day, in French; it never stops anything."""
        rights = self._chosen(number).rights or self.rights
        if rights.until is not None and rights.until < today:
            return (
                f"droits expirés le {rights.until:%d/%m/%Y} d'après la carte Vitale, à vérifier ; rien n'est bloqué",
            )
        if today < rights.since:
            return (
                f"droits ouverts le {rights.since:%d/%m/%Y} seulement, d'après la carte Vitale ; rien n'est bloqué",
            )
        return ()

    def _chosen(self, number: int) -> OnCard:
        if not 1 <= number <= len(self.beneficiaries):
            raise UnusableCard(
                f"Cette carte Vitale n'a pas de bénéficiaire n° {number} : de 1 à {len(self.beneficiaries)}."
            )
        return self.beneficiaries[number - 1]


def read(file: Path) -> VitaleCard:
    """The card of a file. Raises UnusableCard."""
    try:
        return native.read(file.read_bytes(), VitaleCard)
    except (OSError, ValueError, Refused):
        raise UnusableCard(f"Cette carte Vitale n'est pas lisible : {file}") from None
