from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "maintenance_audit.register"
    label = "register"

    def ready(self) -> None:
        from maintenance_audit.register import chains
        from workflows.site.menu import Entry, add
        from workflows.site.offline import keep_file, keep_page_of

        chains.register()
        keep_page_of("tag_page", "tag_shell")
        for path in ("register/register.css", "register/tag.js"):
            keep_file(path)
        add(
            Entry("equipment_list", _("Maintenance register"), "wrench", "audit", order=60, within="/register/"),
            section=("audit", _("Supervision")),
        )
