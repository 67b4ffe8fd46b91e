from ninja import Router

# One for all: of two routers with the same path the first answers every method, be it with 405.
router = Router(tags=["proposals"])
