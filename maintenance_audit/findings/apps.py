from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingsConfig(AppConfig):
    name = "maintenance_audit.findings"
    label = "findings"

    def ready(self) -> None:
        from maintenance_audit.findings import kind, news, papers, parties, results, withheld
        from workflows.site.menu import Entry, add

        kind.register()
        news.register()
        parties.register()
        papers.register()
        withheld.register()
        results.register()
        add(
            Entry("finding_list", _("Findings"), "shield", "audit", order=46, outside=True, outside_tab=_("Findings")),
            section=("audit", _("Supervision")),
        )
