"""A certificate authority for one machine's own network, made on the spot, so that phones can speak HTTPS with a demo.

A phone trusts it once: it is kept in the demo's DATA, else in a folder of this user's, never in the project. It may
sign for private addresses, `.local` names and this machine only, so that whoever stole its key could not pretend to be
a bank. The server's own certificate is made anew at each start.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
YEARS, DAYS = timedelta(days=3650), timedelta(days=90)  # of the authority; of a server's certificate (phones: ≤ 398)
SKEW = timedelta(days=1)  # a phone's clock may be behind
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
           "fc00::/7", "fe80::/10", "::1/128")  # fmt: skip
NAMES = ("local", "localhost", "lan")


@dataclass(frozen=True)
class Served:
    """What the web server needs, and what a phone has to trust."""

    certificate: Path
    key: Path
    authority: Path
    fingerprint: str  # of the authority: SHA-256, as phones show it


def folder(data: Path | None) -> Path:
    """Where the authority is kept: with the demo's data, else with this user's."""
    if data is not None:
        return data / "authority"
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "assay" / "authority"


def serve(kept: Path, into: Path, addresses: list[Address]) -> Served:
    """The authority in `kept`, made if it is not there or may not sign for one of these, and a certificate of it."""
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, key = _kept(kept, addresses) or _made(kept, addresses)
    certificate, secret = _signed(authority, key, addresses)
    places = into / "server.crt", into / "server.key"
    chain = certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM)
    places[0].write_bytes(chain)
    _write_secret(places[1], secret)
    digest = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    return Served(*places, kept / "authority.crt", digest)


def spki(certificate: Path) -> bytes:
    """The public key of the first certificate of the file, as browsers pin it."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return found.public_key().public_bytes(serialization.Encoding.DER, kind)


def _kept(place: Path, addresses: list[Address]) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    try:
        certificate = x509.load_pem_x509_certificate((place / "authority.crt").read_bytes())
        key = serialization.load_pem_private_key((place / "authority.key").read_bytes(), None)
    except (OSError, ValueError):
        return None
    soon = datetime.now(UTC) + DAYS
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.not_valid_after_utc < soon:
        return None
    return (certificate, key) if all(_covers(certificate, one) for one in addresses) else None


def _covers(certificate: x509.Certificate, address: Address) -> bool:
    allowed = certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    networks = [one.value for one in allowed if isinstance(one, x509.IPAddress)]
    return any(address in network for network in networks)  # type: ignore[operator]


def _made(place: Path, addresses: list[Address]) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"试金演示 Assay demo · {socket.gethostname()[:30]}")
    usage = _usage(signs_certificates=True)
    builder = _builder(name, name, key.public_key(), YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True).add_extension(_constraints(addresses), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    _write_secret(place / "authority.key", key)
    (place / "authority.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _constraints(addresses: list[Address]) -> x509.NameConstraints:
    networks = [ipaddress.ip_network(one) for one in PRIVATE]
    beside = [one for one in addresses if not any(one in network for network in networks)]
    networks += [ipaddress.ip_network(one) for one in beside]
    names = [x509.DNSName(name) for name in (*NAMES, _host())]
    return x509.NameConstraints([*names, *(x509.IPAddress(one) for one in networks)], None)


def _signed(
    authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, addresses: list[Address]
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    secret = ec.generate_private_key(ec.SECP256R1())
    host = _host()
    names = {"localhost", host, host if host.endswith(".local") else f"{host}.local"}
    known = [*addresses, ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    said: list[x509.GeneralName] = [x509.DNSName(name) for name in sorted(names)]
    said += [x509.IPAddress(one) for one in dict.fromkeys(known)]
    builder = _builder(authority.subject, _name(host), secret.public_key(), DAYS)
    builder = builder.add_extension(x509.SubjectAlternativeName(said), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return builder.add_extension(issuer, critical=False).sign(key, hashes.SHA256()), secret


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, lives: timedelta
) -> x509.CertificateBuilder:
    moment = datetime.now(UTC)
    builder = x509.CertificateBuilder().issuer_name(issuer).subject_name(subject).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(moment - SKEW).not_valid_after(moment + lives)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _host() -> str:
    """This machine's name, where a certificate can hold it."""
    name = socket.gethostname().lower()
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _write_secret(place: Path, key: ec.EllipticCurvePrivateKey) -> None:
    place.unlink(missing_ok=True)
    place.touch(mode=0o600)
    place.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
