from django.urls import URLPattern, URLResolver, include, path

from maintenance_audit.jobs.views import volume
from maintenance_audit.jobs.views.acts import cancel_job, correct_code, correct_settlement, take_up
from maintenance_audit.jobs.views.found import find_equipment
from maintenance_audit.jobs.views.lists import export_jobs, job_list
from maintenance_audit.jobs.views.page import job
from workflows.engine.views.filing import file_case

urlpatterns: list[URLPattern | URLResolver] = [
    path("import/", include("maintenance_audit.jobs.importing.urls")),
    path("volume/", volume.job_volume, name="job_volume"),
    path("volume.xlsx", volume.export_job_volume, name="export_job_volume"),
    path("volume/map/", volume.job_mappings, name="job_mappings"),
    path("volume/map/<int:mapping_id>/retire/", volume.retire_job_mapping, name="retire_job_mapping"),
    path("", job_list, name="job_list"),
    path("new/", file_case, {"kind": "job"}, name="file_job"),
    path("jobs.xlsx", export_jobs, name="export_jobs"),
    path("equipment/", find_equipment, name="find_equipment"),
    # Numbers come from elsewhere, too, and may hold a slash.
    path("<path:number>/cancel/", cancel_job, name="cancel_job"),
    path("<path:number>/take-up/", take_up, name="take_up_job"),
    path("<path:number>/code/", correct_code, name="correct_job_code"),
    path("<path:number>/settlement/", correct_settlement, name="correct_job_settlement"),
    path("<path:number>/", job, name="job"),
]
