from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "innovation.awards"
    label = "awards"

    def ready(self) -> None:
        from innovation.awards import kind, news
        from innovation.awards.cockpit import counting, panels
        from workflows.reports.cockpit import counting as cockpit
        from workflows.reports.cockpit.panels import register

        kind.register()
        news.register()
        cockpit.register(counting.INNOVATION)
        register(*panels.PANELS)
        counting.suggest()
        self._stand_in_the_menu()

    @staticmethod
    def _stand_in_the_menu() -> None:
        from django.utils.translation import gettext_lazy as _

        from workflows.site.menu import Entry, add

        add(
            Entry("my_awards", _("My awards"), "award", order=21),
            Entry("award_rounds", _("Monthly award"), "award", "innovation", order=33),
            Entry("awards_seen", _("What came of the awards"), "chart", "innovation", order=35),
        )
