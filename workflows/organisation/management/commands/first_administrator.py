"""The first account of an empty plant. Every other one is made on the pages, by somebody who is named."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from workflows.ledger.clock import now
from workflows.organisation import first_password, record
from workflows.organisation.models import Person, Posting, Role, RoleHolding, Unit, UnitKind


class Command(BaseCommand):
    help = "Make the top unit and its first administrator in an empty database; prints the first password once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, help="name of the top unit")
        parser.add_argument("--code", required=True, help="code of the top unit")
        parser.add_argument("--kind", default="company", choices=["group", "company", "workshop"])
        parser.add_argument("--number", required=True, help="employee number")
        parser.add_argument("--name", required=True, help="the administrator's name")

    @transaction.atomic
    def handle(self, *args: Any, **asked: Any) -> None:
        if Person.objects.exists() or Unit.objects.exists():
            raise CommandError("This database has people or units already; use the pages.")
        unit = Unit.objects.create(code=asked["code"], name=asked["unit"], kind=UnitKind(asked["kind"]))
        secret, moment = first_password.draw(), now()
        person = Person.objects.create(
            employee_no=asked["number"], name=asked["name"], unit=unit, password=first_password.hashed(secret)
        )
        Posting.objects.create(person=person, unit=unit, starts_at=moment)
        held = RoleHolding.objects.create(person=person, role=Role.ADMINISTRATOR, unit=unit, starts_at=moment)
        record.on_unit(unit, "unit.created", actor=person, code=unit.code, name=unit.name, kind=unit.kind)
        record.on_person(person, "person.created", actor=person, employee_no=person.employee_no, unit=unit.pk)
        record.on_person(person, "role.granted", actor=person, holding=held.pk, role=held.role, unit=unit.pk)
        self.stdout.write(secret)
