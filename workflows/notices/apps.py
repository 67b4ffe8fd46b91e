from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "workflows.notices"
    label = "notices"

    def ready(self) -> None:
        from workflows.notices import announcing, chains, sentences, wording
        from workflows.notices.robots import summaries

        chains.register()
        announcing.register()
        summaries.register_words()
        for name in ("reason", "why"):
            wording.register_reader(name, sentences.read)
