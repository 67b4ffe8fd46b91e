"""The addresses on the labels: short, because a short address makes a coarse code that a dirty camera can read."""

from django.urls import URLPattern, URLResolver, path

from maintenance_audit.register.views import tags

urlpatterns: list[URLPattern | URLResolver] = [
    path("", tags.tag_entry, name="tag_entry"),
    path("shell/", tags.tag_shell, name="tag_shell"),
    path("<path:tag>", tags.tag_page, name="tag_page"),
]
