from django.urls import path
from viewflow.workflow.flow import FlowViewset

from benchmarks.shipped.flows import ReviewFlow
from benchmarks.views import one_statement
from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from workflows.organisation.access import classified, signed_in

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

shipped = [path("shipped/", FlowViewset(ReviewFlow).urls)]
classified(shipped, signed_in)
urlpatterns = [*urlpatterns, *shipped, path("one-statement/<int:item>/", one_statement)]
