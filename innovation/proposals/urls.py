from django.urls import URLPattern, URLResolver, path

from innovation.proposals.views import drafts, filing, lists, problems, revising, suggestions
from workflows.organisation.access import public, signed_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", signed_in(lists.proposal_list), name="proposal_list"),
    path("export.xlsx", signed_in(lists.export_proposals), name="export_proposals"),
    path("mine/", signed_in(lists.my_proposals), name="my_proposals"),
    path("new/", signed_in(filing.file_proposal), name="file_proposal"),
    path("new/shell/", public(filing.filing_shell), name="filing_shell"),
    path("new/context/", signed_in(filing.filing_context), name="filing_context"),
    path("send/", signed_in(filing.send_proposal), name="send_proposal"),
    path("duplicates/", signed_in(suggestions.duplicate_list), name="proposal_duplicates"),
    path("colleagues/", signed_in(suggestions.colleague_list), name="proposal_colleagues"),
    path("drafts/<uuid:token>/", signed_in(drafts.save_draft), name="save_draft"),
    path("drafts/<uuid:token>/delete/", signed_in(drafts.delete_draft), name="delete_draft"),
    path("drafts/<uuid:token>/photos/", signed_in(drafts.add_photo), name="add_draft_photo"),
    path("drafts/<uuid:token>/photos/<uuid:photo>/drop/", signed_in(drafts.drop_photo), name="drop_draft_photo"),
    path("<str:number>/revise/", signed_in(revising.revise_proposal), name="revise_proposal"),
    path("<str:number>/duplicates/", signed_in(suggestions.case_duplicates), name="case_duplicates"),
    path("problems/", signed_in(problems.problem_list), name="problem_list"),
    path("problems/new/", signed_in(problems.problem_new), name="problem_new"),
    path("problems/<str:number>/", signed_in(problems.problem_detail), name="problem_detail"),
    path("problems/<str:number>/edit/", signed_in(problems.problem_edit), name="problem_edit"),
]
