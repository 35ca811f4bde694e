"""The places of the sandbox: made-up practices, pharmacies, establishments, with numbers whose check digits hold."""

from msgspec import Struct
from stdnum import luhn

from ordonum.model.actors import Establishment, Place
from ordonum.model.identifiers import Finess, NumeroAm, StructureId
from ordonum.model.insurer import InsurerCode
from ordonum.model.sites import SiteKind


def finess(rank: int) -> Finess:
    """The made-up FINESS of this rank, and its check digit."""
    body = f"{75_990_000 + rank}"
    return Finess(body + luhn.calc_check_digit(body))


def siret(rank: int) -> str:
    """The made-up SIRET of this rank: the check digits of the SIREN and of the whole hold."""
    siren = f"{99_990_000 + rank}"
    body = siren + luhn.calc_check_digit(siren) + "0001"
    return body + luhn.calc_check_digit(body)


def by_finess(number: Finess) -> StructureId:
    """The structure that this FINESS names."""
    return StructureId("1" + number)


def by_siret(number: str) -> StructureId:
    """The structure that this SIRET names."""
    return StructureId("3" + number)


def cabinet(rank: int, name: str, *, postal_code: str = "69003", city: str = "Lyon") -> Place:
    """A made-up liberal practice."""
    am = NumeroAm(f"{691_000_000 + rank}")
    return Place(
        numero_am=am, name=name, address="12 rue des Lilas", postal_code=postal_code, city=city, phone="+33400000000"
    )


def pharmacy(rank: int, name: str, *, postal_code: str = "69003", city: str = "Lyon") -> Place:
    """A made-up pharmacy."""
    return establishment(rank, name, "3 place du Marché", postal_code=postal_code, city=city)


def establishment(
    rank: int, name: str, address: str, *, postal_code: str = "69003", city: str = "Lyon", phone: str = "+33400000001"
) -> Place:
    """A made-up place that a FINESS names."""
    return Place(finess=finess(rank), name=name, address=address, postal_code=postal_code, city=city, phone=phone)


CABINET_MARTIN = cabinet(1, "Cabinet du docteur Martin")
CABINET_LEROY = cabinet(2, "Cabinet du docteur Leroy")
CABINET_DIALLO = cabinet(3, "Cabinet infirmier Diallo")
CABINET_BERNARD = cabinet(4, "Cabinet Bernard")
CABINET_REY = cabinet(5, "Cabinet du docteur Rey", postal_code="97400", city="Saint-Denis")
CABINET_MOREL = cabinet(6, "Cabinet de sage-femme Morel")
CABINET_GARCIA = cabinet(7, "Cabinet dentaire Garcia")
CABINET_LEFEVRE = cabinet(8, "Cabinet d'orthophonie Lefèvre")
CABINET_MERCIER = cabinet(9, "Cabinet d'orthoptie Mercier")
CABINET_BLANC = cabinet(10, "Cabinet de podologie Blanc")
CABINET_AUBERT = cabinet(11, "Cabinet de diététique Aubert")
PHARMACIE_CENTRE = pharmacy(1, "Pharmacie du Centre")
PHARMACIE_GARE = pharmacy(2, "Pharmacie de la Gare")
HOPITAL = establishment(11, "Centre hospitalier de Villeneuve", "1 avenue de l'Hôpital")
LABORATOIRE = establishment(12, "Laboratoire des Cordeliers", "8 quai des Cordeliers")
OPTIQUE = establishment(13, "Optique de la Place", "5 place du Marché")
APPAREILLAGE = establishment(14, "Lyon Appareillage", "40 rue des Ateliers")
EHPAD = establishment(15, "EHPAD Les Tilleuls", "2 allée des Tilleuls")
CAISSE = establishment(16, "Caisse primaire du Rhône (fictive)", "276 cours Émile-Zola")
NOT_YET = cabinet(21, "Cabinet qui ouvrira le mois prochain")
CLOSED = pharmacy(22, "Pharmacie fermée")

EHPAD_INSIDE = Establishment(finess=finess(15), name=EHPAD.name, own_pharmacy=False)
"""The care home without a pharmacy, as the establishment inside which a visiting doctor prescribes."""

INSURER = InsurerCode("01691")  # scheme and fund of the test Vitale cards

SECRETARY_SIRET, SUPPLIER_SIRET = siret(1), siret(2)


class Situated(Struct, frozen=True):
    """A place, what it is, and the structure (or the insurer) that its certificates or its employees' cards name, if any."""

    place: Place
    kind: SiteKind
    structure: StructureId | None = None
    insurer: InsurerCode | None = None


OPEN: tuple[Situated, ...] = (
    Situated(CABINET_MARTIN, SiteKind.PRACTICE, by_siret(SECRETARY_SIRET)),
    Situated(CABINET_LEROY, SiteKind.PRACTICE),
    Situated(CABINET_DIALLO, SiteKind.PRACTICE),
    Situated(CABINET_BERNARD, SiteKind.PRACTICE),
    Situated(CABINET_REY, SiteKind.PRACTICE),
    Situated(CABINET_MOREL, SiteKind.PRACTICE),
    Situated(CABINET_GARCIA, SiteKind.PRACTICE),
    Situated(CABINET_LEFEVRE, SiteKind.PRACTICE),
    Situated(CABINET_MERCIER, SiteKind.PRACTICE),
    Situated(CABINET_BLANC, SiteKind.PRACTICE),
    Situated(CABINET_AUBERT, SiteKind.PRACTICE),
    Situated(PHARMACIE_CENTRE, SiteKind.PHARMACY, by_finess(finess(1))),
    Situated(PHARMACIE_GARE, SiteKind.PHARMACY),
    Situated(HOPITAL, SiteKind.HOSPITAL),
    Situated(LABORATOIRE, SiteKind.LABORATORY),
    Situated(OPTIQUE, SiteKind.OPTICIAN),
    Situated(APPAREILLAGE, SiteKind.LPP_SUPPLIER, by_siret(SUPPLIER_SIRET)),
    Situated(EHPAD, SiteKind.CARE_HOME, by_finess(finess(15))),
    Situated(CAISSE, SiteKind.INSURER, insurer=INSURER),
)
"""Where the test cards work today."""
