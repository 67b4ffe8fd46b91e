from django.urls import URLPattern, URLResolver, path

from workflows.engine.views import case

urlpatterns: list[URLPattern | URLResolver] = [
    path("cases/<str:number>/", case.case, name="case"),
]
