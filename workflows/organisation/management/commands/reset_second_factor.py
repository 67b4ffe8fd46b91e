"""For the last administrator who has lost phone and codes: whoever keeps the server takes the factors away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from workflows.organisation.errors import Refused
from workflows.organisation.models import Person
from workflows.organisation.signin import factors


class Command(BaseCommand):
    help = "Take away a person's second factors where no administrator can; recorded, and the person is told."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="employee number")

    @transaction.atomic
    def handle(self, *args: Any, **asked: Any) -> None:
        person = Person.objects.select_for_update(of=("self",)).filter(employee_no=asked["number"]).first()
        if person is None:
            raise CommandError(f"Nobody has the number {asked['number']}.")
        try:
            factors.wipe(person, actor=None)
        except Refused as refused:
            raise CommandError(refused.message)
        self.stdout.write(f"{person.employee_no}: reset. Every session has ended.")
