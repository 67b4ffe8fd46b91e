from django.urls import path

from workflows.reports import views
from workflows.reports.process import views as process

urlpatterns = [
    path("queue/export.xlsx", views.export_queue, name="queue_export"),
    *(path(f"analytics/{f.name}/", process.page(f), name=f"process_{f.name}") for f in process.FIGURES),
    *(path(f"analytics/{f.name}.xlsx", process.export(f), name=f"process_{f.name}_export") for f in process.FIGURES),
    path("analytics/visits/", process.visits, name="process_visits"),
    path("analytics/visits.xlsx", process.export_visits, name="process_visits_export"),
    path("analytics/cases/", process.cases, name="process_cases"),
    path("analytics/reasons/", process.reasons, name="process_reasons"),
]
