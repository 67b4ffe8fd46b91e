from django.apps import AppConfig


class LotsConfig(AppConfig):
    name = "maintenance_audit.lots"
    label = "lots"

    def ready(self) -> None:
        from maintenance_audit.lots import beside, independence, kind, news, reasons, withholding

        beside.register()
        kind.register()
        news.register()
        independence.register()
        withholding.register()
        reasons.register()
        self._stand_in_the_menu()

    @staticmethod
    def _stand_in_the_menu() -> None:
        from django.utils.translation import gettext_lazy as _

        from workflows.site.menu import Entry, add

        add(
            Entry(
                "lots", _("Lots and draws"), "draw", "audit", outside=True, order=43, outside_tab=_("Lots and draws")
            ),
            Entry("point_at", _("Point at a job"), "shield", "audit", order=48),
            section=("audit", _("Supervision")),
        )
