from django.urls import path

from workflows.reports import views
from workflows.reports.cockpit import views as cockpit
from workflows.reports.process import views as process

urlpatterns = [
    path("queue/export.xlsx", views.export_queue, name="queue_export"),
    *(path(f"analytics/{f.name}/", process.page(f), name=f"process_{f.name}") for f in process.FIGURES),
    *(path(f"analytics/{f.name}.xlsx", process.export(f), name=f"process_{f.name}_export") for f in process.FIGURES),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("cockpit/recount/", cockpit.cockpit_recount, name="cockpit_recount"),
    path("cockpit/<str:panel>.xlsx", cockpit.cockpit_sheet, name="cockpit_sheet"),
    path("cockpit/<str:panel>/", cockpit.cockpit_rows, name="cockpit_rows"),
    path("cockpit/<str:panel>/rows.xlsx", cockpit.cockpit_rows_sheet, name="cockpit_rows_sheet"),
    path("analytics/visits/", process.visits, name="process_visits"),
    path("analytics/visits.xlsx", process.export_visits, name="process_visits_export"),
    path("analytics/cases/", process.cases, name="process_cases"),
    path("analytics/reasons/", process.reasons, name="process_reasons"),
]
