from django.urls import URLPattern, URLResolver, path

from workflows.engine.views import (
    besides,
    calendar,
    case,
    decide,
    flow,
    queue,
    rules,
    rules_what_if,
    search,
    together,
    waivers,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("queue/", queue.queue_page, name="queue"),
    path("queue/filters/", queue.queue_filters, name="queue_filters"),
    path("queue/after/<int:item>/", queue.next_task, name="next_task"),
    path("queue/batch/", together.batch_page, name="batch"),
    path("search/", search.search, name="search"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/withdraw/", case.withdraw, name="withdraw"),
    path("cases/<str:number>/acts/<str:verb>/", besides.case_act, name="case_act"),
    path("cases/<str:number>/tasks/<int:item>/", decide.decide, name="decide"),
    path("cases/<str:number>/tasks/<int:item>/<str:verb>/", decide.decide_sheet, name="decide_sheet"),
    path("cases/<str:number>/waivers/new/", waivers.ask_waiver, name="ask_waiver"),
    path("waivers/", waivers.waivers, name="waivers"),
    path("waivers/<int:waiver_id>/", waivers.waiver, name="waiver"),
    path("flows/<str:kind>/", flow.flow_picture, name="flow_picture"),
    path("admin/calendar/", calendar.admin_calendar, name="admin_calendar"),
    path("admin/calendar/day/", calendar.admin_calendar_day, name="admin_calendar_day"),
    path("admin/calendar/import/", calendar.admin_calendar_import, name="admin_calendar_import"),
    path("admin/calendar/year.xlsx", calendar.admin_calendar_template, name="admin_calendar_template"),
    path("admin/calendar/import/<int:import_id>/", calendar.admin_calendar_preview, name="admin_calendar_preview"),
    path(
        "admin/calendar/import/<int:import_id>/confirm/", calendar.admin_calendar_confirm, name="admin_calendar_confirm"
    ),
    path(
        "admin/calendar/import/<int:import_id>/discard/", calendar.admin_calendar_discard, name="admin_calendar_discard"
    ),
    path("admin/hours/", calendar.admin_hours_pick, name="admin_hours_pick"),
    path("admin/hours/<int:unit_id>/", calendar.admin_hours, name="admin_hours"),
    path("admin/hours/<int:unit_id>/drop/", calendar.admin_hours_drop, name="admin_hours_drop"),
    path("rules/", rules.rule_list, name="rule_list"),
    path("rules/new/", rules.rule_draft, name="rule_draft"),
    path("rules/<int:pk>/", rules.rule_detail, name="rule_detail"),
    path("rules/<int:pk>/edit/", rules.rule_edit, name="rule_edit"),
    path("rules/<int:pk>/submit/", rules.rule_submit, name="rule_submit"),
    path("rules/<int:pk>/send-back/", rules.rule_send_back, name="rule_send_back"),
    path("rules/<int:pk>/what-if/", rules_what_if.rule_what_if, name="rule_what_if"),
    path("rules/<int:pk>/what-if.xlsx", rules_what_if.rule_what_if_sheet, name="rule_what_if_sheet"),
    path("rules/<int:pk>/publish/", rules.rule_publish, name="rule_publish"),
]
