from django.urls import path

from workflows.site import offline, source
from workflows.site.home import home

urlpatterns = [
    path("", home, name="home"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("offline", offline.offline, name="offline"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("favicon.ico", offline.favicon, name="favicon"),
    path("source", source.source_archive, name="source_archive"),
]
