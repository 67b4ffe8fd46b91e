from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingsConfig(AppConfig):
    name = "maintenance_audit.findings"
    label = "findings"

    def ready(self) -> None:
        from maintenance_audit.findings import kind, news, opening, papers, parties, reasons, results, withheld
        from maintenance_audit.inspections import outcome
        from workflows.site.menu import Entry, add

        kind.register()
        news.register()
        parties.register()
        papers.register()
        withheld.register()
        results.register()
        reasons.register()
        outcome.register(opening.on_compared)
        add(
            Entry("finding_list", _("Findings"), "shield", "audit", order=46, outside=True, outside_tab=_("Findings")),
            section=("audit", _("Supervision")),
        )
