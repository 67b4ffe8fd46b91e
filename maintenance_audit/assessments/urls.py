from django.urls import path

from maintenance_audit.assessments.views import checks, problems

urlpatterns = [
    path("", checks.assessment_list, name="assessment_list"),
    path("sheet.xlsx", checks.assessment_sheet, name="assessment_sheet"),
    path("duties/", checks.duty_list, name="duty_list"),
    path("duties/sheet.xlsx", checks.duty_sheet, name="duty_sheet"),
    path("problems/", problems.process_problem_list, name="process_problem_list"),
    path("problems/sheet.xlsx", problems.process_problem_sheet, name="process_problem_sheet"),
    path("problems/new/", problems.new_process_problem, name="new_process_problem"),
    path("problems/<int:pk>/", problems.process_problem, name="process_problem"),
    path("problems/<int:pk>/plan/", problems.plan_process_problem, name="plan_process_problem"),
    path("problems/<int:pk>/close/", problems.close_process_problem, name="close_process_problem"),
    path("problems/<int:pk>/feed/", problems.feed_process_problem, name="feed_process_problem"),
]
