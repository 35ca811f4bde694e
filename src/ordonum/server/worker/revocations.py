"""Revocation lists: verified against the trusted authorities, then received; effective on the next request."""

import asyncio
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from ordonum.server.events import Event, log
from ordonum.server.store.credentials import Revocation, add_revocations
from ordonum.server.usecases.context import Context


async def receive(context: Context, file: Path) -> bool:
    """Receive the lists of a file (DER or concatenated PEM) together with the issuers' certificates in the trust store.

    A list that no authority of ours signed is refused, and the log says so. True when it revoked something new.
    """
    received = False
    for revocations in _lists(await asyncio.to_thread(file.read_bytes)):
        issuer = next((each for each in context.trust.issuers if _signed_by(revocations, each)), None)
        if issuer is None:
            log(Event.REVOCATIONS_REFUSED)
            continue
        received |= await _add(context, revocations, context.now()) > 0
    return received


async def _add(context: Context, revocations: x509.CertificateRevocationList, now: datetime) -> int:
    rows = tuple(Revocation(f"{each.serial_number:x}", each.revocation_date_utc, _reason(each)) for each in revocations)
    this_update = revocations.last_update_utc
    added = await add_revocations(
        context.pool,
        revocations.issuer.public_bytes(),
        rows,
        this_update=this_update,
        next_update=revocations.next_update_utc or this_update,
        received_at=now,
    )
    log(Event.REVOCATIONS_RECEIVED, certificates=len(rows), new=added)
    return added


def _lists(raw: bytes) -> list[x509.CertificateRevocationList]:
    """The readable lists of a file; one that is damaged spoils no other."""
    end = b"-----END X509 CRL-----"
    parts = [part.strip() + b"\n" + end for part in raw.split(end) if part.strip()] if end in raw else [raw]
    found = []
    for part in parts:
        try:
            found.append(x509.load_pem_x509_crl(part) if end in part else x509.load_der_x509_crl(part))
        except ValueError:
            log(Event.REVOCATIONS_REFUSED)
    return found


def _signed_by(revocations: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    signature, signed, algorithm = (
        revocations.signature,
        revocations.tbs_certlist_bytes,
        revocations.signature_hash_algorithm,
    )
    if issuer.subject != revocations.issuer or algorithm is None:
        return False
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _reason(revoked: x509.RevokedCertificate) -> str:
    try:
        return str(revoked.extensions.get_extension_for_class(x509.CRLReason).value.reason.value)
    except x509.ExtensionNotFound:
        return "unspecified"
