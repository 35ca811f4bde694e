"""Who may do what on which family: the role table, as data.

Source: CSP L.4071-1 to L.4071-3 for the circuit; the families by profession follow the user's circuit slides and are to
be completed with the law of the circuit (pharmacists' own acts, protocols).
"""

from ordonum.model.actors import Actor, Employee, EmployeeRole, Profession, Professional
from ordonum.model.lines import IN_SCOPE, Family

MAY_PRESCRIBE: dict[Profession, frozenset[Family]] = {
    Profession.DOCTOR: IN_SCOPE,
    Profession.DENTIST: frozenset(
        {
            Family.HEALTH_PRODUCTS,
            Family.BIOLOGY,
            Family.NURSING,
            Family.PHYSIOTHERAPY,
            Family.SPEECH_THERAPY,
            Family.OTHER,
        }
    ),
    Profession.MIDWIFE: frozenset(
        {Family.HEALTH_PRODUCTS, Family.BIOLOGY, Family.NURSING, Family.PHYSIOTHERAPY, Family.OTHER}
    ),
    Profession.NURSE: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.PHYSIOTHERAPIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.PODIATRIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.ORTHOPTIST: frozenset({Family.OPTICS}),
}

# What each profession reads and executes besides the prescriptions without a family that are addressed to it.
MAY_EXECUTE: dict[Profession, frozenset[Family]] = {
    Profession.PHARMACIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.AUDIOLOGIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.ORTHOTIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.PODIATRIC_ORTHOTIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.ORTHOPAEDIC_FITTER: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.OCULARIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.EPITHESIST: frozenset({Family.HEALTH_PRODUCTS}),
    Profession.OPTICIAN: frozenset({Family.OPTICS}),
    Profession.NURSE: frozenset({Family.NURSING}),
    Profession.PHYSIOTHERAPIST: frozenset({Family.PHYSIOTHERAPY}),
    Profession.SPEECH_THERAPIST: frozenset({Family.SPEECH_THERAPY}),
    Profession.ORTHOPTIST: frozenset({Family.ORTHOPTICS}),
    Profession.PODIATRIST: frozenset({Family.PODIATRY}),
}

# Who executes biology: by their specialty in the CI-SIS (G and EG of pharmacists, biologie médicale of doctors).
BIOLOGISTS: dict[Profession, frozenset[str]] = {
    Profession.PHARMACIST: frozenset({"G", "EG"}),
    Profession.DOCTOR: frozenset({"SM03", "SM63", "SM64", "SM65", "SM66", "SM67"}),
}

# Who may ask for a secured prescription; which medicine each may prescribe comes with the law of the circuit.
MAY_SECURE = frozenset({Profession.DOCTOR, Profession.DENTIST, Profession.MIDWIFE})

# An employee executes under the professional who answers for them (préparateurs: CSP L.4241-1); a secretary executes nothing.
EMPLOYEE_MAY_EXECUTE: dict[EmployeeRole, frozenset[Family]] = {
    EmployeeRole.PHARMACY_ASSISTANT: frozenset({Family.HEALTH_PRODUCTS}),
    EmployeeRole.LPP_SUPPLIER: frozenset({Family.HEALTH_PRODUCTS}),
}

# The operations open to a caller who is no professional, beside those of its rights: sending what was signed, billing.
EMPLOYEE_OPERATIONS: dict[EmployeeRole, frozenset[str]] = {
    EmployeeRole.PHARMACY_ASSISTANT: frozenset({"consult", "execute", "invoice"}),
    EmployeeRole.LPP_SUPPLIER: frozenset({"consult", "execute", "invoice"}),
    EmployeeRole.SECRETARY: frozenset({"register", "invoice"}),
    EmployeeRole.MEDICAL_ASSISTANT: frozenset({"register", "invoice"}),
}
STRUCTURE_OPERATIONS = frozenset({"register", "invoice"})


def may_prescribe(profession: Profession | None) -> frozenset[Family]:
    """The families that this profession may prescribe."""
    return MAY_PRESCRIBE.get(profession, frozenset()) if profession is not None else frozenset()


def may_secure(profession: Profession) -> bool:
    """Whether this profession may prescribe what needs a secured prescription."""
    return profession in MAY_SECURE


def executed_by(who: Professional) -> frozenset[Family]:
    """The families that a professional executes, by their profession and specialty."""
    if who.specialty in BIOLOGISTS.get(who.profession, frozenset()):
        return frozenset({Family.BIOLOGY})
    return MAY_EXECUTE.get(who.profession, frozenset())


def may_execute(actor: Actor) -> frozenset[Family]:
    """The families that this actor may read and execute; `other` only where it is addressed to their profession."""
    if isinstance(actor.who, Professional):
        return executed_by(actor.who) | {Family.OTHER}
    if isinstance(actor.who, Employee):
        return EMPLOYEE_MAY_EXECUTE.get(actor.who.role, frozenset())
    return frozenset()


def may_call(actor: Actor, operation: str) -> bool:
    """Whether this kind of caller may use an operation at all; a professional may call any, and is judged by what it does."""
    if isinstance(actor.who, Professional):
        return True
    if isinstance(actor.who, Employee):
        return operation in EMPLOYEE_OPERATIONS.get(actor.who.role, frozenset())
    return operation in STRUCTURE_OPERATIONS


def caller_label(actor: Actor) -> str:
    """What the caller is, in French."""
    if isinstance(actor.who, Professional):
        return actor.who.profession.label
    return actor.who.role.label if isinstance(actor.who, Employee) else "structure"
