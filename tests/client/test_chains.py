"""A chain that held is not searched again within the time in which nothing of it begins or ends, and only within it."""

from datetime import timedelta

import pytest
from cryptography import x509

from ordonum.cli.system import System
from ordonum.client.verify import _ChainsThatHeld
from ordonum.wire import certificates


def test_a_chain_that_held_is_believed_again_within_its_time_only(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = system.card("dr-martin")
    _, own, chain = card._signature
    found = [
        each
        for file in system.authority.trust.glob("*.pem")
        for each in x509.load_pem_x509_certificates(file.read_bytes())
    ]
    held = _ChainsThatHeld([each for each in found if each.issuer == each.subject])
    held.validate(chain, system.now())
    searched: list[object] = []
    real = certificates.validate_chain

    def noted(*args: object, **named: object) -> None:
        searched.append(named["at"])
        real(*args, **named)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(certificates, "validate_chain", noted)
    held.validate(chain, system.now() + timedelta(seconds=2))
    assert searched == []
    for at in (own.not_valid_after_utc + timedelta(seconds=1), own.not_valid_before_utc - timedelta(seconds=1)):
        with pytest.raises(certificates.Untrusted):
            held.validate(chain, at)
    with pytest.raises(certificates.Untrusted):
        _ChainsThatHeld([]).validate(chain, system.now())
    assert len(searched) == 3
