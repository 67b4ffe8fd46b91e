from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "workflows.organisation"
    label = "organisation"

    def ready(self) -> None:
        from workflows.organisation import chains

        chains.register()
