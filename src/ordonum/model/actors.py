"""Who acts, from where, with which software."""

from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.identifiers import EmployeeId, Finess, Nil, NumeroAm, Rpps, SpecialtyCode, StructureId
from ordonum.model.insurer import AgentId, Mission
from ordonum.model.labels import Labelled

# A text that people wrote: not blank, bounded, without control characters nor those that reorder or hide what is read.
_HIDDEN = r"\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
_TEXT = rf"[^\x00-\x08\x0b-\x1f{_HIDDEN}]"
_NAME = rf"[^\x00-\x1f{_HIDDEN}]"
Text = Annotated[str, Meta(min_length=1, max_length=1000, pattern=rf"^(?=[\s\S]*\S){_TEXT}*$(?!\n)")]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^(?=.*\S){_NAME}*$(?!\n)")]


class Profession(Labelled):
    """Profession codes of the CI-SIS (JDV_J01): the two digits that a professional's certificate carries."""

    DOCTOR = "10", "médecin"
    PHARMACIST = "21", "pharmacien"
    AUDIOLOGIST = "26", "audioprothésiste"
    OPTICIAN = "28", "opticien-lunetier"
    DENTIST = "40", "chirurgien-dentiste"
    MIDWIFE = "50", "sage-femme"
    NURSE = "60", "infirmier"
    PHYSIOTHERAPIST = "70", "masseur-kinésithérapeute"
    PODIATRIST = "80", "pédicure-podologue"
    ORTHOTIST = "81", "orthoprothésiste"
    PODIATRIC_ORTHOTIST = "82", "podo-orthésiste"
    ORTHOPAEDIC_FITTER = "83", "orthopédiste-orthésiste"
    OCULARIST = "84", "oculariste"
    EPITHESIST = "85", "épithésiste"
    LABORATORY_TECHNICIAN = "86", "technicien de laboratoire médical"
    SPEECH_THERAPIST = "91", "orthophoniste"
    ORTHOPTIST = "92", "orthoptiste"
    PSYCHOLOGIST = "93", "psychologue"
    OCCUPATIONAL_THERAPIST = "94", "ergothérapeute"
    DIETITIAN = "95", "diététicien"
    PSYCHOMOTOR_THERAPIST = "96", "psychomotricien"
    RADIOGRAPHER = "98", "manipulateur d'électroradiologie médicale"


class EmployeeRole(Labelled):
    """What an employee is, in the codes of the CI-SIS (JDV_J01)."""

    PHARMACY_ASSISTANT = "39", "préparateur en pharmacie"
    SECRETARY = "331", "secrétaire assistante médico-administrative"
    MEDICAL_ASSISTANT = "332", "assistant médical"
    LPP_SUPPLIER = "312", "employé d'un fournisseur d'appareillage"


class Place(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place of exercise: N° AM for a liberal professional, or FINESS. Exactly one of the two.

    The postal code gives the time zone in which legal dates are counted.
    """

    numero_am: NumeroAm | None = None
    finess: Finess | None = None
    name: Name
    address: Name
    postal_code: Annotated[str, Meta(pattern=r"^[0-9]{5}$(?!\n)", title="Code postal")]
    city: Name
    phone: Annotated[str, Meta(pattern=r"^\+[0-9]{6,15}$(?!\n)", title="Téléphone, avec l'indicatif (+33…)")] | None = (
        None
    )
    email: Annotated[str, Meta(max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$(?!\n)")] | None = None

    def __post_init__(self) -> None:
        if (self.numero_am is None) == (self.finess is None):
            raise ValueError("one-of-numero_am-finess")

    @property
    def key(self) -> str:
        """The identifier of the place with its kind, as a token, a site and an audit entry name it."""
        return f"am:{self.numero_am}" if self.numero_am else f"finess:{self.finess}"


class Establishment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The establishment *inside* which one prescribes: its FINESS géographique, and whether it has its own pharmacy (PUI).

    `executed_inside`: what is prescribed is executed by the establishment itself, its pharmacy or its staff. Such a
    prescription is out of the circuit (CSP L.4071-4) and is refused with that reason.
    """

    finess: Finess
    name: Name
    own_pharmacy: bool = False
    executed_inside: bool = False

    @property
    def key(self) -> str:
        """As a site names it."""
        return f"finess:{self.finess}"


class AuthorisationKind(Labelled):
    """Four different things that a software may have, never to be confused."""

    AGREEMENT = "agrement", "agrément (CNAM)"
    AUTHORISATION = "autorisation", "autorisation (CNDA)"
    REFERENCING = "referencement", "référencement (Ségur)"
    CERTIFICATION = "certification", "certification (HAS)"


class Authorisation(Struct, frozen=True, forbid_unknown_fields=True):
    """What a software was granted: which of the four, under which number."""

    kind: AuthorisationKind
    number: Name


class Software(Struct, frozen=True, forbid_unknown_fields=True):
    """The software that acts for the professional; `nil` names it in the register of software and sites."""

    name: Name
    version: Name
    authorisation: Authorisation | None = None
    nil: Nil | None = None


class Professional(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="professional"):
    """A professional as their certificate names them, with the specialty that it carries if any."""

    rpps: Rpps
    surname: Name
    given_name: Name
    profession: Profession
    specialty: SpecialtyCode | None = None

    @property
    def author(self) -> str:
        """Who they are among all authors."""
        return f"rpps:{self.rpps}"


class Employee(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="employee"):
    """An employee as their certificate (CPE) names them; `under` is the professional who answers for them."""

    id: EmployeeId
    surname: Name
    given_name: Name
    role: EmployeeRole
    under: Rpps | None = None

    @property
    def author(self) -> str:
        """Who they are among all authors."""
        return f"employee:{self.id}"


class Structure(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="structure"):
    """A structure as its certificate names it: its software sends what its professionals signed, nobody being there."""

    id: StructureId
    name: Name

    @property
    def author(self) -> str:
        """Who it is among all authors."""
        return f"structure:{self.id}"


class Agent(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="agent"):
    """An agent of the insurer as their certificate names them: by number, never by name, with the mission it grants."""

    id: AgentId
    organisation: Name
    mission: Mission

    @property
    def author(self) -> str:
        """Who they are among all authors."""
        return f"agent:{self.id}"

    @property
    def name(self) -> str:
        """What is shown of them: their organisation's name."""
        return self.organisation


Who = Professional | Employee | Structure | Agent


class Actor(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody in one place, where needed inside an establishment, with one software: whom a token stands for."""

    who: Who
    place: Place
    software: Software
    inside: Establishment | None = None

    @property
    def author(self) -> str:
        """Who acts, among all authors."""
        return self.who.author

    @property
    def rpps(self) -> Rpps | None:
        """The professional who acts; None for anybody else."""
        return self.who.rpps if isinstance(self.who, Professional) else None

    @property
    def profession(self) -> Profession | None:
        """The profession of who acts; None for anybody else."""
        return self.who.profession if isinstance(self.who, Professional) else None

    @property
    def site(self) -> str:
        """The site where the software works: the establishment one is inside of, or else the place of exercise."""
        return self.inside.key if self.inside is not None else self.place.key
