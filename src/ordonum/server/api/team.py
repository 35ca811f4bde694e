"""The operation of the care team."""

from ordonum.model.care_team import FoundList, SearchRequest
from ordonum.model.refusals import Refusal
from ordonum.server.api.operation import Operation
from ordonum.server.usecases.search import search

TEAM_OPERATIONS = (
    Operation(
        path="/v1/search",
        name="search",
        french="Rechercher",
        summary="L'équipe de soins cherche, sous une relation déclarée et tracée, ce qui a été exécuté pour un patient.",
        reads=SearchRequest,
        answers=FoundList,
        use_case=search,
        refusals=(Refusal.RELATION_NOT_YOURS, Refusal.FICTITIOUS_NUMBER, Refusal.TOO_MANY_SEARCHES),
        writes=False,
        prescribes=None,
    ),
)
