"""Who may do what on which family: the role table, as data.

Source: CSP L.4071-1 to L.4071-3 for the circuit; the families by profession follow the user's circuit slides and are to
be completed with the law of the circuit (pharmacists' own acts, protocols).
"""

from ordonum.model.actors import Profession
from ordonum.model.prescription import Family

_ALL = frozenset(Family)

MAY_PRESCRIBE: dict[Profession, frozenset[Family]] = {
    Profession.DOCTOR: _ALL,
    Profession.DENTIST: frozenset(
        {Family.HEALTH_PRODUCTS, Family.BIOLOGY, Family.NURSING, Family.PHYSIOTHERAPY, Family.SPEECH_THERAPY}
    ),
    Profession.MIDWIFE: frozenset({Family.HEALTH_PRODUCTS, Family.BIOLOGY, Family.NURSING, Family.PHYSIOTHERAPY}),
    Profession.NURSE: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.PHYSIOTHERAPIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.PODIATRIST: frozenset({Family.HEALTH_PRODUCTS}),
}

MAY_EXECUTE: dict[Profession, frozenset[Family]] = {
    Profession.PHARMACIST: frozenset({Family.HEALTH_PRODUCTS, Family.BIOLOGY}),
    Profession.AUDIOLOGIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.ORTHOTIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.OPTICIAN: frozenset({Family.OPTICS}),
    Profession.NURSE: frozenset({Family.NURSING}),
    Profession.PHYSIOTHERAPIST: frozenset({Family.PHYSIOTHERAPY}),
    Profession.SPEECH_THERAPIST: frozenset({Family.SPEECH_THERAPY}),
    Profession.ORTHOPTIST: frozenset({Family.ORTHOPTICS}),
    Profession.PODIATRIST: frozenset({Family.PODIATRY}),
    Profession.DOCTOR: frozenset({Family.BIOLOGY}),
}


def may_prescribe(profession: Profession) -> frozenset[Family]:
    """The families that this profession may prescribe."""
    return MAY_PRESCRIBE.get(profession, frozenset())


def may_execute(profession: Profession) -> frozenset[Family]:
    """The families that this profession may read and execute."""
    return MAY_EXECUTE.get(profession, frozenset())
