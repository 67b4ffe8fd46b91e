from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "innovation.proposals"
    label = "proposals"

    def ready(self) -> None:
        from innovation.proposals import kind, milestones

        kind.register()
        milestones.register_them()
        self._work_without_signal()
        self._answer_for_drafts()
        self._stand_in_the_menu()

    @staticmethod
    def _stand_in_the_menu() -> None:
        from django.utils.translation import gettext_lazy as _

        from workflows.site.menu import Entry, add

        add(
            Entry("my_proposals", _("My proposals"), "bulb", order=20),
            Entry("file_proposal", _("File a proposal"), "plus", "innovation", tab=_("Propose"), order=30),
            Entry("proposal_list", _("All proposals"), "search", "innovation", order=31),
            Entry("problem_list", _("Problem ledger"), "book", "innovation", order=32),
            section=("innovation", _("Innovation")),
        )

    @staticmethod
    def _answer_for_drafts() -> None:
        from innovation.proposals.services import drafts_touched, may_open_draft
        from workflows.documents.holders import register_holder

        register_holder("draft", may_read=may_open_draft, may_write=may_open_draft, touched=drafts_touched)

    @staticmethod
    def _work_without_signal() -> None:
        from django.utils.translation import gettext_lazy as _

        from innovation.proposals.views.filing import SCRIPTS
        from workflows.site.offline import keep_file, keep_page

        keep_page("file_proposal", "filing_shell", label=_("Write on"))
        for path in [*SCRIPTS, "proposals/filing.css"]:
            keep_file(path)
