from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "workflows.notices"
    label = "notices"

    def ready(self) -> None:
        from workflows.notices import announcing, chains
        from workflows.notices.robots import summaries

        chains.register()
        announcing.register()
        summaries.register_words()
