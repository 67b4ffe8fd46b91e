"""The operations on proposals and problems."""

from innovation.proposals.api import filing, reading
from innovation.proposals.api.router import router

__all__ = ["filing", "reading", "router"]
