from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "maintenance_audit.register"
    label = "register"
