"""What was sworn at the confirmation, word for word.

Kept as bytes, and not reckoned anew when somebody asks: an award that is voided later, a case that is renamed or an
author who marries must not change a file whose digests stand in the ledger. In a table of its own because it is long,
and every turn of the case reads the round's row.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from innovation.awards.models.round import AwardRound


class RoundFile(models.Model):
    round = models.OneToOneField(AwardRound, models.PROTECT, primary_key=True, related_name="file")
    lines = models.TextField()  # of round.jsonl, each with its line feed

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(lines__endswith="\n"), name="round_file_ends_with_its_last_line")
        ]

    @classmethod
    def keep(cls, round: AwardRound, lines: Sequence[bytes]) -> RoundFile:
        return cls.objects.create(round=round, lines="".join(f"{line.decode()}\n" for line in lines))

    @property
    def as_lines(self) -> list[bytes]:
        return self.lines.encode().split(b"\n")[:-1]
