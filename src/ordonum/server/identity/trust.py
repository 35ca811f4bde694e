"""The trusted roots, and the judgement of a chain at a moment: cached, and never in the event loop."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ordonum.model.refusals import Refusal, Refused
from ordonum.wire import certificates
from ordonum.wire.certificates import Untrusted, Usage

CACHED_CHAINS_MAX = 10_000
CACHE_LASTS = timedelta(hours=1)


class RootsRefused(Exception):
    """The trust directory cannot be used; the message says why, in French."""


class Trust:
    """The authorities of a directory of PEM files: roots, and the issuers that sign revocation lists.

    Test roots are refused unless the service is a sandbox.
    """

    def __init__(self, directory: Path, *, sandbox: bool) -> None:
        found = [
            each
            for file in sorted(directory.glob("*.pem"))
            for each in x509.load_pem_x509_certificates(file.read_bytes())
        ]
        if not found:
            raise RootsRefused(f"Aucune autorité de certification dans {directory} (fichiers .pem).")
        tests = [each for each in found if certificates.is_test_root(each)]
        if tests and not sandbox:
            raise RootsRefused(
                f"{directory} contient une autorité de test. Un service réel la refuse ; "
                "pour un bac à sable, donnez ORDONUM_SANDBOX=1."
            )
        self.sandbox = sandbox
        self.issuers = tuple(found)
        roots = [each for each in found if each.issuer == each.subject]
        self.roots = tuple(each.public_bytes(serialization.Encoding.DER) for each in roots)
        self._judged: dict[tuple[tuple[bytes, ...], Usage], tuple[datetime, datetime]] = {}

    async def check(self, chain: tuple[bytes, ...], *, at: datetime, usage: Usage) -> None:
        """Raise Refused unless the chain led to a root at that moment, for that usage."""
        judged = self._judged.get((chain, usage))
        if judged is not None and judged[0] <= at < judged[1]:
            return
        try:
            signer = certificates.load(chain[0])
            await asyncio.to_thread(certificates.validate_chain, chain, self.roots, at=at, usage=usage)
        except Untrusted:
            raise Refused(_why(chain, at)) from None
        if len(self._judged) >= CACHED_CHAINS_MAX:
            self._judged.clear()
        self._judged[chain, usage] = (at, min(at + CACHE_LASTS, signer.not_valid_after_utc))


def _why(chain: tuple[bytes, ...], at: datetime) -> Refusal:
    try:
        signer = certificates.load(chain[0])
    except Untrusted:
        return Refusal.CERTIFICATE_UNTRUSTED
    if signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        return Refusal.CERTIFICATE_UNTRUSTED
    return Refusal.CERTIFICATE_EXPIRED
