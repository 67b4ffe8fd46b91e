from django.urls import path

from workflows.documents import views

urlpatterns = [
    path("", views.upload_document, name="document_upload"),
    path("<uuid:pk>/", views.download_document, name="document"),
    path("<uuid:pk>/thumb/", views.download_thumbnail, name="document_thumb"),
    path("<uuid:pk>/view/", views.show_document, name="document_view"),
    path("<uuid:pk>/erase/", views.erase_document, name="document_erase"),
]
