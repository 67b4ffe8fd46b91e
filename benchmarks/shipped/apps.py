from django.apps import AppConfig


class ShippedConfig(AppConfig):
    name = "benchmarks.shipped"
    label = "shipped"
