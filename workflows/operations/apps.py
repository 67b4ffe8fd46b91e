from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "workflows.operations"
    label = "operations"

    def ready(self) -> None:
        from workflows.operations import news

        news.register()
