from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CirclesConfig(AppConfig):
    name = "maintenance_audit.circles"
    label = "circles"

    def ready(self) -> None:
        from maintenance_audit.circles import kind, news
        from workflows.site.menu import Entry, add

        kind.register()
        news.register()
        add(
            Entry("circle_list", _("Quality circles"), "users", "audit", order=70),
            section=("audit", _("Supervision")),
        )
