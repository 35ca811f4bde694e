"""A legal rule as dated data: what it says, when it is in force, what it looks at, what it does, where it was read. Pure.

`check` names one of a closed set of small functions (`legal`); everything else of a rule is a value.
"""

import re
from datetime import date

from msgspec import Struct

from ordonum.model.actors import Profession
from ordonum.model.conditions import LISTS, Known, Trait
from ordonum.model.labels import Labelled
from ordonum.model.lines import Family
from ordonum.model.outcomes import ExceptionalRule


class Effect(Labelled):
    """What a legal rule does when it is met. One whose article was not read never refuses, nor asks."""

    REFUSES = "refuses", "refuse"
    ASKS = "asks", "demande une raison"
    INFORMS = "informs", "informe"


class When(Labelled):
    """At which moment a rule looks. A first delivery, and a renewal, are those of a line."""

    REGISTRATION = "registration", "à l'enregistrement"
    FIRST = "first-delivery", "première délivrance"
    ANY = "any-delivery", "toute délivrance"
    RENEWAL = "renewal", "délivrance suivante"
    EXCEPTIONAL = "exceptional", "dispensation exceptionnelle"


class Check(Labelled):
    """What a rule looks for: each is one small pure function."""

    ELSEWHERE = "elsewhere", "tenu par l'acte lui-même"
    ALWAYS = "always", "dans tous les cas"
    # of a delivery
    SINCE_WRITING = "since-writing", "délai depuis la rédaction"
    AT_ONCE = "at-once", "quantité remise en une fois"
    TOO_SOON = "too-soon", "délai depuis la délivrance précédente"
    FORBIDDEN = "forbidden", "renouvellement interdit"
    MAY_RENEW = "may-renew", "renouvellement non interdit"
    PRESENTED_LATE = "presented-late", "délai de présentation"
    FRACTION = "fraction", "durée de chaque fraction"
    OVERLAP = "overlap", "chevauchement"
    BEARER_UNPROVEN = "bearer-unproven", "justificatif du porteur"
    BEARER_UNNAMED = "bearer-unnamed", "nom et adresse du porteur"
    INITIAL_MISSING = "initial-missing", "présence de l'ordonnance initiale"
    INITIAL_OVER = "initial-over", "durée de l'ordonnance initiale"
    SUBSTITUTED = "substituted", "substitution malgré une mention"
    AGREEMENT_REFUSED = "agreement-refused", "accord préalable refusé"
    AGREEMENT_PENDING = "agreement-pending", "accord préalable attendu"
    GLASSES = "glasses", "délai depuis la rédaction, lunettes"
    LENSES = "lenses", "délai depuis la rédaction, lentilles"
    # of an exceptional dispensing
    NOT_EXPIRED = "not-expired", "expiration de l'ordonnance"
    AFTER_EXPIRY = "after-expiry", "délai depuis l'expiration"
    SHORTER = "shorter", "durée minimale du traitement"
    EXTRA_DAYS = "extra-days", "durée supplémentaire en tout"
    EXTRA_TIMES = "extra-times", "nombre de dispensations supplémentaires"
    # of a prescription
    LASTS = "lasts", "durée prescrite"
    WORDS = "words", "écriture en toutes lettres"
    MARKED = "marked", "ordonnance sécurisée"
    NURSE = "nurse", "infirmier hors pratique avancée"
    HOSPITAL = "hospital", "prescripteur hospitalier"
    SPECIALIST = "specialist", "spécialité du prescripteur"
    RENEWED_BY = "renewed-by", "spécialité de qui renouvelle"
    RENEWED = "renewed", "renouvellements prescrits"
    CONTRADICTED = "contradicted", "code et substances de la ligne"
    MENTION_AGE = "mention-age", "âge du patient"
    MENTION_NARROW = "mention-narrow", "liste des marges thérapeutiques étroites"
    COMMON_NAME = "common-name", "dénomination commune entière"
    NOT_PAID = "not-paid", "mention « non remboursable »"
    ACCIDENT = "accident", "date de l'accident"


_COMPUTED = re.compile(r"\{\w+\}")
MAKING_DAYS = frozenset({Check.SINCE_WRITING, Check.TOO_SOON, Check.GLASSES, Check.PRESENTED_LATE})


class Source(Struct, frozen=True):
    """Where a rule was really read: the document, the date of the text or of its reading, the address."""

    title: str
    on: str
    at: str


class Scope(Struct, frozen=True, kw_only=True):
    """What a rule looks at. Empty means any. `traits`: one of these; `without`: none of those; `professions`: the
    prescriber's; `flag`: a mark of the line that must be set; `ages`: of the patient, first and last, in whole years;
    `reimbursable`: only what the insurer may pay.
    """

    families: frozenset[Family] = frozenset({Family.HEALTH_PRODUCTS})
    kinds: frozenset[str] = frozenset()
    traits: frozenset[Trait] = frozenset()
    without: frozenset[Trait] = frozenset()
    professions: frozenset[Profession] = frozenset()
    flag: str | None = None
    ages: tuple[int, int] | None = None
    reimbursable: bool = False

    def holds(self, known: Known) -> bool | None:
        """Whether a medicine of which this is known is looked at; None where it is only possible."""
        if self.without & known.traits:
            return False
        if not self.traits or self.traits & known.traits:
            return None if self.without and known.partly else True
        possible = known.partly and (bool(self.traits & LISTS) or Trait.SECURED in known.traits)
        return None if possible else False


class Rule(Struct, frozen=True, kw_only=True):
    """A rule, in force from `since` (included) to `until` (excluded): the day of the act decides.

    `sentence` is French, with {day}, {left}… that its check computes. `days`, `months` are the parameters of the check;
    `waived` are the exceptional rules under which it does not stand, `exceptional` the one of which it is a condition.
    """

    name: str
    article: str | None
    sentence: str
    since: date
    until: date | None = None
    effect: Effect
    when: When
    check: Check
    scope: Scope = Scope()
    days: int | None = None
    months: int | None = None
    waived: frozenset[ExceptionalRule] = frozenset()
    exceptional: ExceptionalRule | None = None
    code: str | None = None
    source: Source | None

    def __post_init__(self) -> None:
        if self.source is None and self.effect is not Effect.INFORMS:
            raise ValueError(f"{self.name}: a rule whose article was not read only informs")
        if (self.check is Check.ELSEWHERE) != (self.code is not None):
            raise ValueError(f"{self.name}: what the act itself refuses is named by its code")

    @property
    def read(self) -> str:
        """The sentence where nothing is computed: «…» stands for what its check would say."""
        return _COMPUTED.sub("…", self.sentence)

    def in_force(self, day: date) -> bool:
        """Whether it stands on that day."""
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def makes_days(self) -> bool:
        """Whether it sets a day before or after which something may be given; one that only informs sets none."""
        return self.check in MAKING_DAYS and self.effect is not Effect.INFORMS
