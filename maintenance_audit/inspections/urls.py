from django.urls import URLPattern, URLResolver, path

from maintenance_audit.inspections.views import agreeing, comparing, recording, safety
from workflows.organisation.access import public, signed_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signed_in(recording.my_inspections), name="my_inspections"),
    path("shell/", public(recording.shell), name="inspection_shell"),
    path("sheets/", signed_in(recording.sheets), name="inspection_sheets"),
    path("agreement/", signed_in(agreeing.agreement_page), name="agreement"),
    path("agreement.xlsx", signed_in(agreeing.agreement_sheet), name="agreement_sheet"),
    path("safety/", signed_in(safety.safety_notices), name="safety_notices"),
    path("safety/shell/", public(safety.safety_shell), name="safety_shell"),
    path("safety/new/", signed_in(safety.new_notice), name="new_safety_notice"),
    path("safety/send/", signed_in(safety.send_notice), name="send_safety_notice"),
    path("safety/<int:notice_id>/", signed_in(safety.safety_notice), name="safety_notice"),
    path("compared/<int:drawn_job>/", signed_in(comparing.comparison), name="comparison"),
    path("adjudications/<str:number>/", signed_in(comparing.adjudicate), name="adjudicate"),
    path("<str:number>/", signed_in(recording.inspection), name="inspection"),
    path("<str:number>/answers/", signed_in(recording.send_answers), name="send_answers"),
    path("<str:number>/photos/", signed_in(recording.send_photo), name="send_inspection_photo"),
    path("<str:number>/photos/<uuid:photo>/drop/", signed_in(recording.drop_photo), name="drop_inspection_photo"),
    path("<str:number>/seal/", signed_in(recording.seal), name="seal_inspection"),
]
