from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "maintenance_audit.jobs"
    label = "jobs"

    def ready(self) -> None:
        from maintenance_audit.jobs import chains, connections, kind, news, reasons
        from workflows.site.menu import Entry, add

        kind.register()
        news.register()
        chains.register()
        connections.register()
        reasons.register()
        add(
            Entry("file_job", _("Ask for an outsourced job"), "plus", "audit", order=42),
            Entry("job_list", _("Outsourced jobs"), "wrench", "audit", outside=True, order=43, outside_tab=_("Job")),
            Entry("import_jobs", _("Bring jobs in"), "upload", "audit", frozenset({"maintenance_planner"}), order=61),
            Entry("job_volume", _("Outsourced volume"), "chart", "audit", order=62),
            section=("audit", _("Supervision")),
        )
