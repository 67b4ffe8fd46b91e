from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "maintenance_audit.inspections"
    label = "inspections"

    def ready(self) -> None:
        from maintenance_audit.inspections import chains, kind, looking, news, opening, unsealing, withholding
        from maintenance_audit.lots import checking

        kind.register()
        chains.register()
        news.register()
        checking.register(opening.open_check, opening.end_check)
        checking.register_look(looking.overdue, looking.compared)
        checking.register_all_sealed(unsealing.name_inspectors)
        withholding.register()
        self._stand_in_the_menu()
        self._work_without_signal()

    @staticmethod
    def _stand_in_the_menu() -> None:
        from django.utils.translation import gettext_lazy as _

        from maintenance_audit.inspections.views.agreeing import READERS
        from workflows.organisation.models import Role
        from workflows.site.menu import Entry, add

        add(
            Entry("my_inspections", _("My inspections"), "scan", "audit", tab=_("Inspect"), order=60,
                  roles=frozenset({Role.INSPECTOR})),
            Entry("safety_notices", _("Safety notices"), "critical", "audit", order=61),
            Entry("agreement", _("Agreement of inspectors"), "chart", "audit", order=62,
                  roles=frozenset(READERS)),
            section=("audit", _("Supervision")),
        )  # fmt: skip

    @staticmethod
    def _work_without_signal() -> None:
        from django.utils.translation import gettext_lazy as _

        from maintenance_audit.inspections import owning
        from maintenance_audit.inspections.views import recording, safety
        from maintenance_audit.register import beside
        from workflows.site.offline import KIT, keep_file, keep_page, keep_page_of

        keep_page("my_inspections", "inspection_shell", label=_("Inspect"))
        keep_page_of("inspection", "inspection_shell")
        keep_page("new_safety_notice", "safety_shell", label=_("Safety notice"))
        for script in (*KIT[:2], "inspections/store.js", "inspections/tag.js"):
            beside.register_offline_script(script)
        beside.register_acts(owning.acts_at)
        for path in ["inspections/tag.js", *recording.SCRIPTS, *safety.SCRIPTS, "inspections/inspections.css"]:
            keep_file(path)
