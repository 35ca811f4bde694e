"""The operations of the service, as one table: address, what is read, which use case, what is answered.

No number, name or token in an address: every operation is a POST whose body holds them.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from ordonum.model.actors import Actor
from ordonum.model.acts import (
    CancelRequest,
    ConsultRequest,
    ExecuteRequest,
    ReadBackRequest,
    Receipt,
    RegisterRequest,
)
from ordonum.model.views import ForExecutant, ForPrescriber
from ordonum.server.usecases.cancel import cancel
from ordonum.server.usecases.consult import consult
from ordonum.server.usecases.context import Answer, Context
from ordonum.server.usecases.execute import execute
from ordonum.server.usecases.read_back import read_back
from ordonum.server.usecases.register import register


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `french` is the published name of the téléservice's operation it answers to."""

    path: str
    name: str
    french: str
    summary: str
    reads: type[Struct]
    answers: type[Struct]
    use_case: Callable[[Context, Actor, Any], Awaitable[Answer | Struct]]
    writes: bool
    body_bytes_max: int = 65_536


OPERATIONS = (
    Operation(
        path="/v1/register",
        name="register",
        french="Enregistrer",
        summary="Le prescripteur enregistre une ordonnance signée ; rien ne nomme le patient en clair.",
        reads=RegisterRequest,
        answers=Receipt,
        use_case=register,
        writes=True,
        body_bytes_max=262_144,
    ),
    Operation(
        path="/v1/consult",
        name="consult",
        french="Consulter",
        summary="L'exécutant lit l'ordonnance dont le patient lui remet le numéro. Chaque lecture est tracée.",
        reads=ConsultRequest,
        answers=ForExecutant,
        use_case=consult,
        writes=False,
    ),
    Operation(
        path="/v1/execute",
        name="execute",
        french="Transmettre exécution",
        summary="L'exécutant enregistre ce qu'il a délivré ou fait, en tout ou partie, et pour qui.",
        reads=ExecuteRequest,
        answers=Receipt,
        use_case=execute,
        writes=True,
    ),
    Operation(
        path="/v1/cancel",
        name="cancel",
        french="Annuler",
        summary="Le prescripteur annule son ordonnance : ce qui a été délivré le reste, le reste s'arrête.",
        reads=CancelRequest,
        answers=Receipt,
        use_case=cancel,
        writes=True,
    ),
    Operation(
        path="/v1/executions",
        name="executions",
        french="Consulter les exécutions",
        summary="Le prescripteur relit ce qui a été exécuté de son ordonnance, sauf opposition du patient.",
        reads=ReadBackRequest,
        answers=ForPrescriber,
        use_case=read_back,
        writes=False,
    ),
)
