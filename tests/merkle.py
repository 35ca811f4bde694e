"""The hashing of RFC 6962 (2.1), in as few lines as it has: root, inclusion proof, and what a proof leads to."""

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\0" + leaf).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of these leaves; that of none is the hash of nothing."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = split(len(leaves))
    return node(root(leaves[:half]), root(leaves[half:]))


def proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes that lead from the leaf at `index` to the root, nearest first."""
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return [*proof(index, leaves[:half]), root(leaves[half:])]
    return [*proof(index - half, leaves[half:]), root(leaves[:half])]


def led_to(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which a proof leads from this leaf."""
    if size == 1:
        return leaf_hash(leaf)
    half, nearer = split(size), path[:-1]
    if index < half:
        return node(led_to(leaf, index, half, nearer), path[-1])
    return node(path[-1], led_to(leaf, index - half, size - half, nearer))
