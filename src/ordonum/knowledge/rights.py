"""Who may do what on which family: one table, role × act × family. Nothing of it is decided elsewhere.

Sources: CSP L.4071-1 to L.4071-3 for the circuit; the families by profession follow the circuit's public slides. What
each profession may prescribe *of* a family (lists of medicines and devices) is the matter of `knowledge.rules`.
docs/droits.md is made from this table; tests/server/test_square.py plays each of its cells.
"""

from types import MappingProxyType

from ordonum.model.actors import Actor, Agent, Employee, EmployeeRole, Profession, Professional, Who
from ordonum.model.insurer import Mission, Purpose, PurposeCode
from ordonum.model.labels import Labelled
from ordonum.model.lines import IN_SCOPE, Family
from ordonum.model.refusals import Refusal, Refused


class Right(Labelled):
    """What one does to a prescription: the name of the operation, and its French name."""

    REGISTER = "register", "enregistrer"
    REPLACE = "replace", "remplacer"
    CANCEL = "cancel", "annuler"
    EXECUTIONS = "executions", "relire les exécutions"
    RECORDED = "recorded", "savoir si son acte est enregistré"
    REGISTERED = "registered", "lister ses ordonnances"
    COPY = "copy", "accuser la copie numérique"
    DELEGATE = "delegate", "déléguer une clé"
    CONSULT = "consult", "consulter"
    EXECUTE = "execute", "exécuter"
    CORRECT = "correct", "corriger une exécution"
    WITHDRAW = "withdraw", "retirer une exécution"
    INVOICE = "invoice", "facturer"
    REPORT = "report", "signaler une falsification"
    SEARCH = "search", "chercher (équipe de soins)"
    OPPOSE = "oppose", "enregistrer une opposition"
    LIFT = "lift", "lever une opposition"
    TRACES = "traces", "relire qui a fait quoi"
    JUSTIFY = "justify", "lire ce qui justifie une facture"


class Biologist(Labelled):
    """Roles that a specialty makes of a profession."""

    PHARMACIST = "pharmacist", "pharmacien biologiste"
    DOCTOR = "doctor", "médecin biologiste"


class Alone(Labelled):
    """Roles of nobody in particular."""

    STRUCTURE = "structure", "structure"


Role = Profession | Biologist | EmployeeRole | Alone | Mission
Cells = dict[Right, frozenset[Family]]

# Specialties of the CI-SIS: G and EG of pharmacists, biologie médicale of doctors.
BIOLOGISTS: dict[Profession, tuple[Biologist, frozenset[str]]] = {
    Profession.PHARMACIST: (Biologist.PHARMACIST, frozenset({"G", "EG"})),
    Profession.DOCTOR: (Biologist.DOCTOR, frozenset({"SM03", "SM63", "SM64", "SM65", "SM66", "SM67"})),
}

# What goes with prescribing, and with executing, a family: the same families for each of these.
OF_PRESCRIBERS = (
    Right.REGISTER,
    Right.REPLACE,
    Right.CANCEL,
    Right.EXECUTIONS,
    Right.REGISTERED,
    Right.COPY,
    Right.DELEGATE,
)
OF_EXECUTANTS = (Right.CONSULT, Right.EXECUTE, Right.CORRECT, Right.WITHDRAW, Right.INVOICE, Right.REPORT)
_NONE: frozenset[Family] = frozenset()
_PRODUCTS = frozenset({Family.HEALTH_PRODUCTS})


def _cells(rights: tuple[Right, ...], families: frozenset[Family]) -> Cells:
    return {right: families for right in rights if families}


def _care(*, prescribes: frozenset[Family] = _NONE, executes: frozenset[Family] = _NONE, team: bool = True) -> Cells:
    """A professional's row. What has no family (`other`) is executed by the profession that it is addressed to.

    The care team's search is open to those who take charge of a patient (`team`); which families each finds, under which
    relation, is in `knowledge.care_team`.
    """
    executant = executes | {Family.OTHER}
    return {
        **_cells(OF_PRESCRIBERS, prescribes),
        **_cells(OF_EXECUTANTS, executant),
        **_cells((Right.RECORDED, Right.SEARCH) if team else (Right.RECORDED,), IN_SCOPE),
    }


# Whoever sends, for the professionals of the place, what these signed and did.
_SENDS = _cells((Right.REGISTER, Right.COPY, Right.INVOICE, Right.RECORDED), IN_SCOPE)
_MIDWIFE = frozenset({Family.HEALTH_PRODUCTS, Family.BIOLOGY, Family.NURSING, Family.PHYSIOTHERAPY, Family.OTHER})

RIGHTS: MappingProxyType[Role, Cells] = MappingProxyType(
    {
        Profession.DOCTOR: _care(prescribes=IN_SCOPE),
        Biologist.DOCTOR: _care(prescribes=IN_SCOPE, executes=frozenset({Family.BIOLOGY})),
        Profession.DENTIST: _care(prescribes=_MIDWIFE | {Family.SPEECH_THERAPY}),
        Profession.MIDWIFE: _care(prescribes=_MIDWIFE),
        Profession.NURSE: _care(prescribes=_PRODUCTS, executes=frozenset({Family.NURSING})),
        Profession.PHYSIOTHERAPIST: _care(prescribes=_PRODUCTS, executes=frozenset({Family.PHYSIOTHERAPY})),
        Profession.PODIATRIST: _care(prescribes=_PRODUCTS, executes=frozenset({Family.PODIATRY})),
        Profession.ORTHOPTIST: _care(prescribes=frozenset({Family.OPTICS}), executes=frozenset({Family.ORTHOPTICS})),
        Profession.PHARMACIST: _care(executes=_PRODUCTS),
        Biologist.PHARMACIST: _care(executes=frozenset({Family.BIOLOGY})),
        Profession.OPTICIAN: _care(executes=frozenset({Family.OPTICS}), team=False),
        Profession.SPEECH_THERAPIST: _care(executes=frozenset({Family.SPEECH_THERAPY})),
        Profession.AUDIOLOGIST: _care(executes=_PRODUCTS, team=False),
        Profession.ORTHOTIST: _care(executes=_PRODUCTS, team=False),
        Profession.PODIATRIC_ORTHOTIST: _care(executes=_PRODUCTS, team=False),
        Profession.ORTHOPAEDIC_FITTER: _care(executes=_PRODUCTS, team=False),
        Profession.OCULARIST: _care(executes=_PRODUCTS, team=False),
        Profession.EPITHESIST: _care(executes=_PRODUCTS, team=False),
        Profession.LABORATORY_TECHNICIAN: _care(team=False),
        Profession.PSYCHOLOGIST: _care(),
        Profession.OCCUPATIONAL_THERAPIST: _care(),
        Profession.DIETITIAN: _care(),
        Profession.PSYCHOMOTOR_THERAPIST: _care(),
        Profession.RADIOGRAPHER: _care(team=False),
        # An employee executes under the professional who answers for them (préparateurs: CSP L.4241-1).
        EmployeeRole.PHARMACY_ASSISTANT: {**_cells(OF_EXECUTANTS, _PRODUCTS), Right.RECORDED: IN_SCOPE},
        EmployeeRole.LPP_SUPPLIER: {**_cells(OF_EXECUTANTS, _PRODUCTS), Right.RECORDED: IN_SCOPE},
        EmployeeRole.SECRETARY: _SENDS,
        EmployeeRole.MEDICAL_ASSISTANT: _SENDS,
        Alone.STRUCTURE: _SENDS,
        # The insurer's agents: by mission, each of which is a right that their organisation gave them.
        Mission.OFFICE: _cells((Right.OPPOSE, Right.LIFT, Right.TRACES), IN_SCOPE),
        Mission.REIMBURSEMENT: _cells((Right.JUSTIFY,), IN_SCOPE),
        Mission.MEDICAL_SERVICE: _cells((Right.JUSTIFY,), IN_SCOPE),
    }
)

# Who may ask for a secured prescription; which medicine each may prescribe is in `knowledge.rules`.
MAY_SECURE = frozenset({Profession.DOCTOR, Profession.DENTIST, Profession.MIDWIFE})

# Whose agents read the lines of the order itself, beside what was executed of it: those who judge the care.
READS_LINES = frozenset({Mission.MEDICAL_SERVICE})

# What each mission may declare to be calling for.
PURPOSES: dict[Mission, frozenset[PurposeCode]] = {
    Mission.OFFICE: frozenset({PurposeCode.PATIENT_REQUEST, PurposeCode.REPRESENTATIVE_REQUEST}),
    Mission.REIMBURSEMENT: frozenset({PurposeCode.INVOICE_CHECK, PurposeCode.OVERPAYMENT}),
    Mission.MEDICAL_SERVICE: frozenset({PurposeCode.MEDICAL_OPINION, PurposeCode.OVERPAYMENT}),
}

# A professional who has none of these rights is judged by what they name, and traced: «it is not yours».
JUDGED_BY_WHAT_IS_NAMED = frozenset({*OF_PRESCRIBERS, *OF_EXECUTANTS}) - {Right.REGISTERED}

_OPERATIONS = {each.value: each for each in Right}


def role_of(who: Who) -> Role:
    """The row of the table that somebody stands in."""
    if isinstance(who, Professional):
        found = BIOLOGISTS.get(who.profession)
        return found[0] if found is not None and who.specialty in found[1] else who.profession
    if isinstance(who, Agent):
        return who.mission
    return who.role if isinstance(who, Employee) else Alone.STRUCTURE


def families(role: Role, right: Right) -> frozenset[Family]:
    """The families on which this role may do this; none: it may not."""
    return RIGHTS.get(role, {}).get(right, _NONE)


def may_prescribe(profession: Profession | None) -> frozenset[Family]:
    """The families that this profession may prescribe; none for whoever has no profession."""
    return families(profession, Right.REGISTER) if profession is not None else _NONE


def may_secure(profession: Profession) -> bool:
    """Whether this profession may prescribe what needs a secured prescription."""
    return profession in MAY_SECURE


def executed_by(who: Professional) -> frozenset[Family]:
    """The families that a professional executes whomever they are addressed to, by their profession and specialty."""
    return families(role_of(who), Right.EXECUTE) - {Family.OTHER}


def may_execute(actor: Actor) -> frozenset[Family]:
    """The families that this actor may read and execute; `other` only where it is addressed to their profession."""
    return families(role_of(actor.who), Right.EXECUTE)


def may_call(actor: Actor, operation: str) -> bool:
    """Whether this kind of caller may use an operation at all.

    A pharmacist who names somebody's prescription to cancel it is not stopped here: they are told, and traced, that it is
    not theirs.
    """
    right = _OPERATIONS.get(operation)
    if isinstance(actor.who, Professional) and right in JUDGED_BY_WHAT_IS_NAMED:
        return True
    return right is not None and bool(families(role_of(actor.who), right))


def check_purpose(who: Who, purpose: Purpose) -> None:
    """Refuse a purpose that is not of the agent's mission. Raises Refused."""
    if not isinstance(who, Agent) or purpose.code not in PURPOSES[who.mission]:
        raise Refused(Refusal.PURPOSE_NOT_OF_MISSION, at="$.purpose", purpose=purpose.code.label)


def caller_label(actor: Actor) -> str:
    """What the caller is, in French."""
    if isinstance(actor.who, Professional):
        return actor.who.profession.label
    if isinstance(actor.who, Agent):
        return f"agent de l'Assurance Maladie : {actor.who.mission.label}"
    return actor.who.role.label if isinstance(actor.who, Employee) else "structure"
