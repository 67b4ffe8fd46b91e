from django.apps import AppConfig

TAKERS = frozenset({"observer", "audit_lead", "union_representative"})


class MeasuresConfig(AppConfig):
    name = "maintenance_audit.measures"
    label = "measures"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _
        from django.utils.translation import pgettext_lazy

        from maintenance_audit.lots.withholding import told_until
        from maintenance_audit.measures import counting, evidence, news, panels, rules
        from workflows.engine.kinds import register_rules
        from workflows.reports.cockpit import counting as cockpit
        from workflows.reports.cockpit.look import register_until
        from workflows.reports.cockpit.panels import register
        from workflows.site.menu import OVERSEERS, Entry, add

        cockpit.register(counting.AUDIT)
        register_until(told_until)
        register(*panels.PANELS)
        counting.suggest()
        register_rules(rules.RULES)
        evidence.register()
        news.register()
        add(
            Entry("audit_reports", _("Monthly audit report"), "file", "audit", OVERSEERS, order=62),
            Entry("evidence", pgettext_lazy("package", "Evidence"), "chain", "audit", TAKERS, order=65),
            Entry(
                "scorecards",
                _("Scorecards"),
                "chart",
                "audit",
                OVERSEERS | {"contractor"},
                order=60,
                outside=True,
                outside_rail=False,
            ),
            section=("audit", _("Supervision")),
        )
