from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "workflows.site"
    label = "site"
