from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HistoryConfig(AppConfig):
    name = "innovation.history"
    label = "history"

    def ready(self) -> None:
        from innovation.awards.seen import past
        from innovation.history import earlier, queries
        from innovation.history.models import PastAward
        from workflows.ledger.subjects import register_events
        from workflows.site.menu import Entry, add

        earlier.register()
        past.register(lambda person: queries.by_year(PastAward.objects.visible_to(person)))
        register_events(
            {
                "history.imported": _("Earlier awards and problems brought in"),
                "history.linked": _("Earlier award linked to a proposal"),
                "history.unlinked": _("Link of an earlier award taken away"),
            }
        )
        add(
            Entry("past_awards", _("Earlier awards"), "award", "innovation", order=36),
            section=("innovation", _("Innovation")),
        )
