from django.urls import path

from maintenance_audit.circles.views import counting
from workflows.engine.kind_urls import kind_urls

urlpatterns = [
    *kind_urls("circle"),
    path("figures/", counting.circle_figures, name="circle_figures"),
    path("figures.xlsx", counting.circle_sheet, name="circle_sheet"),
    path("counted/", counting.circles_counted, name="circles_counted"),
]
