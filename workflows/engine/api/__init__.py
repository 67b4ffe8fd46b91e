"""The engine's operations: what waits for me, cases with their history, and the verbs."""

from ninja import Router

from workflows.engine.api import acting, filing, reading, together

router = Router()
router.add_router("", reading.router)
router.add_router("", acting.router)
router.add_router("", filing.router)
router.add_router("", together.router)

__all__ = ["router"]
