"""The people of the sandbox: made-up professionals, employees, structures and agents, with numbers whose check digits hold."""

from stdnum import luhn

from ordonum.client.card import CardFile
from ordonum.model.actors import Agent, Employee, EmployeeRole, Place, Profession, Professional, Structure, Who
from ordonum.model.identifiers import EmployeeId, Rpps, SpecialtyCode
from ordonum.model.insurer import AgentId, Mission
from ordonum.sandbox import places
from ordonum.sandbox.authority import Authority
from ordonum.sandbox.places import cabinet as cabinet  # the same name: who makes people makes their places
from ordonum.sandbox.places import finess as finess
from ordonum.sandbox.places import pharmacy as pharmacy


def rpps(rank: int) -> Rpps:
    """The made-up RPPS of this rank: 9 980 000 000 + rank, and its check digit."""
    body = f"{9_980_000_000 + rank}"
    return Rpps(body + luhn.calc_check_digit(body))


def professional(
    rank: int, surname: str, given_name: str, profession: Profession, *, specialty: str | None = None
) -> Professional:
    """A made-up professional."""
    return Professional(
        rpps(rank), surname, given_name, profession, None if specialty is None else SpecialtyCode(specialty)
    )


TEST_CARDS: tuple[tuple[str, Professional, Place], ...] = (
    ("dr-martin", professional(1, "MARTIN", "Claire", Profession.DOCTOR), places.CABINET_MARTIN),
    ("dr-leroy", professional(2, "LEROY", "Paul", Profession.DOCTOR), places.CABINET_LEROY),
    ("pharmacie-centre", professional(3, "PETIT", "Nadia", Profession.PHARMACIST), places.PHARMACIE_CENTRE),
    ("pharmacie-gare", professional(4, "ROUX", "Hugo", Profession.PHARMACIST), places.PHARMACIE_GARE),
    ("infirmiere-diallo", professional(5, "DIALLO", "Awa", Profession.NURSE), places.CABINET_DIALLO),
    ("kine-bernard", professional(6, "BERNARD", "Luc", Profession.PHYSIOTHERAPIST), places.CABINET_BERNARD),
    ("cardiologue-faure", professional(7, "FAURE", "Hélène", Profession.DOCTOR, specialty="SM04"), places.HOPITAL),
    ("dr-rey", professional(8, "REY", "Antoine", Profession.DOCTOR, specialty="SM54"), places.CABINET_REY),
    (
        "remplacante-simon",
        professional(9, "SIMON", "Julie", Profession.DOCTOR, specialty="SM54"),
        places.CABINET_MARTIN,
    ),
    ("sage-femme-morel", professional(10, "MOREL", "Sophie", Profession.MIDWIFE), places.CABINET_MOREL),
    ("dentiste-garcia", professional(11, "GARCIA", "Inès", Profession.DENTIST), places.CABINET_GARCIA),
    ("orthophoniste-lefevre", professional(12, "LEFÈVRE", "Anna", Profession.SPEECH_THERAPIST), places.CABINET_LEFEVRE),
    ("orthoptiste-mercier", professional(13, "MERCIER", "Jules", Profession.ORTHOPTIST), places.CABINET_MERCIER),
    ("podologue-blanc", professional(14, "BLANC", "Émile", Profession.PODIATRIST), places.CABINET_BLANC),
    ("opticien-dupuis", professional(15, "DUPUIS", "Karim", Profession.OPTICIAN), places.OPTIQUE),
    (
        "biologiste-henry",
        professional(16, "HENRY", "Léa", Profession.PHARMACIST, specialty="G"),
        places.LABORATOIRE,
    ),
    ("orthoprothesiste-colin", professional(17, "COLIN", "Marc", Profession.ORTHOTIST), places.APPAREILLAGE),
    ("manipulateur-perez", professional(18, "PEREZ", "Diego", Profession.RADIOGRAPHER), places.HOPITAL),
    ("dieteticienne-aubert", professional(19, "AUBERT", "Nina", Profession.DIETITIAN), places.CABINET_AUBERT),
)
"""The professionals' cards: name, holder, place of exercise."""

RSA_CARDS = frozenset({"dr-rey"})
"""Those whose keys are RSA of 2048 bits and sign RS256, as the CPS cards in use."""


def _employee(national: str, surname: str, given_name: str, role: EmployeeRole) -> Employee:
    return Employee(EmployeeId(national), surname, given_name, role)


EMPLOYEE_CARDS: tuple[tuple[str, Employee, Place, Rpps], ...] = (
    (
        "preparatrice-lemoine",
        _employee(f"3{finess(1)}/CPET00001", "LEMOINE", "Chloé", EmployeeRole.PHARMACY_ASSISTANT),
        places.PHARMACIE_CENTRE,
        rpps(3),
    ),
    (
        "secretaire-marchand",
        _employee(f"5{places.SECRETARY_SIRET}/CPET00001", "MARCHAND", "Odile", EmployeeRole.SECRETARY),
        places.CABINET_MARTIN,
        rpps(1),
    ),
    (
        "employe-gauthier",
        _employee(f"5{places.SUPPLIER_SIRET}/CPET00007", "GAUTHIER", "Yanis", EmployeeRole.LPP_SUPPLIER),
        places.APPAREILLAGE,
        rpps(17),
    ),
)
"""The employees' cards: name, holder, place, and the professional who answers for them."""

STRUCTURE_CARDS: tuple[tuple[str, Structure, Place], ...] = (
    (
        "structure-pharmacie-centre",
        Structure(places.by_finess(finess(1)), places.PHARMACIE_CENTRE.name),
        places.PHARMACIE_CENTRE,
    ),
    ("structure-ehpad", Structure(places.by_finess(finess(15)), places.EHPAD.name), places.EHPAD),
    (
        "structure-appareillage",
        Structure(places.by_siret(places.SUPPLIER_SIRET), places.APPAREILLAGE.name),
        places.APPAREILLAGE,
    ),
)
"""The structures' certificates: name, holder, place."""


AGENT_CARDS: tuple[tuple[str, Agent, Place], ...] = tuple(
    (name, Agent(AgentId(f"{places.INSURER}/AGT{rank:05}"), places.CAISSE.name, mission), places.CAISSE)
    for rank, (name, mission) in enumerate(
        (
            ("agent-caisse", Mission.OFFICE),
            ("agent-remboursement", Mission.REIMBURSEMENT),
            ("agent-service-medical", Mission.MEDICAL_SERVICE),
        ),
        start=1,
    )
)
"""The cards of the insurer's agents: name, holder, place; one for each mission."""


def issue_test_cards(authority: Authority) -> list[CardFile]:
    """Issue the cards that are not there yet, of the four kinds; those made now, in order."""
    wanted: list[tuple[str, Who, Place, Rpps | None]] = [
        *((name, who, place, None) for name, who, place in TEST_CARDS),
        *EMPLOYEE_CARDS,
        *((name, structure, place, None) for name, structure, place in STRUCTURE_CARDS),
        *((name, agent, place, None) for name, agent, place in AGENT_CARDS),
    ]
    cards = []
    for name, who, place, under in wanted:
        if not (authority.cards / f"{name}.json").exists():
            as_rsa = name in RSA_CARDS
            card = authority.issue(
                name, who, place, under=under, rsa_keys=as_rsa, rsa_padding="pkcs1v15" if as_rsa else "pss"
            )
            authority.write(card)
            cards.append(card)
    return cards
