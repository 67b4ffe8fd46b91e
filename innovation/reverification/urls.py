from django.urls import URLPattern, URLResolver, path

from workflows.engine.views.case_list import case_list

# Opened by the calendar: there is a list, and nothing to file.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", case_list, {"kind": "reverification"}, name="reverification_list"),
]
