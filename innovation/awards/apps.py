from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "innovation.awards"
    label = "awards"

    def ready(self) -> None:
        from innovation.awards import kind, news

        kind.register()
        news.register()
