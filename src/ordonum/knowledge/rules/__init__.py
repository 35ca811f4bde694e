"""Legal rules as dated data, a row each; what a row may say is `model.rule`, what its checks do `model.legal`.

A rule whose article was not really read only informs, and says that it is to be validated.
"""

from ordonum.knowledge.rules.medicines import MEDICINES
from ordonum.model.rule import Rule

RULES: tuple[Rule, ...] = MEDICINES
