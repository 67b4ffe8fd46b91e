from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "innovation.proposals"
    label = "proposals"

    def ready(self) -> None:
        from innovation.proposals import kind

        kind.register()
