from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    name = "innovation.objections"
    label = "objections"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from innovation.awards.objecting import register_answers, register_holder
        from innovation.objections import kind, news, standing
        from workflows.site.menu import Entry, add

        kind.register()
        news.register()
        register_holder(standing.held)
        register_answers(standing.answers)
        add(
            Entry("award_objection_list", _("Objections"), "dispute", "innovation", order=36),
            Entry(
                "unsigned_objections", _("Unsigned objections"), "inbox", "innovation",
                frozenset({"union_representative"}), order=37,
            ),
        )  # fmt: skip
