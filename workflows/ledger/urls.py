"""The ledger lies below the people, so it cannot say who may knock: config/urls.py puts a door before each of these."""

from django.urls import path, register_converter

from workflows.ledger import views


class SubjectConverter:
    """A subject holds a colon and no slash: `case:12`, `rules:proposal:1`."""

    regex = r"[^/|\s:]+:[^/|\s]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SubjectConverter, "subject")

urlpatterns = [
    path("checkpoints/", views.checkpoint_list, name="checkpoint_list"),
    path("checkpoints/<int:number>.json", views.checkpoint_file, name="checkpoint_file"),
    path("verify.py", views.program, name="verify_program"),
    path("<subject:subject>/", views.chain_page, name="ledger_chain"),
    path("<subject:subject>/export", views.export_chain, name="ledger_export"),
    path("<subject:subject>/checkpoint", views.hold_chain, name="ledger_hold"),
    path("<subject:subject>/<int:seq>/", views.entry_page, name="ledger_entry"),
]
