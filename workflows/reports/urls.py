from django.urls import path

from workflows.reports import views

urlpatterns = [path("queue/export.xlsx", views.export_queue, name="queue_export")]
