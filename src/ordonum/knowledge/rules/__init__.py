"""Legal rules as dated data, a row each; what a row may say is `model.rule`, what its checks do `model.legal`.

A rule whose article was not really read only informs, and says that it is to be validated.
"""

from ordonum.knowledge.rules.exceptional import EXCEPTIONAL
from ordonum.knowledge.rules.medicines import MEDICINES
from ordonum.knowledge.rules.narcotics import NARCOTIC_RULES
from ordonum.knowledge.rules.others import OTHERS
from ordonum.knowledge.rules.prescribing import PRESCRIBING
from ordonum.knowledge.rules.restricted import RESTRICTED
from ordonum.knowledge.rules.shortened import SHORTENED
from ordonum.model.rule import Check, Rule, When

RULES: tuple[Rule, ...] = (
    *NARCOTIC_RULES,
    *SHORTENED,
    *MEDICINES,
    *RESTRICTED,
    *EXCEPTIONAL,
    *PRESCRIBING,
    *OTHERS,
)

# What each moment looks at, sorted out once: the others cannot be met there.
AT_REGISTRATION = tuple(rule for rule in RULES if rule.when is When.REGISTRATION and rule.check is not Check.ELSEWHERE)
AT_DELIVERY = tuple(rule for rule in RULES if rule.when is not When.REGISTRATION and rule.check is not Check.ELSEWHERE)
MAKING_DAYS = tuple(rule for rule in AT_DELIVERY if rule.makes_days)


def counted() -> tuple[int, int]:
    """How many rules were read in a document, how many are to be validated."""
    read = sum(rule.source is not None for rule in RULES)
    return read, len(RULES) - read
