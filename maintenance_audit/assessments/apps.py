from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "maintenance_audit.assessments"
    label = "assessments"

    def ready(self) -> None:
        from maintenance_audit.assessments import kind, news, registering
        from workflows.site.menu import Entry, add

        kind.register()
        news.register()
        registering.register()
        add(
            Entry("assessment_list", _("Monthly checks"), "check", "audit", order=47),
            Entry("duty_list", _("Responsibility list"), "users", "audit", order=48),
            Entry("process_problem_list", _("Problem register"), "file", "audit", order=49),
            section=("audit", _("Supervision")),
        )
