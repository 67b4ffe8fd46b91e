"""Sign-in by employee number."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from workflows.organisation.models import Person
from workflows.store.prepared import Given, Prepared

# Each request asks it.
_BY_ID: Prepared[Person] = Prepared(lambda: Person.objects.select_related("unit").filter(pk=Given("id")).order_by())


class EmployeeBackend(ModelBackend):
    """Django's own check of the password; permissions come from roles, not from Django's tables."""

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        return set()

    def get_user(self, user_id: int) -> Person | None:
        """With the unit, which every page asks for."""
        person = next(iter(_BY_ID(id=user_id)), None)
        return person if person and self.user_can_authenticate(person) else None

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        return super().authenticate(request, username=username, password=password, **kwargs)  # type: ignore[return-value]
