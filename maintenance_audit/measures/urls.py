from django.urls import path

from maintenance_audit.measures.views import evidence, report, scorecards

urlpatterns = [
    path("audit-reports/", report.audit_reports, name="audit_reports"),
    path("audit-reports/<int:workshop>/<str:month>.pdf", report.audit_report_pdf, name="audit_report_pdf"),
    path("audit-reports/<int:workshop>/<str:month>.xlsx", report.audit_report_sheet, name="audit_report_sheet"),
    path("evidence/", evidence.evidence_page, name="evidence"),
    path("scorecards/", scorecards.scorecards, name="scorecards"),
    path("scorecards.xlsx", scorecards.scorecards_sheet, name="scorecards_sheet"),
    path("scorecards/<int:firm>/", scorecards.scorecard_page, name="scorecard"),
    path("scorecards/<int:firm>.xlsx", scorecards.scorecard_sheet, name="scorecard_sheet"),
    path("scorecards/<int:firm>/rows/", scorecards.scorecard_rows, name="scorecard_rows"),
    path("scorecards/<int:firm>/rows.xlsx", scorecards.scorecard_rows_sheet, name="scorecard_rows_sheet"),
]
