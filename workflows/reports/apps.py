from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "workflows.reports"
    label = "reports"

    def ready(self) -> None:
        from workflows.engine.kinds import register_rules
        from workflows.reports.cockpit import indicators, panels

        register_rules(indicators.RULES)
        panels.register(indicators.PANEL)
