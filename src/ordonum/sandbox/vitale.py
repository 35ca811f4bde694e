"""The test Vitale cards: made-up people, numbers whose keys hold. Written where the workstations of the sandbox find them."""

from datetime import date
from pathlib import Path

from stdnum.fr import nir as stdnum_nir

from ordonum.client.vitale import Insured, OnCard, Quality, Rights, VitaleCard
from ordonum.model.identifiers import BirthDate, NirKey
from ordonum.sandbox.authority import write_private
from ordonum.wire import native

DURAND_NIR = NirKey("279035121518989")  # public test value of the CI-SIS samples
OPEN = Rights(since=date(2020, 1, 1))


def nir(matricule: str) -> NirKey:
    """A number of 13 characters with its key."""
    return NirKey(matricule + stdnum_nir.calc_check_digits(matricule))


def _insured(surname: str, first_name: str, number: NirKey, *, scheme: str = "01") -> Insured:
    return Insured(surname=surname, first_name=first_name, nir=number, scheme=scheme, fund="691", centre="0000")


def _on_card(
    quality: Quality, surname: str, first_name: str, born: str, *, rank: int = 1, own: NirKey | None = None
) -> OnCard:
    return OnCard(
        quality=quality,
        surname=surname,
        first_name=first_name,
        birth_date=BirthDate(born),
        birth_rank=rank,
        nir=own,
    )


def _alone(surname: str, first_name: str, number: NirKey, born: str, rights: Rights = OPEN) -> VitaleCard:
    return VitaleCard(
        insured=_insured(surname, first_name, number),
        rights=rights,
        beneficiaries=(_on_card(Quality.INSURED, surname, first_name, born),),
    )


TEST_VITALE: tuple[tuple[str, VitaleCard], ...] = (
    ("durand", _alone("DURAND", "Éloïse", DURAND_NIR, "1979-03-14")),
    (
        "famille-benali",  # twins without a number of their own: only the birth rank tells them apart
        VitaleCard(
            insured=_insured("BENALI", "Samia", nir("2880469383451")),
            rights=OPEN,
            beneficiaries=(
                _on_card(Quality.INSURED, "BENALI", "Samia", "1988-04-02"),
                _on_card(Quality.CHILD, "BENALI", "Lina", "2021-09-17", rank=1),
                _on_card(Quality.CHILD, "BENALI", "Nour", "2021-09-17", rank=2),
            ),
        ),
    ),
    (
        "famille-costa",  # a child whose own number is certified, a baby whose is not, on the father's card
        VitaleCard(
            insured=_insured("COSTA", "Rui", nir("1850799139278")),
            rights=OPEN,
            beneficiaries=(
                _on_card(Quality.INSURED, "COSTA", "Rui", "1985-07-21"),
                _on_card(Quality.CHILD, "COSTA", "Tiago", "2014-02-11", own=nir("1140269381093")),
                _on_card(Quality.CHILD, "COSTA", "Eva", "2026-03-05"),
            ),
        ),
    ),
    (
        "couple-santoni",  # a spouse still on the card, born in Corsica, with a certified number
        VitaleCard(
            insured=_insured("SANTONI", "Ange", nir("154032B033046"), scheme="02"),
            rights=OPEN,
            beneficiaries=(
                _on_card(Quality.INSURED, "SANTONI", "Ange", "1954-03-12"),
                _on_card(Quality.SPOUSE, "SANTONI", "Lucie", "1957-11-30", own=nir("257112A004018")),
            ),
        ),
    ),
    ("diop-lunaire", _alone("DIOP", "Fatou", nir("2420099341012"), "1942-19-01")),  # a month that no calendar has
    ("haddad-lunaire", _alone("HADDAD", "Omar", nir("1510099352077"), "1951-00-00")),  # neither month nor day known
    (
        "vidal-expiree",
        _alone(
            "VIDAL",
            "Jeanne",
            nir("2670869385114"),
            "1967-08-19",
            Rights(since=date(2019, 1, 1), until=date(2023, 12, 31)),
        ),
    ),
)
"""Name of the file, and the card."""


def issue_test_vitale(authority: Path) -> list[Path]:
    """Write the test Vitale cards that are not there yet, under `vitale` in the authority's directory; those made now."""
    folder = authority / "vitale"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for name, card in TEST_VITALE:
        file = folder / f"{name}.json"
        if not file.exists():
            write_private(file, native.write(card))
            made.append(file)
    return made
