from django.urls import path

from workflows.organisation.access import signed_in
from workflows.site import offline, source
from workflows.site.home import home

urlpatterns = [
    path("", home, name="home"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("offline", offline.offline, name="offline"),
    path("sending-token/", signed_in(offline.sending_token), name="sending_token"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("favicon.ico", offline.favicon, name="favicon"),
    path("source", source.source_archive, name="source_archive"),
]
