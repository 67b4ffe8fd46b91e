from django.urls import URLPattern, URLResolver, path

from maintenance_audit.jobs.importing import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.import_jobs, name="import_jobs"),
    path("template.xlsx", views.job_template, name="job_template"),
    path("<int:job_import>/", views.job_import, name="job_import"),
    path("<int:job_import>/progress/", views.job_import_progress, name="job_import_progress"),
    path("<int:job_import>/confirm/", views.confirm_job_import, name="confirm_job_import"),
    path("<int:job_import>/go-on/", views.go_on_with_job_import, name="go_on_with_job_import"),
    path("<int:job_import>/discard/", views.discard_job_import, name="discard_job_import"),
    path("<int:job_import>/rows.xlsx", views.job_import_faults, name="job_import_faults"),
]
