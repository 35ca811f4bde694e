"""Who finds what in the care team's search: relation × role × families, as data.

Source: décret 2023-1222, read only through what was published of it (professionals who take charge of the same patient; what is
«strictement nécessaire»). No text naming relations or families was found: each row is ours, «à valider», and the strictest that
lets the care be done. Whoever has no row in a relation may not declare it; employees, structures and the insurer's agents
have none at all. A prescription without a family (`other`) is found by the profession it is addressed to, and by doctors.
"""

from types import MappingProxyType

from ordonum.knowledge.rights import Biologist, Role, role_of
from ordonum.model.actors import Profession, Who
from ordonum.model.care_team import Relation
from ordonum.model.lines import IN_SCOPE, Family

SOURCE = "décret 2023-1222 (à valider)"
_PRODUCTS = frozenset({Family.HEALTH_PRODUCTS})
_NURSE = _PRODUCTS | {Family.NURSING}
_DOCTORS: dict[Role, frozenset[Family]] = {Profession.DOCTOR: IN_SCOPE}
_BIOLOGISTS: dict[Role, frozenset[Family]] = {
    Biologist.DOCTOR: _PRODUCTS | {Family.BIOLOGY},
    Biologist.PHARMACIST: _PRODUCTS | {Family.BIOLOGY},
}
_MIDWIFE = _PRODUCTS | {Family.BIOLOGY, Family.NURSING, Family.PHYSIOTHERAPY}
# Who rehabilitates reads what was prescribed to their own profession.
_REHABILITATION: dict[Role, frozenset[Family]] = {
    Profession.PHYSIOTHERAPIST: frozenset({Family.PHYSIOTHERAPY}),
    Profession.SPEECH_THERAPIST: frozenset({Family.SPEECH_THERAPY}),
    Profession.ORTHOPTIST: frozenset({Family.ORTHOPTICS, Family.OPTICS}),
    Profession.PODIATRIST: frozenset({Family.PODIATRY}),
    Profession.OCCUPATIONAL_THERAPIST: frozenset(),
    Profession.PSYCHOMOTOR_THERAPIST: frozenset(),
}
_TEAM: dict[Role, frozenset[Family]] = {
    **_DOCTORS,
    **_BIOLOGISTS,
    **_REHABILITATION,
    Profession.PHARMACIST: _PRODUCTS,
    Profession.NURSE: _NURSE,
    Profession.MIDWIFE: _MIDWIFE,
    Profession.DENTIST: _PRODUCTS,
    Profession.DIETITIAN: frozenset(),
    Profession.PSYCHOLOGIST: frozenset(),
}

READABLE: MappingProxyType[Relation, dict[Role, frozenset[Family]]] = MappingProxyType(
    {
        Relation.TREATING_DOCTOR: _DOCTORS,
        Relation.CONSULTATION: {**_DOCTORS, Profession.DENTIST: _PRODUCTS, Profession.MIDWIFE: _MIDWIFE},
        Relation.HOSPITAL_STAY: _TEAM,
        Relation.CARE_HOME: _TEAM,
        Relation.COORDINATED_TEAM: _TEAM,
        Relation.MEDICATION_REVIEW: {Profession.PHARMACIST: _PRODUCTS},
        Relation.HOME_NURSING: {Profession.NURSE: _NURSE},
        Relation.MATERNITY: {**_DOCTORS, Profession.MIDWIFE: _MIDWIFE},
        Relation.REHABILITATION: _REHABILITATION,
    }
)


def readable(who: Who, relation: Relation) -> frozenset[Family] | None:
    """The families that somebody finds under this relation; None: the relation is not one of theirs."""
    return READABLE[relation].get(role_of(who))
