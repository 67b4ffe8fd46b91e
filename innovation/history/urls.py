from django.urls import URLPattern, URLResolver, path

from innovation.history.views import importing, past_awards
from workflows.organisation.access import holding, signed_in
from workflows.organisation.models import Role

officer = holding(Role.INNOVATION_OFFICER)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signed_in(past_awards.past_award_list), name="past_awards"),
    path("import/", officer(importing.import_history), name="import_history"),
    path("import/template.xlsx", officer(importing.history_template), name="history_template"),
    path("import/<int:upload_id>/", officer(importing.preview), name="history_preview"),
    path("import/<int:upload_id>/confirm/", officer(importing.confirm), name="history_confirm"),
    path("import/<int:upload_id>/discard/", officer(importing.discard), name="history_discard"),
    path("<int:award_id>/", signed_in(past_awards.past_award), name="past_award"),
    path("<int:award_id>/link/", officer(past_awards.link_past_award), name="link_past_award"),
]
