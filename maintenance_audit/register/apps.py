from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "maintenance_audit.register"
    label = "register"

    def ready(self) -> None:
        from maintenance_audit.register import chains
        from workflows.site.menu import Entry, add

        chains.register()
        add(
            Entry("equipment_list", _("Maintenance register"), "wrench", "audit", order=60, within="/register/"),
            section=("audit", _("Supervision")),
        )
