from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HazardsConfig(AppConfig):
    name = "maintenance_audit.hazards"
    label = "hazards"

    def ready(self) -> None:
        from maintenance_audit.hazards import kind
        from workflows.site.menu import Entry, add

        kind.register()
        add(
            Entry("file_hazard", _("Report a hazard"), "camera", "audit", order=40),
            Entry("hazard_list", _("Hazards"), "critical", "audit", order=41),
            section=("audit", _("Supervision")),
        )
