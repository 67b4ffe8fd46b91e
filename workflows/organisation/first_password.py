"""First passwords: drawn by the server, told once, changed at the first sign-in."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password

# Without 0 O 1 I L, which are misread on a slip of paper. 12 of 31 characters are 59 bits.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
# Few rounds on purpose: the rounds protect guessable passwords and these are not, and a roster makes hundreds at
# once. Django hashes anew with the full rounds when the person signs in.
ROUNDS = 20_000


def draw() -> str:
    letters = [secrets.choice(LETTERS) for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def hashed(secret: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(secret, hasher.salt(), iterations=ROUNDS)
    return make_password(secret)
