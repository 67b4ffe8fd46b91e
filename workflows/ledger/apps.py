from django.apps import AppConfig
from django.core import checks


class LedgerConfig(AppConfig):
    name = "workflows.ledger"
    label = "ledger"

    def ready(self) -> None:
        from workflows.ledger.checks import database_is_not_named_like_a_test

        checks.register(database_is_not_named_like_a_test)
