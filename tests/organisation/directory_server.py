"""A small LDAP directory of its own process (ldaptor): prints its port, serves until its standard input closes."""

from __future__ import annotations

import sys
from io import BytesIO

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
        port = reactor.listenTCP(0, Factory(root), interface="127.0.0.1")
        print(port.getHost().port, flush=True)

    fromLDIFFile(BytesIO(LDIF)).addCallback(serve)
    StandardIO(Leash())
    reactor.run()


if __name__ == "__main__":
    sys.exit(main())
