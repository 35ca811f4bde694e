"""The operations of the insurer's agents: the office acting for a patient, reimbursement, the medical service.

Who may call which is in `knowledge.rights`; every call declares its purpose, which is traced.
"""

from ordonum.model.acts import Receipt
from ordonum.model.office import ForInsurer, JustifyRequest, LiftRequest, OpposeRequest, Traces, TracesRequest
from ordonum.model.refusals import Refusal
from ordonum.server.api.operation import Operation
from ordonum.server.usecases.justify import justify
from ordonum.server.usecases.lift import lift
from ordonum.server.usecases.oppose import oppose
from ordonum.server.usecases.traces import traces

_OF_A_NUMBER = (
    Refusal.UNKNOWN_NUMBER,
    Refusal.TOO_MANY_UNKNOWN,
    Refusal.PURPOSE_NOT_OF_MISSION,
)
_OF_AN_OPPOSITION = (
    Refusal.FICTITIOUS_NUMBER,
    Refusal.PURPOSE_NOT_OF_MISSION,
    Refusal.EXISTS_DIFFERENT,
    Refusal.BUSY,
    Refusal.OUTCOME_UNKNOWN,
)

INSURER_OPERATIONS = (
    Operation(
        path="/v1/oppose",
        name="oppose",
        french="S'opposer",
        summary="La caisse enregistre l'opposition d'un patient à la relecture par les prescripteurs, jusqu'à sa levée.",
        reads=OpposeRequest,
        answers=Receipt,
        use_case=oppose,
        refusals=(*_OF_AN_OPPOSITION, Refusal.ALREADY_OPPOSED),
        writes=True,
        prescribes=False,
    ),
    Operation(
        path="/v1/lift",
        name="lift",
        french="Lever l'opposition",
        summary="La caisse lève l'opposition d'un patient, à sa demande : les prescripteurs relisent de nouveau.",
        reads=LiftRequest,
        answers=Receipt,
        use_case=lift,
        refusals=(*_OF_AN_OPPOSITION, Refusal.NOT_OPPOSED),
        writes=True,
        prescribes=False,
    ),
    Operation(
        path="/v1/traces",
        name="traces",
        french="Qui a fait quoi",
        summary="La caisse relit pour un patient qui a fait quoi sur ses ordonnances, et quand ; cette relecture est tracée.",
        reads=TracesRequest,
        answers=Traces,
        use_case=traces,
        refusals=(*_OF_A_NUMBER, Refusal.FICTITIOUS_NUMBER),
        writes=False,
        prescribes=False,
    ),
    Operation(
        path="/v1/justify",
        name="justify",
        french="Justifier",
        summary="Le remboursement ou le service médical lit ce qui justifie les factures d'une ordonnance, sans savoir pour qui.",
        reads=JustifyRequest,
        answers=ForInsurer,
        use_case=justify,
        refusals=(*_OF_A_NUMBER, Refusal.ANONYMOUS_CLOSED),
        writes=False,
        prescribes=False,
    ),
)
