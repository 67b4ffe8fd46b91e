from django.apps import AppConfig


class LotsConfig(AppConfig):
    name = "maintenance_audit.lots"
    label = "lots"
