"""The site's map."""

from django.urls import include, path

from config.api import urls as api
from workflows.engine.kind_urls import kind_urls
from workflows.ledger.urls import urlpatterns as ledger
from workflows.organisation.access import classified, signed_in

# The ledger lies below the people and cannot name its own door; what is behind it asks for each subject.
classified(ledger, signed_in)

urlpatterns = [
    path("", include("workflows.site.urls")),
    path("", include("workflows.engine.urls")),
    path("", include("workflows.organisation.urls")),
    path("", include("workflows.reports.urls")),
    path("", include("workflows.operations.urls")),
    path("ledger/", include("workflows.ledger.urls")),
    path("notices/", include("workflows.notices.urls")),
    path("documents/", include("workflows.documents.urls")),
    path("proposals/", include("innovation.proposals.urls")),
    path("awards/", include("innovation.objections.urls")),
    path("awards/", include("innovation.awards.urls")),
    path("reverifications/", include("innovation.reverification.urls")),
    path("history/", include("innovation.history.urls")),
    path("checks/", include("maintenance_audit.assessments.urls")),
    path("findings/", include("maintenance_audit.findings.urls")),
    path("hazards/", include(kind_urls("hazard"))),
    path("inspections/", include("maintenance_audit.inspections.urls")),
    path("circles/", include("maintenance_audit.circles.urls")),
    path("register/", include("maintenance_audit.register.urls")),
    path("e/", include("maintenance_audit.register.tag_urls")),
    path("jobs/", include("maintenance_audit.jobs.urls")),
    path("", include("maintenance_audit.lots.urls")),
    path("", include("maintenance_audit.measures.urls")),
    path("api/", api),
]

handler400 = "workflows.site.errors.bad_request"
handler403 = "workflows.site.errors.permission_denied"
handler404 = "workflows.site.errors.page_not_found"
handler500 = "workflows.site.errors.server_error"
