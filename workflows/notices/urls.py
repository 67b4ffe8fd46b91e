from django.urls import path

from workflows.notices.views import inbox, preferences, robots, stuck

urlpatterns = [
    path("", inbox.list_notices, name="notice_list"),
    path("read/", inbox.mark_all_notices_read, name="notices_read"),
    path("<int:pk>/open/", inbox.open_notice, name="notice_open"),
    path("<int:pk>/read/", inbox.mark_notice_read, name="notice_read"),
    path("preferences/", preferences.choose, name="notice_preferences"),
    path("robots/", robots.list_robots, name="admin_robots"),
    path("robots/new/", robots.add_robot, name="admin_robot_new"),
    path("robots/<int:robot_id>/edit/", robots.change_robot, name="admin_robot_edit"),
    path("robots/<int:robot_id>/trial/", robots.try_robot, name="admin_robot_trial"),
    path("robots/<int:robot_id>/stop/", robots.stop_robot, name="admin_robot_stop"),
    path("robots/<int:robot_id>/start/", robots.start_robot, name="admin_robot_start"),
    path("undelivered/", stuck.list_stuck, name="admin_stuck"),
    path("undelivered/retry/", stuck.retry_all_stuck, name="admin_stuck_retry_all"),
    path("undelivered/<str:channel>/<int:message_id>/retry/", stuck.retry_stuck, name="admin_stuck_retry"),
    path("undelivered/<str:channel>/<int:message_id>/discard/", stuck.discard_stuck, name="admin_stuck_discard"),
]
