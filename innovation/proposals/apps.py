from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "innovation.proposals"
    label = "proposals"

    def ready(self) -> None:
        from innovation.proposals import kind

        kind.register()
        self._work_without_signal()

    @staticmethod
    def _work_without_signal() -> None:
        from innovation.proposals.views.filing import SCRIPTS
        from workflows.site.offline import keep_file, keep_page

        keep_page("filing_shell")
        for path in [*SCRIPTS, "proposals/filing.css"]:
            keep_file(path)
