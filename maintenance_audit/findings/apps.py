from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "maintenance_audit.findings"
    label = "findings"
