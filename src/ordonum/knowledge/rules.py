"""Legal rules as dated data. A rule whose article was not read in a source only informs; its row says so.

`source` is where the article was really read; None means «à valider».
"""

from datetime import date

from ordonum.model.facts import Effect, Rule, When

RULES: tuple[Rule, ...] = (
    Rule(
        name="first-delivery-3-months",
        article="CSP R.5132-22",
        sentence=(
            "L'ordonnance a été rédigée il y a plus de trois mois : la première délivrance d'un médicament des listes I "
            "ou II n'est plus possible"
        ),
        since=date(2007, 1, 1),
        effect=Effect.INFORMS,  # refuses once the drug base says which lines are listed
        when=When.FIRST,
        months=3,
        source=None,
    ),
    Rule(
        name="prescription-12-months",
        article="CSP R.5132-21",
        sentence="L'ordonnance a été rédigée il y a plus de douze mois",
        since=date(2007, 1, 1),
        effect=Effect.INFORMS,
        when=When.ANY,
        months=12,
        source=None,
    ),
)
