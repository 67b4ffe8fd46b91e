from django.urls import URLPattern, URLResolver, path

from maintenance_audit.lots.views import acting, pointing, reading
from workflows.organisation.access import holding, signed_in
from workflows.organisation.models import Role

lead = holding(Role.AUDIT_LEAD)

urlpatterns: list[URLPattern | URLResolver] = [
    path("lots/", signed_in(reading.lots), name="lots"),
    path("lots/open/", lead(acting.open_lots), name="open_lots"),
    path("lots/inspection/", signed_in(acting.inspection_states), name="inspection_states"),
    path(
        "lots/inspection/<str:workshop>/<str:contractor>/<str:what>/",
        lead(acting.switch_inspection),
        name="switch_inspection",
    ),
    path("lots/<str:number>/", signed_in(reading.lot), name="lot"),
    path("lots/<str:number>/withdraw/<path:job>/", signed_in(acting.withdraw_job), name="withdraw_job"),
    path("lots/<str:number>/not-shown/<path:job>/", signed_in(acting.job_not_shown), name="job_not_shown"),
    path("lots/<str:number>/look-again/", signed_in(acting.look_again), name="look_again"),
    path("lots/<str:number>/resubmit/", signed_in(acting.resubmit_lot), name="resubmit_lot"),
    path("draws/redraw.py", signed_in(reading.redraw_program), name="redraw_program"),
    path("draws/<str:number>/", signed_in(reading.draw_page), name="draw_record_page"),
    path("draws/<str:number>/live/", signed_in(reading.draw_live), name="draw_live"),
    path("draws/<str:number>/record.json", signed_in(reading.draw_record), name="draw_record"),
    path("pointing/", pointing.point_at, name="point_at"),
    path("pointing/receipt/", pointing.pointing_receipt, name="pointing_receipt"),
    path("pointing/<path:number>/", pointing.point_at_job, name="point_at_job"),
]
