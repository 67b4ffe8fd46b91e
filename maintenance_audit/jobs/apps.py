from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "maintenance_audit.jobs"
    label = "jobs"
