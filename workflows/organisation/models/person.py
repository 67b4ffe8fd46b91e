"""People: one account each, known by employee number, deactivated and never deleted."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        return self.filter(is_active=True)

    def under(self, *paths: str) -> PersonQuerySet:
        """People whose present unit is at or below any of the paths."""
        condition = models.Q(pk__in=[])
        for path in paths:
            condition |= models.Q(unit__path__startswith=path)
        return self.filter(condition)

    def visible_to(self, person: Person) -> PersonQuerySet:
        """People of the places that the person sees or administers, and oneself."""
        from workflows.organisation.roles import places_known_to

        return self.under(*places_known_to(person)) | self.filter(pk=person.pk)

    def administered_by(self, person: Person) -> PersonQuerySet:
        from workflows.organisation.authority import administered_paths

        return self.under(*administered_paths(person))

    def overseen_by(self, person: Person) -> PersonQuerySet:
        from workflows.organisation.authority import overseen_paths

        return self.under(*overseen_paths(person))

    def colleagues_of(self, person: Person) -> PersonQuerySet:
        """Whom one may name, as a co-author or in a tie: people in use of one's workshop, or of one's contractor.

        Someone above every workshop names anybody at or below their own unit.
        """
        from workflows.organisation.models.unit import UnitKind

        outside = person.unit.at_level(UnitKind.CONTRACTOR)
        place = outside or person.unit.at_level(UnitKind.WORKSHOP) or person.unit
        people = self.active().filter(unit__path__startswith=place.path)
        contractor = models.Q(unit__kind=UnitKind.CONTRACTOR) | models.Q(unit__parent__kind=UnitKind.CONTRACTOR)
        return people if outside else people.exclude(contractor)

    def holding(self, role: str) -> PersonQuerySet:
        """Those who hold the role now, anywhere."""
        from workflows.organisation.models.role import RoleHolding

        return self.filter(pk__in=RoleHolding.objects.in_force().filter(role=role).order_by().values("person_id"))

    def matching(self, text: str) -> PersonQuerySet:
        """A part of the name, two characters are enough, or the beginning of an employee number."""
        text = text.strip()
        if not text:
            return self
        return self.filter(models.Q(name__icontains=text) | models.Q(employee_no__istartswith=text))


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def create_user(self, employee_no: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(employee_no=employee_no, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody of the plant or of a contractor. `unit` is the present posting; postings keep the history."""

    employee_no = models.CharField(_("employee number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="people", verbose_name=_("unit"))
    title = models.CharField(_("post"), max_length=40, blank=True)
    email = models.EmailField(_("mail"), blank=True)
    language = models.CharField(
        _("language"), max_length=10, default="zh-hans", choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    theme = models.CharField(
        _("appearance"),
        max_length=6,
        default="auto",
        choices=[("auto", _("follow the system")), ("light", _("light")), ("dark", _("dark"))],
    )
    is_active = models.BooleanField(_("account in use"), default=True)
    must_change_password = models.BooleanField(default=True)
    # One more ends every session of the person; see _get_session_auth_hash.
    session_round = models.PositiveIntegerField(default=0, editable=False)
    joined_on = models.DateField(_("joined"), null=True, blank=True)

    objects = PersonManager()

    USERNAME_FIELD = "employee_no"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    # Viewflow and allauth ask; nobody is above the rules.
    is_staff = False
    is_superuser = False

    class Meta:
        ordering = ["employee_no"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(employee_no__regex=r"^[^|\n]+$"), name="employee_no_has_no_bar_or_line_feed"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("People are deactivated, never deleted.")

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions stop with the password they began with, and with the round of sessions."""
        digest: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        return f"{digest}{self.session_round}" if self.session_round else digest

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Answer Viewflow's permission strings (`engine.<role>_<unit id>`) from the role table."""
        return self.is_active and perm in self.get_all_permissions()

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def get_all_permissions(self, obj: object | None = None) -> set[str]:
        from workflows.organisation.roles import permission_names

        return permission_names(self)


class PostingQuerySet(models.QuerySet["Posting"]):
    def visible_to(self, person: Person) -> PostingQuerySet:
        """The history of those whom one sees now."""
        return self.filter(person__in=Person.objects.visible_to(person).order_by().values("pk"))


class Posting(models.Model):
    """Where somebody worked, from when to when; the last one has no end."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="postings")
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering = ["person", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(ends_at=None), name="one_present_posting"),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gte=models.F("starts_at")),
                name="posting_ends_after_it_starts",
            ),
        ]
