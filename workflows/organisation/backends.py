"""Sign-in by employee number."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend


class EmployeeBackend(ModelBackend):
    """Django's own check of the password; permissions come from roles, not from Django's tables."""

    def _get_permissions(self, user_obj, obj, from_name):  # type: ignore[no-untyped-def]
        return set()
