from django.urls import path

from workflows.notices import views

urlpatterns = [
    path("", views.list_notices, name="notice_list"),
    path("read/", views.mark_all_notices_read, name="notices_read"),
    path("<int:pk>/open/", views.open_notice, name="notice_open"),
    path("<int:pk>/read/", views.mark_notice_read, name="notice_read"),
]
