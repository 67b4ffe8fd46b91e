from django.urls import URLPattern, URLResolver, path

from innovation.awards.views import marking, notice, rounds, selecting
from workflows.organisation.access import signed_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signed_in(rounds.award_rounds), name="award_rounds"),
    path("<str:number>/", signed_in(rounds.award_round), name="award_round"),
    path("<str:number>/candidates/add/", signed_in(selecting.put_in), name="put_in_candidate"),
    path("<str:number>/candidates/<str:candidate>/remove/", signed_in(selecting.take_out), name="take_out_candidate"),
    path("<str:number>/score/", signed_in(marking.score_candidates), name="score_candidates"),
    path("<str:number>/score/seal/", signed_in(marking.seal_marks), name="seal_marks"),
    path("<str:number>/score/<str:candidate>/", signed_in(marking.score_candidate), name="score_candidate"),
    path("<str:number>/publicity/", signed_in(notice.publicity), name="publicity"),
]
