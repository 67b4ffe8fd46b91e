from django.urls import path

from maintenance_audit.findings.views import extending
from maintenance_audit.findings.views.finding import finding
from maintenance_audit.findings.views.listing import finding_list, finding_sheet
from maintenance_audit.findings.views.replying import reply

urlpatterns = [
    path("", finding_list, name="finding_list"),
    path("sheet.xlsx", finding_sheet, name="finding_sheet"),
    path("<str:number>/", finding, name="finding"),
    path("<str:number>/reply/", reply, name="finding_reply"),
    path("<str:number>/extension/", extending.ask, name="finding_extension"),
    path("<str:number>/extension/answer/", extending.answer, name="finding_extension_answer"),
]
