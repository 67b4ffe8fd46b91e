"""Numbers without gaps or doubles."""

from __future__ import annotations

from django.db import connection, models


class Counter(models.Model):
    """The last number given out under a name. Its row is the lock: a rolled back number is given again."""

    name = models.CharField(max_length=30, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    @classmethod
    def next(cls, name: str) -> int:
        """Return the next number under this name; must run inside the transaction that uses it."""
        return cls.take(name, 1)

    @classmethod
    def take(cls, name: str, count: int) -> int:
        """Take so many numbers and return the last of them."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO proposals_counter (name, last) VALUES (%s, %s) "
                "ON CONFLICT (name) DO UPDATE SET last = proposals_counter.last + EXCLUDED.last RETURNING last",
                [name, count],
            )
            return int(cursor.fetchone()[0])
