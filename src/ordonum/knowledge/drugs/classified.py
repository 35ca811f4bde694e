"""What each text of the prescribing conditions of the BDPM (file CIS_CPD) means for the rules of law.

A text is read by its words, whatever its accents, case and apostrophes (the files lose some). It gives conditions that a rule
reads, or a named class that changes nothing for the rules, or is not understood: then it is kept and counted, and nothing is
made of a part of it. Texts: Base de données publique des médicaments, juillet 2025.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from msgspec import Struct

from ordonum.knowledge.drugs.specialists import cards_of
from ordonum.model.conditions import Conditions, Trait, plain_words
from ordonum.model.days import months_after
from ordonum.model.labels import Labelled

LONGEST_TEXT = 400  # characters; the longest of the BDPM has 175


class Aside(Labelled):
    """A condition that changes nothing for the rules of law: what it is about."""

    RENEWAL_FREE = "renewal-free", "renouvellement non restreint"
    EMERGENCY = "emergency", "usage en situation d'urgence"
    MOBILE = "mobile", "assistance médicale mobile ou rapatriement sanitaire"
    PROFESSIONAL = "professional", "usage professionnel, dentaire, ophtalmique"
    AGREEMENT = "agreement", "accord de soins du patient"
    ATTESTATION = "attestation", "attestation d'information"
    BOOKLET = "booklet", "carnet, livret ou fiche remis au patient"
    PREGNANCY = "pregnancy", "femmes susceptibles de procréer"
    PATIENTS = "patients", "à qui, ou quand, s'appliquent les conditions qui suivent"
    EXAMINATION = "examination", "examen ou dosage à vérifier"
    MENTION = "mention", "mention à porter sur l'ordonnance"
    ADMINISTRATION = "administration", "lieu ou auteur de l'administration"
    PHARMACY = "pharmacy", "qui délivre"
    PLACE = "place", "prescripteur d'une structure nommée"
    DIALYSIS = "dialysis", "prescription initiale par un service de dialyse à domicile"
    AUTHORITIES = "authorities", "usage militaire, ou sur instruction des autorités"
    PRESCRIPTION = "prescription", "soumis à prescription médicale, sans autre précision"
    COPY = "copy", "copie de l'ordonnance à conserver"


Reading = Conditions | Aside | None

_PERIODS = {"mensuelle": 1, "bimestrielle": 2, "trimestrielle": 3, "semestrielle": 6, "annuelle": 12}
_UNITS = {"jour": 1, "semaine": 7}
_WRITTEN = {
    word: str(number)
    for number, word in enumerate(
        [
            "un",
            "deux",
            "trois",
            "quatre",
            "cinq",
            "six",
            "sept",
            "huit",
            "neuf",
            "dix",
            "onze",
            "douze",
            "treize",
            "quatorze",
            "quinze",
        ],
        1,
    )
} | {
    "une": "1",
    "vingt et un": "21",
    "vingt quatre": "24",
    "vingt huit": "28",
    "trente": "30",
    "quatre vingt quatre": "84",
}
_IN_LETTERS = re.compile(
    rf"\b({'|'.join(sorted(_WRITTEN, key=len, reverse=True))})\b(?= (?:ou|jours?|semaines?|mois|ans?)\b)"
)

_UNIT = r"(?:jours?|semaines?|mois|ans?)"
_AMOUNT = rf"(?P<amount>\d{{1,3}} ?{_UNIT}?(?: ou \d{{1,3}} ?{_UNIT}?)*)"
_PERIOD = rf"(?:{'|'.join(_PERIODS)}|(?:de|valable|pour) (?:(?P<months>\d{{1,2}}) mois|(?P<years>1) an))"
_RESERVED = r"reservee? (?:(?P<some>a certains (?:medecins )?specialistes)|(?:aux? |a des |en )(?P<who>.+))"
_POISONS = "(?: des substances veneneuses)?"
_OF_IT = r"(?: (?:de la |d une )?prescription)?"


def longest_days(number: int, unit: str) -> int:
    """The most days that so many «jours», «semaines», «mois» or «ans» may make: six months are 184."""
    if unit in _UNITS:
        return number * _UNITS[unit]
    months = number * (12 if unit == "an" else 1)
    starts = [date(2024, month, 1) for month in range(1, 13)]
    return max((months_after(start, months) - start).days for start in starts)


def _days(amount: str) -> int | None:
    """The longest of «7 jours ou 28 jours», «7 ou 28 jours», «12 semaines»; None where a number has no unit, or is nought."""
    longest, unit = 0, ""
    for number, written in reversed(re.findall(rf"(\d+) ?({_UNIT}?)", amount)):
        unit = written if written == "mois" else written.rstrip("s") or unit
        if not unit or not int(number):
            return None
        longest = max(longest, longest_days(int(number), unit))
    return longest or None


def _limit(found: re.Match[str]) -> Reading:
    days = _days(found["amount"])
    return Conditions(traits=frozenset(), max_days=days) if days else None


def _fraction(found: re.Match[str]) -> Reading:
    days = _days(found["amount"])
    return Conditions(traits=frozenset(), fraction_days=days) if days else None


def _who(found: re.Match[str]) -> frozenset[str] | None:
    """Those it is reserved to, as codes on cards: empty where the text does not say; None if they are not understood."""
    return cards_of(found["who"]) if found["who"] else frozenset()


def _specialists(found: re.Match[str]) -> Reading:
    cards = _who(found)
    return None if cards is None else Conditions(traits=frozenset({Trait.SPECIALISTS}), specialties=cards)


def _renewal(found: re.Match[str]) -> Reading:
    cards = _who(found)
    traits = frozenset({Trait.RENEWAL_SPECIALISTS})
    return None if cards is None else Conditions(traits=traits, renewal_specialties=cards)


def _initial(found: re.Match[str]) -> Reading:
    traits, cards, words = set(), frozenset[str](), found[0].split()
    if found["hospital"] or found["later"]:
        traits.add(Trait.INITIAL_HOSPITAL)
    if found["some"] or found["who"]:
        traits.add(Trait.INITIAL_SPECIALISTS)
        cards = _who(found) or frozenset()
        if found["who"] and _who(found) is None:
            return None
    months = int(found["months"] or 0) + 12 * int(found["years"] or 0) or next(
        (_PERIODS[word] for word in words if word in _PERIODS), None
    )
    return Conditions(traits=frozenset(traits), initial_months=months, specialties=cards) if traits else None


def _gives(*traits: Trait) -> Callable[[re.Match[str]], Reading]:
    made = Conditions(traits=frozenset(traits))
    return lambda found: made


def _is(aside: Aside) -> Callable[[re.Match[str]], Reading]:
    return lambda found: aside


# What must be understood from its first word to its last.
_WHOLE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Reading]], ...] = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        (rf"(?:medicament )?(?:inscrit (?:a|sur) (?:la )?)?liste (?:i|1){_POISONS}", _gives(Trait.LIST_I)),
        (rf"(?:medicament )?(?:inscrit (?:a|sur) (?:la )?)?liste (?:ii|2){_POISONS}", _gives(Trait.LIST_II)),
        (r"(?:medicament )?(?:classe )?(?:comme )?stupefiants?", _gives(Trait.NARCOTIC)),
        (r"(?:medicament )?soumis a (?:une partie de )?la reglementation des stupefiants", _gives(Trait.ASSIMILATED)),
        (r"(?:medicament )?assimiles? (?:aux |a un )?stupefiants?", _gives(Trait.ASSIMILATED)),
        (r"(?:prescription )?(?:sur |par )?(?:une )?ordonnance securisee", _gives(Trait.SECURED)),
        (r"prescription en toutes lettres", _gives(Trait.IN_WORDS)),
        (
            r"prescription en toutes lettres (?:et )?(?:sur |par )(?:une )?ordonnance securisee",
            _gives(Trait.SECURED, Trait.IN_WORDS),
        ),
        (
            r"chevauchement(?: de prescription)? interdit"
            r"(?: sauf mention expresse(?: du prescripteur)?(?: portee)?(?: sur l ?ordonnance)?)?",
            _gives(Trait.NO_OVERLAP),
        ),
        (r"(?:medicament |prescription )?reservee? a l ?usage hospitalier", _gives(Trait.HOSPITAL_ONLY)),
        (r"(?:medicament a )?prescription hospitaliere", _gives(Trait.HOSPITAL)),
        (
            rf"(?:medicament a )?prescription initiale(?P<hospital> hospitaliere)?(?: {_PERIOD})?"
            rf"(?P<later> hospitaliere)?(?: {_RESERVED})?",
            _initial,
        ),
        (rf"(?:medicament a )?prescription {_RESERVED}", _specialists),
        (rf"renouvellement{_OF_IT} {_RESERVED}", _renewal),
        (rf"renouvellement{_OF_IT} (?:non restreint|libre)", _is(Aside.RENEWAL_FREE)),
        (
            r"(?:(?:medicament a )?prescription (?:est )?limitee|duree(?: maximale)? de (?:la )?prescription"
            r"(?: est| limitee| ne peut (?:exceder|depasser))*)"
            rf"(?: a)?(?: une duree(?: maximale)? de)?(?: au plus)? {_AMOUNT}(?: au plus| maximum)?",
            _limit,
        ),
        (
            rf"(?:delivrance|prescription) fractionnee (?:de|par|en|a)(?: fractions? de| periodes? de)? {_AMOUNT}"
            r"(?: au plus| maximum)?(?: sauf mention expresse(?: du prescripteur)?(?: portee)?(?: sur l ?ordonnance)?)?",
            _fraction,
        ),
        (
            r"(?:ne peut etre obtenue? que )?(?:sur )?prescription (?:medicale )?non renouvelable",
            _gives(Trait.NO_RENEWAL),
        ),
        (rf"renouvellement{_OF_IT} (?:interdit|impossible)", _gives(Trait.NO_RENEWAL)),
        (
            r"(?:medicament )?(?:necessitant )?(?:une )?surveillance particuliere(?: pendant le traitement)?",
            _gives(Trait.WATCHED),
        ),
        (
            r"prescription initiale par un medecin exercant dans un service de dialyse(?: a domicile)?",
            _is(Aside.DIALYSIS),
        ),
        (r"medicament soumis a prescription(?: medicale)?(?: restreinte)?(?: en attente .*)?", _is(Aside.PRESCRIPTION)),
    )
)
# What may carry a limit: where the patterns above do not understand it whole, it is not understood.
_CARRIES = re.compile(
    r"\blimitee?\b|fractionne|securise|toutes lettres|stupefiant|\bliste (i|1|2)|prescription (initiale|hospitaliere)|renouvel"
    r"|reserve\w* (aux|a des|a certains) (medecins )?(specialiste|competent)|chevauchement|\b\d+ ?(jour|semaine)"
    r"|^(medicament )?(necessitant )?(une )?surveillance particuliere|\b\d+ ?(j|h|heures?|boites?)\b|hebdomadaire"
    r"|\bseule?s?\b|seulement|uniquement|exclusive|restreint|\bsortie de reserve|^usage hospitalier"
)
# What changes nothing for the rules, by the first words that are found.
_HELD: tuple[tuple[re.Pattern[str], Aside], ...] = tuple(
    (re.compile(pattern), aside)
    for pattern, aside in (
        (r"situations? d ?urgence", Aside.EMERGENCY),
        (r"assistance medicale mobile|rapatriement sanitaire", Aside.MOBILE),
        (r"usage (professionnel|ophtalmique)|\bdentaire\b", Aside.PROFESSIONAL),
        (r"accord de soins?", Aside.AGREEMENT),
        (r"attestation", Aside.ATTESTATION),
        (r"\b(carnet|livret|fiche|guide|brochure)s?\b", Aside.BOOKLET),
        (r"femmes? .*(procreer|enceinte|grossesse)|prevention de la grossesse", Aside.PREGNANCY),
        (r"\b(nfl|nfs|dosages?|depistage|bilan|examens?|hemogramme|numeration)\b", Aside.EXAMINATION),
        (r"\b(mention)\b", Aside.MENTION),
        (r"\b(administration|administrations)\b", Aside.ADMINISTRATION),
        (r"^delivrance (effectuee par|reservee aux?)\b", Aside.PHARMACY),
        (r"copie de l ?ordonnance", Aside.COPY),
        (r"autorites competentes|usage militaire|service de sante des armees", Aside.AUTHORITIES),
        (
            r"exercant dans|\bcentres? (de|du|d|habilites?)\b|medecins hospitaliers|hors etablissement de sante",
            Aside.PLACE,
        ),
    )
)


@lru_cache(maxsize=2048)
def classify(text: str) -> Reading:
    """What a text of prescribing conditions means: conditions, a class that changes nothing, or None: not understood."""
    if len(text) > LONGEST_TEXT:
        return None
    words = plain_words(text)
    numbers = _IN_LETTERS.sub(lambda found: _WRITTEN[found[0]], words)
    for pattern, made in _WHOLE:
        if (found := pattern.fullmatch(numbers)) and (reading := made(found)) is not None:
            return reading
    if words.startswith(("pour ", "a l initiation ")) and text.rstrip().endswith((":", " an")):
        return Aside.PATIENTS
    if _CARRIES.search(numbers):
        return None
    return next((aside for pattern, aside in _HELD if pattern.search(words)), None)


class Classified(Struct, frozen=True, kw_only=True):
    """How many rows of conditions there are, how many give conditions and how many a class without effect, and what was not
    understood, with how often it is said.
    """

    rows: int
    conditions: int
    asides: Mapping[Aside, int]
    unclassified: Mapping[str, int]

    @property
    def share(self) -> float:
        """The share of the rows that are classified; 1 where there is none."""
        return 1 - sum(self.unclassified.values()) / self.rows if self.rows else 1.0


def classified(texts: Iterable[str]) -> Classified:
    """The count of what these rows of conditions (a text each, blank ones left out) are."""
    rows = conditions = 0
    asides: dict[Aside, int] = {}
    unclassified: dict[str, int] = {}
    for text in filter(None, map(str.strip, texts)):
        rows += 1
        match classify(text):
            case Conditions():
                conditions += 1
            case Aside() as aside:
                asides[aside] = asides.get(aside, 0) + 1
            case None:
                unclassified[text] = unclassified.get(text, 0) + 1
    return Classified(rows=rows, conditions=conditions, asides=asides, unclassified=unclassified)
