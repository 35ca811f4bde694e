"""The people of the sandbox: made-up professionals, with RPPS numbers whose check digit holds, in made-up places."""

from stdnum import luhn

from ordonum.client.card import CardFile
from ordonum.model.actors import Place, Profession, Professional
from ordonum.model.identifiers import Finess, NumeroAm, Rpps
from ordonum.sandbox.authority import Authority


def rpps(rank: int) -> Rpps:
    """The made-up RPPS of this rank: 9 980 000 000 + rank, and its check digit."""
    body = f"{9_980_000_000 + rank}"
    return Rpps(body + luhn.calc_check_digit(body))


def finess(rank: int) -> Finess:
    """The made-up FINESS of this rank, and its check digit."""
    body = f"{75_990_000 + rank}"
    return Finess(body + luhn.calc_check_digit(body))


def professional(rank: int, surname: str, given_name: str, profession: Profession) -> Professional:
    """A made-up professional."""
    return Professional(rpps(rank), surname, given_name, profession)


def cabinet(rank: int, name: str, *, postal_code: str = "69003", city: str = "Lyon") -> Place:
    """A made-up liberal practice."""
    am = NumeroAm(f"{691_000_000 + rank}")
    return Place(
        numero_am=am, name=name, address="12 rue des Lilas", postal_code=postal_code, city=city, phone="+33400000000"
    )


def pharmacy(rank: int, name: str, *, postal_code: str = "69003", city: str = "Lyon") -> Place:
    """A made-up pharmacy."""
    return Place(
        finess=finess(rank),
        name=name,
        address="3 place du Marché",
        postal_code=postal_code,
        city=city,
        phone="+33400000001",
    )


TEST_CARDS: tuple[tuple[str, Professional, Place], ...] = (
    ("dr-martin", professional(1, "MARTIN", "Claire", Profession.DOCTOR), cabinet(1, "Cabinet du docteur Martin")),
    ("dr-leroy", professional(2, "LEROY", "Paul", Profession.DOCTOR), cabinet(2, "Cabinet du docteur Leroy")),
    ("pharmacie-centre", professional(3, "PETIT", "Nadia", Profession.PHARMACIST), pharmacy(1, "Pharmacie du Centre")),
    ("pharmacie-gare", professional(4, "ROUX", "Hugo", Profession.PHARMACIST), pharmacy(2, "Pharmacie de la Gare")),
    ("infirmiere-diallo", professional(5, "DIALLO", "Awa", Profession.NURSE), cabinet(3, "Cabinet infirmier Diallo")),
    ("kine-bernard", professional(6, "BERNARD", "Luc", Profession.PHYSIOTHERAPIST), cabinet(4, "Cabinet Bernard")),
)


def issue_test_cards(authority: Authority) -> list[CardFile]:
    """Issue the cards that are not there yet; all of them, in order, are returned as made or found."""
    cards = []
    for name, who, place in TEST_CARDS:
        if not (authority.cards / f"{name}.json").exists():
            card = authority.issue(name, who, place)
            authority.write(card)
            cards.append(card)
    return cards
