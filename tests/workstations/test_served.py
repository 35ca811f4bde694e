"""Where the front page stands: before the sandbox's service, never before a real one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from factories import a_prescription
from ordonum.cli.system import System
from ordonum.client import Card, Client, UnusableCard
from ordonum.client.card import CardFile, KeyWithChain
from ordonum.wire import native
from served import serving


def _pem(content: x509.Certificate) -> str:
    return content.public_bytes(serialization.Encoding.PEM).decode()


def test_a_real_service_has_no_front_page(tmp_path: Path) -> None:
    """A root whose name says nothing of a test, and a register that opens no site to everybody."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AC VRAIE")]),
    )
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust/root.pem").write_text(_pem(builder.sign(key, hashes.SHA256())))
    (tmp_path / "register.json").write_text('{"software": [], "sites": []}')
    settings = {"ORDONUM_TRUST": str(tmp_path / "trust"), "ORDONUM_REGISTER": str(tmp_path / "register.json")}
    with serving(tmp_path / "home", settings) as (url, announced):
        assert httpx2.get(url).headers["location"] == "/docs"
        assert httpx2.get(f"{url}/health").json()["sandbox"] is False
        assert httpx2.get(f"{url}/accueil/accueil.css").status_code == 404
        assert httpx2.post(f"{url}/accueil/exemples/ordonnance/feuille-1/enregistrer").status_code == 404
        assert "accueil" not in " ".join(announced)


def test_the_sandbox_tells_the_address_of_its_front_page_first(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as (url, announced):
        assert announced[0].startswith(f"ordonum écoute sur {url}/")
        assert "page d'accueil" in announced[0]
        assert "Cartes de test" in httpx2.get(url).text


def test_a_card_that_is_not_of_a_test_draws_no_specimen(system: System, tmp_path: Path) -> None:
    """A sheet that a real card signs is kept and registered; none is drawn beside."""
    made = native.read((system.authority.cards / "dr-martin.json").read_bytes(), CardFile)
    test = x509.load_pem_x509_certificate(made.signature.chain[0].encode())
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AC VRAIE")])
    builder = x509.CertificateBuilder(issuer, test.subject, test.public_key(), test.serial_number)
    builder = builder.not_valid_before(test.not_valid_before_utc).not_valid_after(test.not_valid_after_utc)
    for extension in test.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    real = KeyWithChain(made.signature.key, (_pem(builder.sign(key, hashes.SHA256())),))
    card = Card(CardFile(name="vraie", place=made.place, authentication=made.authentication, signature=real))
    with system.client("dr-martin") as doctor:
        assert doctor.preview(a_prescription()).startswith(b"%PDF")
    with Client(system.url, card, home=tmp_path, trust=system.authority.trust) as client, pytest.raises(UnusableCard):
        client.preview(a_prescription())
