"""The client for publishers: everything a prescriber's or an executant's software does with the service."""

from ordonum.client.card import Card
from ordonum.client.client import Acknowledged, Client
from ordonum.client.errors import CannotPrint, ClientError, Declined, NotAuthentic, NotKept, Unconfirmed, UnusableCard
from ordonum.client.verify import VerifiedOrder

__all__ = [
    "Acknowledged",
    "CannotPrint",
    "Card",
    "Client",
    "ClientError",
    "Declined",
    "NotAuthentic",
    "NotKept",
    "Unconfirmed",
    "UnusableCard",
    "VerifiedOrder",
]
