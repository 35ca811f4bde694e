"""Problem documents (RFC 9457): how a refusal travels."""

from msgspec import Struct

from ordonum.model.refusals import BY_CODE, Effect, Fault, Kind, Refusal, Refused, Retry
from ordonum.wire import native

MEDIA_TYPE = "application/problem+json"
STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.ASKS: 409,
    Kind.TOO_LARGE: 413,
    Kind.METHOD: 405,
    Kind.SLOW: 408,
    Kind.LIMITED: 429,
    Kind.BUSY: 503,
    Kind.BUG: 500,
}
TITLES = {
    Kind.INVALID: "Demande non recevable",
    Kind.UNAUTHENTICATED: "Authentification refusée",
    Kind.FORBIDDEN: "Acte non permis",
    Kind.NOT_FOUND: "Introuvable",
    Kind.CONFLICT: "Acte impossible dans cet état",
    Kind.ASKS: "Une raison est demandée",
    Kind.TOO_LARGE: "Demande trop volumineuse",
    Kind.METHOD: "Méthode non admise",
    Kind.SLOW: "Demande trop lente",
    Kind.LIMITED: "Attendez votre tour",
    Kind.BUSY: "Service momentanément indisponible",
    Kind.BUG: "Erreur du service",
}


class Problem(Struct, frozen=True, kw_only=True):
    """A refusal on the wire. `detail` is for a person; `code`, `effect` and `retry` are for their software."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    effect: Effect
    retry: Retry
    instance: str
    errors: tuple[Fault, ...] = ()


def problem(refused: Refused, *, reference: str) -> Problem:
    """The problem document of a refusal; `reference` names the request in the logs."""
    reason = refused.refusal.value
    return Problem(
        type=f"urn:ordonum:refus:{reason.code}",
        title=TITLES[reason.kind],
        status=STATUS[reason.kind],
        detail=refused.detail,
        code=reason.code,
        effect=reason.effect,
        retry=reason.retry,
        instance=f"urn:uuid:{reference}",
        errors=refused.faults,
    )


def read(body: bytes) -> Problem:
    """A problem document as the service wrote it. Raises Refused(UNREADABLE)."""
    return native.read(body, Problem)


def refusal_of(read_problem: Problem) -> Refusal:
    """The refusal that a problem names; one that this version does not know is a plain INTERNAL."""
    return BY_CODE.get(read_problem.code, Refusal.INTERNAL)
