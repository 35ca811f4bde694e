"""Who acts, from where, with which software."""

from typing import Annotated

from msgspec import Meta, Struct

from ordonum.model.identifiers import Finess, NumeroAm, Rpps
from ordonum.model.labels import Labelled

# A text that people wrote: not blank, bounded, without control characters nor those that reorder or hide what is read.
_HIDDEN = r"\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
_TEXT = rf"[^\x00-\x08\x0b-\x1f{_HIDDEN}]"
_NAME = rf"[^\x00-\x1f{_HIDDEN}]"
Text = Annotated[str, Meta(min_length=1, max_length=1000, pattern=rf"^(?=[\s\S]*\S){_TEXT}*$(?!\n)")]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=rf"^(?=.*\S){_NAME}*$(?!\n)")]


class Profession(Labelled):
    """Profession codes of the CI-SIS (JDV_J01, G15): the two digits that a professional's certificate carries."""

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
    SPEECH_THERAPIST = "91", "orthophoniste"
    ORTHOPTIST = "92", "orthoptiste"


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
        """The identifier of the place with its kind, as a token and an audit entry name it."""
        return f"am:{self.numero_am}" if self.numero_am else f"finess:{self.finess}"


class Software(Struct, frozen=True, forbid_unknown_fields=True):
    """The software that acts for the professional, and its authorisation (CNDA) if it has one."""

    name: Name
    version: Name
    authorisation: Name | None = None


class Professional(Struct, frozen=True, forbid_unknown_fields=True):
    """A professional as their certificate names them."""

    rpps: Rpps
    surname: Name
    given_name: Name
    profession: Profession


class Actor(Struct, frozen=True, forbid_unknown_fields=True):
    """A professional in one place with one software: whom a token stands for."""

    professional: Professional
    place: Place
    software: Software
