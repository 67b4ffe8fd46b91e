"""A small LDAP directory of its own process (ldaptor), serving until its standard input closes.

Prints a port in the clear and one under TLS; its certificate goes to argv[1].
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

LDIF = b"""dn: dc=plant
objectClass: dcObject
dc: plant

dn: ou=people,dc=plant
objectClass: organizationalUnit
ou: people

dn: uid=10001,ou=people,dc=plant
objectClass: inetOrgPerson
uid: 10001
sn: Han
cn: Han
userPassword: directory-1250

dn: uid=99999,ou=people,dc=plant
objectClass: inetOrgPerson
uid: 99999
sn: Unknown
cn: Unknown
userPassword: directory-1250

dn: cn=reader,dc=plant
objectClass: person
sn: reader
cn: reader
userPassword: reads-only

"""


def certificate(path: str) -> object:
    """A key and a certificate for localhost, signed by itself; the file is what its clients trust."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from OpenSSL.crypto import X509, PKey
    from twisted.internet.ssl import CertificateOptions

    key, moment = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(moment - timedelta(days=1)).not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    Path(path).write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return CertificateOptions(privateKey=PKey.from_cryptography_key(key), certificate=X509.from_cryptography(made))


def main() -> None:
    from ldaptor.inmemory import fromLDIFFile
    from ldaptor.interfaces import IConnectedLDAPEntry
    from ldaptor.protocols.ldap.ldapserver import LDAPServer
    from twisted.internet import reactor
    from twisted.internet.protocol import Protocol, ServerFactory
    from twisted.internet.stdio import StandardIO
    from twisted.python.components import registerAdapter

    class Factory(ServerFactory):
        protocol = LDAPServer

        def __init__(self, root: object) -> None:
            self.root = root

    class Leash(Protocol):
        def connectionLost(self, reason: object = None) -> None:
            reactor.stop()

    registerAdapter(lambda factory: factory.root, Factory, IConnectedLDAPEntry)

    def serve(root: object) -> None:
        plain = reactor.listenTCP(0, Factory(root), interface="127.0.0.1")
        secret = reactor.listenSSL(0, Factory(root), certificate(sys.argv[1]), interface="127.0.0.1")
        print(plain.getHost().port, secret.getHost().port, flush=True)

    fromLDIFFile(BytesIO(LDIF)).addCallback(serve)
    StandardIO(Leash())
    reactor.run()


if __name__ == "__main__":
    sys.exit(main())
