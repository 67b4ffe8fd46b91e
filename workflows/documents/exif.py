"""What a camera wrote into a photo: when and where. Read once, kept beside the photo, never inside it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from PIL import ExifTags, Image

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    at: datetime | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def read(image: Image.Image) -> Taken:
    """Return what can be made out. Cameras and editors write all sorts: unreadable is the same as absent."""
    try:
        exif = image.getexif()
        at = _moment(exif)
        latitude, longitude = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception as error:
        logger.info("unreadable EXIF: %s", error)
        return Taken()
    return Taken(at, latitude, longitude)


def _moment(exif: Image.Exif) -> datetime | None:
    """The camera's clock; without an offset of its own it is taken to run on the plant's time."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    offset = details.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        moment = datetime.strptime(str(text)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 — the zone follows
    except ValueError:
        return None
    if moment.year < 1990:
        return None
    try:
        return datetime.strptime(f"{moment:%Y-%m-%d %H:%M:%S}{str(offset).strip()}", "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return timezone.make_aware(moment, timezone.get_default_timezone())


def _place(gps: dict[int, Any]) -> tuple[Decimal | None, Decimal | None]:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _degrees(parts: Any, side: Any, negative: str, most: int) -> Decimal | None:
    if not parts or len(parts) != 3:
        return None
    degrees = sum(float(part) / 60**power for power, part in enumerate(parts))
    if not 0 <= degrees <= most:  # also turns away what is not a number
        return None
    return round(Decimal(str(-degrees if side == negative else degrees)), 6)
