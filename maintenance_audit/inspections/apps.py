from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "maintenance_audit.inspections"
    label = "inspections"
