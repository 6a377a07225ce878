"""Signatures of sealed packages: Ed25519 (RFC 8032). SM2 is not offered: the cryptography library has no SM2."""

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

ALGORITHM = "ed25519"


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Key and value in lower-case hex."""

    algorithm: str
    public_key: str
    value: str


class Signer:
    """Signs with the private key of a PEM file. Raises ValueError for another kind of key."""

    def __init__(self, pem: bytes) -> None:
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the key is no Ed25519 private key")
        self._key = key
        self.public_key = key.public_key().public_bytes_raw().hex()

    def sign(self, content: bytes) -> Signature:
        return Signature(ALGORITHM, self.public_key, self._key.sign(content).hex())


def is_signed(content: bytes, signature: Signature) -> bool:
    """Whether the signature is one of its key for these bytes, in its one canonical form."""
    try:
        key, value = bytes.fromhex(signature.public_key), bytes.fromhex(signature.value)
        if signature.algorithm != ALGORITHM or (key.hex(), value.hex()) != (signature.public_key, signature.value):
            return False
        Ed25519PublicKey.from_public_bytes(key).verify(value, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_of(pem: bytes) -> str:
    """Return the public key of a PEM file in hex. Raises ValueError for another kind of key."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the key is no Ed25519 public key")
    return key.public_bytes_raw().hex()
