"""The operations on proposals and problems."""

from ninja import Router

from innovation.proposals.api import filing, reading

router = Router()
router.add_router("", filing.router)
router.add_router("", reading.router)

__all__ = ["router"]
