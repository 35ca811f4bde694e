"""Which gravities of an entry hold for two medicines: by the substances that the conduct names, and by route. Pure.

«Contre-indication avec la rifampicine ; association déconseillée avec les autres inducteurs»: with millepertuis only the second
holds. Where nothing tells them apart (dose, indication, renal function), all are kept and shown.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from ordonum.knowledge.interactions.names import key
from ordonum.knowledge.interactions.table import Degree, Entry, Gravity

_INTEGRASE = frozenset({"raltegravir", "bictegravir", "dolutegravir"})
_OXYBATE = frozenset({"oxybate de sodium", "sodium oxybate de"})
_ANY: frozenset[str] = frozenset()
# Gravities whose limits are said elsewhere than in their own part of the conduct: one side has a term of the first set, the
# other one of the second. Read in the thesaurus of October 2020, at the pages named.
_LIMITS: dict[tuple[str, str], dict[Gravity, tuple[tuple[frozenset[str], frozenset[str]], ...]]] = {
    (
        "medicaments sedatifs",
        "medicaments sedatifs",
    ): {  # p. 159: «sauf entre l'oxybate et les opiacés ou les barbituriques»
        Gravity.CONTRAINDICATED: (
            (
                _OXYBATE,
                frozenset({"barbituriques", "analgesiques morphiniques agonistes", "methadone", "buprenorphine"}),
            ),
        ),
        Gravity.DISCOURAGED: ((_OXYBATE, _ANY),),
    },
    ("medicaments administres par voie orale", "topiques gastro intestinaux antiacides et adsorbants"): {
        Gravity.DISCOURAGED: ((_INTEGRASE, _ANY),)  # p. 222: «avec les inhibiteurs d'intégrase»
    },
    ("medicaments a risque d angio oedeme", "medicaments bradykinine et angio oedeme"): {
        Gravity.CONTRAINDICATED: (
            (frozenset({"sacubitril"}), frozenset({"inhibiteurs de l enzyme de conversion"})),
        )  # p. 159
    },
    (
        "fibrates",
        "inhibiteurs de l hmg coa reductase statines",
    ): {  # p. 99: gemfibrozil et simvastatine, ou rosuvastatine à 40 mg
        Gravity.CONTRAINDICATED: (
            (frozenset({"gemfibrozil"}), frozenset({"simvastatine"})),
            (frozenset({"rosuvastatine"}), _ANY),
        )
    },
}
_EXCEPT = re.compile(r"\b(?:sauf|hors|hormis|exception|autres? que)\b")
_OTHERS = re.compile(r"\bautres\b")
_COMMON = frozenset(
    {"inhibiteurs", "medicaments", "substances", "antagonistes", "analogues", "antisecretoires", "produits"}
)
INJECTED = frozenset(
    {"intraveineuse", "intramusculaire", "sous-cutanée", "intraartérielle", "voie parentérale autre", "injectable"}
)
_SAID_INJECTED = re.compile(r"\b(?:iv|intraveineuse|injectable|parenterale)\b")
_ORAL = frozenset({"orale", "sublinguale", "gastro-entérale"})
_SAID_ORAL = re.compile(r"\b(?:per os|voie orale)\b")
LOCAL = frozenset(
    {
        "cutanée", "ophtalmique", "auriculaire", "dentaire", "gingivale", "buccogingivale", "intravitréenne",
        "sous-conjonctivale", "péribulbaire", "intracamérulaire", "intraoculaire", "épilésionnelle", "infiltration",
        "périneurale",
    }
)  # fmt: skip
# Put on the skin to act on the whole body.
_OF_SKIN = """
estradiol testosterone androstanolone progesterone nicotine fentanyl buprenorphine rivastigmine rotigotine trinitrine
oxybutynine clonidine scopolamine norelgestromine ethinylestradiol
"""
_THROUGH_SKIN = frozenset(_OF_SKIN.split())
# Routes that the name of a class may ask for: what is written, and the routes of the base that it means.
_ASKED: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"\bvoies? (?:orale|generale)|\bet ou nasale|\bper os"), frozenset({"orale", "sublinguale"})),
    (re.compile(r"nasale"), frozenset({"nasale"})),
    (re.compile(r"voies? im et iv|voie iv|voie intraveineuse|voie injectable|parenterale"), INJECTED),
    (
        re.compile(r"bucco dentaire|sous cutanee"),
        frozenset({"dentaire", "gingivale", "sous-cutanée", "périneurale", "infiltration"}),
    ),
    (re.compile(r"gel buccal|voie buccale"), frozenset({"voie buccale autre", "buccogingivale", "gingivale"})),
    (re.compile(r"collyre"), frozenset({"ophtalmique"})),
    (re.compile(r"cutane"), frozenset({"cutanée"})),
)
# Substances that a class holds by one route alone, said in its heading (torsades de pointes, October 2020, p. 221).
_INJECTED_ALONE = {"erythromycine": "torsad", "vincamine": "torsad"}


class Scope(Struct, frozen=True):
    """What a degree is limited to: the substances and classes that its conduct names, «les autres», a route."""

    degree: Degree
    named: frozenset[str]
    others: bool
    text: str
    limits: tuple[tuple[frozenset[str], frozenset[str]], ...] | None


def scopes(entry: Entry, members: Iterable[str], families: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes of an entry of several degrees: `members` of its classes and their other classes may be named in its conduct."""
    limits, own = _LIMITS.get(entry.pair, {}), set(entry.pair)
    wanted = {each: each for each in members if each not in own}
    wanted |= {each: head for each in families if each not in own and (head := _head(each))}
    made = []
    for degree in entry.degrees:
        items = [f" {_EXCEPT.split(key(each))[0]} " for each in (degree.conduct or "").split("\n")]
        found = [{each for each, words in wanted.items() if f" {words} " in item} for item in items]
        # A part that names nobody holds for all, whatever the others name («pour des doses supérieures à…»).
        named = frozenset().union(*found) if all(found) else frozenset[str]()
        text = key(degree.conduct or "")
        made.append(Scope(degree, named, bool(_OTHERS.search(text)), text, limits.get(degree.gravity)))
    return tuple(made)


def _head(family: str) -> str:
    """The words by which a text calls a class: its first, up to the next that says something where that one does not."""
    words = family.split()
    if words[0] not in _COMMON:
        return words[0] if len(words[0]) > 7 else ""
    second = next((place for place, each in enumerate(words[1:], start=1) if len(each) > 3), None)
    return "" if second is None else " ".join(words[: second + 1])


def kept(
    scoped: tuple[Scope, ...],
    terms: tuple[Sequence[str], Sequence[str]],
    routes: tuple[frozenset[str], frozenset[str]],
) -> tuple[Degree, ...]:
    """The degrees that hold between two substances, given the terms and the routes of each; all, where none would be left."""
    both = {*terms[0], *terms[1]}
    within = [each for each in scoped if _within(each.limits, terms)]
    somewhere = any(each.named & both for each in within)
    held = [
        each
        for each in within
        if (not each.named or each.named & both)
        and not (each.others and somewhere and not each.named & both)
        and _by_route(each.text, terms, routes)
    ]
    return tuple(each.degree for each in held or within or scoped)


def _within(
    limits: tuple[tuple[frozenset[str], frozenset[str]], ...] | None, terms: tuple[Sequence[str], Sequence[str]]
) -> bool:
    if limits is None:
        return True
    a, b = set(terms[0]), set(terms[1])
    return any((a & one and (not two or b & two)) or (b & one and (not two or a & two)) for one, two in limits)


def _by_route(
    text: str, terms: tuple[Sequence[str], Sequence[str]], routes: tuple[frozenset[str], frozenset[str]]
) -> bool:
    """Whether a degree «avec le diltiazem IV» may be meant: not, if that substance comes by other routes alone."""
    injected, oral = bool(_SAID_INJECTED.search(text)), bool(_SAID_ORAL.search(text))
    if injected == oral:
        return True
    for side in (0, 1):
        if re.search(rf"\b{re.escape(terms[side][0])}\b", text) and routes[side]:
            return bool(routes[side] & (INJECTED if injected else _ORAL))
    return True


def asked(term: str, substance: str, routes: frozenset[str]) -> bool:
    """Whether a medicine answers to a class or a name that asks for a route («voie IM et IV»); it does if its own is unknown."""
    if not routes:
        return True
    if _INJECTED_ALONE.get(substance, "-") in term and not routes & INJECTED:
        return False
    wanted = [meant for pattern, meant in _ASKED if pattern.search(term)]
    return not wanted or "y compris" in term or any(meant & routes for meant in wanted)


def local(substance: str, term: str, routes: frozenset[str]) -> bool:
    """Whether a medicine is only put where it acts, and the table does not say that this counts («y compris collyres»)."""
    if not routes or not routes <= LOCAL or substance in _THROUGH_SKIN:
        return False
    return not any(pattern.search(term) and meant & routes for pattern, meant in _ASKED)
