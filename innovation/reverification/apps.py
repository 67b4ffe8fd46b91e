from django.apps import AppConfig


class ReverificationConfig(AppConfig):
    name = "innovation.reverification"
    label = "reverification"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from innovation.reverification import course, kind, news
        from workflows.notices import sentences
        from workflows.site.menu import Entry, add

        kind.register()
        news.register()
        sentences.register(course.MISSING, course.LEFT)
        add(
            Entry("reverification_list", _("Re-verification"), "sync", "innovation", order=37),
            section=("innovation", _("Innovation")),
        )
