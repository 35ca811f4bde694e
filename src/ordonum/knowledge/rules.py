"""Legal rules as dated data. A rule whose article was not read in a source only informs; its row says so.

`source` is where the article was really read; None means «à valider».
"""

from datetime import date

from ordonum.model.facts import Effect, Rule, When
from ordonum.model.lines import Family

RULES: tuple[Rule, ...] = (
    Rule(
        name="first-delivery-3-months",
        article="CSP R.5132-22",
        sentence=(
            "Ordonnance rédigée il y a plus de trois mois : un médicament des listes I ou II ne peut plus être délivré "
            "pour la première fois (CSP R.5132-22, règle à valider)"
        ),
        since=date(2007, 1, 1),
        effect=Effect.INFORMS,  # refuses once the drug base says which lines are listed
        when=When.FIRST,
        families=frozenset({Family.HEALTH_PRODUCTS}),
        months=3,
        source=None,
    ),
)
