from django.apps import AppConfig


class EngineConfig(AppConfig):
    name = "workflows.engine"
    label = "engine"

    def ready(self) -> None:
        from workflows.engine import chains, filing, news

        news.register()
        chains.register()
        filing.register()
