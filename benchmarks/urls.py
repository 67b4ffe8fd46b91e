from typing import Any

from django.urls import path
from viewflow.workflow.flow import FlowAppViewset

from benchmarks.shipped.flows import ReviewFlow
from benchmarks.views import one_statement
from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from workflows.organisation.access import classified, signed_in

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Reviews(FlowAppViewset):
    """The flow with its lists. Its door is open to whoever is signed in; the lists go by permission all the same."""

    def has_view_permission(self, user: Any, obj: Any = None) -> bool:
        return True


shipped = [path("shipped/", Reviews(ReviewFlow).urls)]
classified(shipped, signed_in)
urlpatterns = [path("one-statement/<int:item>/", one_statement), *shipped, *urlpatterns]
