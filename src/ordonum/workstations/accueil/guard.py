"""Who may press a button of the page: the page itself, opened by an address that nobody else can claim."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

BODY_BYTES_MAX = 1024


def from_this_page(headers: Mapping[str, str], hosts: frozenset[str]) -> bool:
    """Whether a POST comes from a page that we served: the browser says so, and the host is one that no name can fake.

    An address in figures cannot be rebound to this machine by somebody else's DNS, a name can: only those of `hosts` are
    believed. A request that says nothing of where it comes from is refused.
    """
    host, origin, site = headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site")
    if not _ours(host, hosts) or (origin is None and site is None):
        return False
    if site is not None and site != "same-origin":
        return False
    return origin is None or _place(origin) == host.lower()


def small(headers: Mapping[str, str]) -> bool:
    """Whether the body of a form without fields is as short as it should be; one of unknown length is not."""
    length = headers.get("content-length", "0")
    known = length.isdigit() and len(length) < 10 and "transfer-encoding" not in headers
    return known and int(length) <= BODY_BYTES_MAX


def _ours(host: str, hosts: frozenset[str]) -> bool:
    try:
        named = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if not named:
        return False
    try:
        ipaddress.ip_address(named)
    except ValueError:
        return named in hosts
    return True


def _place(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
