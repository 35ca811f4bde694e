"""The test authority: two issuers, their lists, and directories made by older versions."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ordonum.client import Card
from ordonum.client.card import CardFile
from ordonum.model.actors import Who
from ordonum.sandbox import authority as authorities
from ordonum.sandbox import people
from ordonum.sandbox.authority import Authority
from ordonum.wire import certificates, native
from ordonum.wire.certificates import Usage

ORGANISATIONS = "issuer-organisations"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority(tmp_path / "authority")
    people.issue_test_cards(made)
    return made


def _card(authority: Authority, name: str) -> CardFile:
    return native.read((authority.cards / f"{name}.json").read_bytes(), CardFile)


def _revoked(authority: Authority) -> dict[str, set[int]]:
    """Serial numbers by the common name of the authority that revoked them."""
    parts = authority.revocation_list.read_bytes().split(b"-----END X509 CRL-----\n")
    found = {}
    for each in (x509.load_pem_x509_crl(part + b"-----END X509 CRL-----\n") for part in parts if part):
        found[str(list(each.issuer)[-1].value)] = {entry.serial_number for entry in each}
    return found


CARDS = (*people.TEST_CARDS, *people.EMPLOYEE_CARDS, *people.STRUCTURE_CARDS, *people.AGENT_CARDS)


def _serials(card: CardFile) -> set[int]:
    chains = (card.authentication.chain, card.signature.chain)
    return {x509.load_pem_x509_certificate(chain[0].encode()).serial_number for chain in chains}


def test_every_test_card_can_be_read_leads_to_the_root_and_is_its_owners_alone(authority: Authority) -> None:
    root = x509.load_pem_x509_certificate((authority.trust / "root.pem").read_bytes())
    roots = (root.public_bytes(serialization.Encoding.DER),)
    wanted = {name: who for name, who, *_ in CARDS}
    files = {file.stem: file for file in authority.cards.glob("*.json")}
    assert files.keys() == wanted.keys()
    for name, file in files.items():
        assert Card.load(file).holder == wanted[name]
        assert file.stat().st_mode & 0o777 == 0o600
        card = _card(authority, name)
        for held, usage in ((card.authentication, Usage.AUTHENTICATE), (card.signature, Usage.SIGN)):
            ders = tuple(
                x509.load_pem_x509_certificate(each.encode()).public_bytes(serialization.Encoding.DER)
                for each in held.chain
            )
            certificates.validate_chain(ders, roots, at=datetime.now(UTC), usage=usage)


def test_no_two_people_of_the_sandbox_are_the_same() -> None:
    everybody: list[tuple[str, Who]] = [
        *((name, who) for name, who, _ in people.TEST_CARDS),
        *((name, who) for name, who, _, _ in people.EMPLOYEE_CARDS),
        *((name, who) for name, who, _ in people.STRUCTURE_CARDS),
        *((name, who) for name, who, _ in people.AGENT_CARDS),
    ]
    assert len({name for name, _ in everybody}) == len({who.author for _, who in everybody}) == len(everybody)


def test_structures_have_an_issuer_and_a_list_of_their_own(authority: Authority) -> None:
    assert _revoked(authority) == {authorities.PERSONS: set(), authorities.STRUCTURES: set()}
    structure, doctor = _card(authority, "structure-ehpad"), _card(authority, "dr-leroy")
    authority.revoke(structure)
    authority.revoke(doctor)
    expected = {authorities.PERSONS: _serials(doctor), authorities.STRUCTURES: _serials(structure)}
    assert _revoked(authority) == expected
    Authority(authority.directory).renew_list()
    assert _revoked(authority) == expected


def test_a_revoked_issuer_stays_so_when_the_lists_are_renewed(authority: Authority) -> None:
    authority.revoke_issuer()
    authority.renew_list()
    issuer = x509.load_pem_x509_certificate((authority.trust / "issuer.pem").read_bytes())
    assert _revoked(authority)[authorities.ROOT] == {issuer.serial_number}


def test_an_authority_of_an_older_version_is_completed_and_its_cards_still_serve(authority: Authority) -> None:
    before = {file.name: file.read_bytes() for file in authority.cards.glob("dr-*.json")}
    for file in authority.cards.glob("structure-*.json"):
        file.unlink()
    (authority.trust / f"{ORGANISATIONS}.pem").unlink()
    (authority.directory / f"{ORGANISATIONS}.key").unlink()
    completed = Authority(authority.directory)
    made = people.issue_test_cards(completed)
    assert {each.name for each in made} == {name for name, *_ in people.STRUCTURE_CARDS}
    assert {file.name: file.read_bytes() for file in completed.cards.glob("dr-*.json")} == before
    assert Card(made[0]).holder == people.STRUCTURE_CARDS[0][1]


def test_a_first_start_that_was_cut_is_begun_again_whole(authority: Authority) -> None:
    (authority.directory / "ready").unlink()
    again = Authority(authority.directory)
    root = x509.load_pem_x509_certificate((again.trust / "root.pem").read_bytes())
    issuer = x509.load_pem_x509_certificate((again.trust / f"{ORGANISATIONS}.pem").read_bytes())
    issuer.verify_directly_issued_by(root)
