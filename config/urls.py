"""The site's map."""

from django.urls import include, path

urlpatterns = [
    path("", include("workflows.site.urls")),
    path("", include("workflows.organisation.urls")),
    path("", include("workflows.engine.urls")),
    path("ledger/", include("workflows.ledger.urls")),
    path("notices/", include("workflows.notices.urls")),
    path("documents/", include("workflows.documents.urls")),
    path("proposals/", include("innovation.proposals.urls")),
]
