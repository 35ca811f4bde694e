"""A chain that held is not searched again within the time in which nothing of it begins or ends, and only within it."""

from datetime import timedelta

import pytest
from cryptography import x509

from ordonum.cli.system import System
from ordonum.client.verify import _ChainsThatHeld
from ordonum.wire import certificates


def test_a_chain_that_held_is_believed_again_within_its_time_only(system: System) -> None:
    _, own, chain = system.card("dr-martin")._signature
    files = system.authority.trust.glob("*.pem")
    found = [each for file in files for each in x509.load_pem_x509_certificates(file.read_bytes())]
    held = _ChainsThatHeld([each for each in found if each.issuer == each.subject])
    held.validate(chain, system.now())
    for at in (own.not_valid_after_utc + timedelta(hours=1), own.not_valid_before_utc - timedelta(hours=1)):
        with pytest.raises(certificates.Untrusted):
            held.validate(chain, at)
    held._roots = ()  # what is searched again is not found any more
    held.validate(chain, system.now() + timedelta(seconds=2))
    with pytest.raises(certificates.Untrusted):
        held.validate((*chain, chain[0]), system.now())
