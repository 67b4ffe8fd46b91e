from django.urls import URLPattern, URLResolver, path

from workflows.engine.views import besides, case, decide, flow, queue, rules, search, together

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
    path("flows/<str:kind>/", flow.flow_picture, name="flow_picture"),
    path("rules/", rules.rule_list, name="rule_list"),
    path("rules/new/", rules.rule_draft, name="rule_draft"),
    path("rules/<int:pk>/", rules.rule_detail, name="rule_detail"),
    path("rules/<int:pk>/edit/", rules.rule_edit, name="rule_edit"),
    path("rules/<int:pk>/publish/", rules.rule_publish, name="rule_publish"),
]
