from django.urls import path

from workflows.operations.views import corrections, desk, handover, probes

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.show_metrics, name="metrics"),
    path("desk/", desk.show_desk, name="desk"),
    path("desk/<str:number>/retry/", desk.retry, name="desk_retry"),
    path("desk/handover/", handover.pick_leaver, name="handover"),
    path("desk/handover/<int:person_id>/", handover.hand_over, name="handover_person"),
    path("corrections/", corrections.list_corrections, name="corrections"),
    path("corrections/new/", corrections.ask_for, name="correction_new"),
    path("corrections/<int:correction_id>/", corrections.correction, name="correction"),
]
