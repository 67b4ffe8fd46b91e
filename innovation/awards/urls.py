from django.urls import URLPattern, URLResolver, path

from innovation.awards.views import marking, notice
from workflows.organisation.access import signed_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:number>/score/", signed_in(marking.score_candidates), name="score_candidates"),
    path("<str:number>/publicity/", signed_in(notice.publicity), name="publicity"),
]
