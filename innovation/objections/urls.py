from django.urls import include, path

from innovation.objections.views import objecting, receipt, representing
from workflows.engine.kind_urls import kind_urls

urlpatterns = [
    path("object/<int:candidate>/", objecting.object_to_award, name="object_to_award"),
    path("objections/receipt/", receipt.objection_receipt, name="objection_receipt"),
    path("objections/unsigned/", representing.unsigned_objections, name="unsigned_objections"),
    path("objections/unsigned/<uuid:unsigned>/", representing.unsigned_objection, name="unsigned_objection"),
    path("objections/", include(kind_urls("award_objection"))),
]
