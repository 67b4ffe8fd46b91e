from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "workflows.reports"
    label = "reports"
