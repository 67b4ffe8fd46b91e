"""What makes a seeded plant look lived in today: notices that wait to be read, and photos of the latest ideas."""

from __future__ import annotations

import io
import random
from uuid import UUID, uuid5

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from config.demo.people import Plant
from workflows.documents.reception import receive
from workflows.engine import telling
from workflows.engine.models import Case, Step

PHOTOGRAPHED = 24


def tell(plant: Plant) -> None:
    """Post a notice for each step that waits, as the engine did when it opened it."""
    open_steps = Step.objects.filter(closed_at=None).select_related("case").prefetch_related("items__person")
    for step in open_steps:
        named = [item.person for item in step.items.all() if item.state == "open" and item.person is not None]
        pool = plant.holders.get((step.role, step.unit_id or 0), []) if step.mode == "one" and step.role else []
        telling.waiting(step.case, step, named or pool)


def photos_of(token: UUID) -> dict[str, UUID]:
    """The photos of a case by what they show; known before they are taken, being part of what approvals stand on."""
    return {purpose: uuid5(token, purpose) for purpose in ("before", "after")}


def photograph(chance: random.Random) -> None:
    """Two drawn pictures for each of the newest open cases, through the door that real photos take."""
    newest = Case.objects.filter(state=Case.State.OPEN).select_related("author").order_by("-filed_at", "-pk")
    for case in newest[:PHOTOGRAPHED]:
        for purpose, token in photos_of(case.token).items():
            upload = SimpleUploadedFile(f"{purpose}.jpg", picture(chance), content_type="image/jpeg")
            receive(actor=case.author, token=token, holder=f"case:{case.pk}", purpose=purpose, upload=upload)


def picture(chance: random.Random) -> bytes:
    """A rough drawing of pipes and a flange on a workshop's greys."""
    image = Image.new("RGB", (960, 720), chance.choice(("#57504a", "#3b4147", "#4a4f45", "#5d5a52")))
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(3, 6)):
        x, y = chance.randint(0, 900), chance.randint(0, 660)
        width = chance.randint(30, 90)
        colour = chance.choice(("#8d969d", "#b7774e", "#9b8f84", "#8a5533", "#6f7a80"))
        if chance.random() < 0.5:
            draw.rectangle((x, 0, x + width, 720), fill=colour, outline="#2b2723", width=4)
        else:
            draw.rectangle((0, y, 960, y + width), fill=colour, outline="#2b2723", width=4)
    x, y, r = chance.randint(250, 700), chance.randint(200, 500), chance.randint(80, 180)
    draw.ellipse((x - r, y - r, x + r, y + r), fill="#2b2723", outline="#e6c4a6", width=8)
    draw.ellipse((x - r // 2, y - r // 2, x + r // 2, y + r // 2), fill="#8a5533")
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=82)
    return kept.getvalue()
