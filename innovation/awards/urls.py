from django.urls import URLPattern, URLResolver, path

from innovation.awards.views import marking, notice, payout, round_file, rounds, seen, selecting
from workflows.organisation.access import signed_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signed_in(rounds.award_rounds), name="award_rounds"),
    path("seen/", signed_in(seen.seen), name="awards_seen"),
    path("seen.xlsx", signed_in(seen.seen_sheet), name="awards_seen_sheet"),
    path("mine/", signed_in(seen.mine), name="my_awards"),
    path("mine.xlsx", signed_in(seen.mine_sheet), name="my_awards_sheet"),
    path("<str:number>/", signed_in(rounds.award_round), name="award_round"),
    path("<str:number>/candidates/add/", signed_in(selecting.put_in), name="put_in_candidate"),
    path("<str:number>/candidates/<str:candidate>/remove/", signed_in(selecting.take_out), name="take_out_candidate"),
    path("<str:number>/score/", signed_in(marking.score_candidates), name="score_candidates"),
    path("<str:number>/score/seal/", signed_in(marking.seal_marks), name="seal_marks"),
    path("<str:number>/score/<str:candidate>/", signed_in(marking.score_candidate), name="score_candidate"),
    path("<str:number>/publicity/", signed_in(notice.publicity), name="publicity"),
    path("<str:number>/publicity.pdf", signed_in(notice.notice), name="publicity_notice"),
    path("<str:number>/payout/", signed_in(payout.payout), name="award_payout"),
    path("<str:number>/payout.xlsx", signed_in(payout.payout_sheet), name="award_payout_sheet"),
    path("<str:number>/payout.pdf", signed_in(payout.payout_print), name="award_payout_print"),
    path("<str:number>/round.zip", signed_in(round_file.round_file), name="award_round_file"),
]
