"""Photos are made anew from their pixels. Whatever else the file was or carried does not survive that."""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from workflows.documents import exif
from workflows.documents.kinds import JPEG, PNG, WEBP, Kind
from workflows.documents.limits import MOST_PIXELS
from workflows.documents.refusal import RefusedFile

logger = logging.getLogger(__name__)

THUMBNAIL = (320, 320)
QUALITY = 88

# The classes themselves, not Image.open(): a file gets the one decoder its first bytes ask for, a phone's
# multi-picture JPEG gives its first picture, and the size is ours to check before anything is decoded.
_DECODERS: dict[Kind, type] = {
    JPEG: JpegImagePlugin.JpegImageFile,
    PNG: PngImagePlugin.PngImageFile,
    WEBP: WebPImagePlugin.WebPImageFile,
}


@dataclass(frozen=True)
class Photo:
    kind: Kind
    content: bytes
    thumbnail: bytes
    width: int
    height: int
    taken: exif.Taken


def remake(file: IO[bytes], kind: Kind) -> Photo:
    """Return the photo upright, without metadata; raise RefusedFile if it is too large, cut off or no picture."""
    try:
        return _remake(file, kind)
    except RefusedFile:
        raise
    except Exception as error:  # Decoders fail in a hundred ways on made-up files; each means the same to a person.
        logger.info("undecodable %s: %s", kind.label, error)
        raise RefusedFile(_("The photo is incomplete or damaged. Take or save it again and send it once more."))


def _remake(file: IO[bytes], kind: Kind) -> Photo:
    file.seek(0)
    if kind is WEBP:  # Its decoder makes room for all pixels as soon as it is opened.
        _check_pixels(*_webp_size(file.read(30)))
        file.seek(0)
    image = _DECODERS[kind](file)
    _check_pixels(*image.size)
    image.load()
    taken = exif.read(image)
    kept = PNG if kind is PNG else JPEG
    upright = _plain(ImageOps.exif_transpose(image), kept)
    width, height = upright.size
    return Photo(kept, _encoded(upright, kept), _thumbnail(upright), width, height, taken)


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise RefusedFile(
            _("The photo has %(width)s × %(height)s pixels; the limit is %(limit)s million. Make it smaller.")
            % {"width": width, "height": height, "limit": MOST_PIXELS // 1_000_000}
        )


def _webp_size(head: bytes) -> tuple[int, int]:
    """Read width and height by the container specification's three kinds of first chunk."""
    chunk = head[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _plain(image: Image.Image, kept: Kind) -> Image.Image:
    """A copy of the pixels alone: one of four colour modes, transparency only where PNG can keep it."""
    if image.mode.startswith("I"):  # 16 bits a pixel, from scanners
        image = image.point(lambda value: value / 256).convert("L")
    see_through = "A" in image.mode or "transparency" in image.info
    if see_through:
        image = image.convert("RGBA")
        return image if kept is PNG else _on_white(image)
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encoded(image: Image.Image, kind: Kind) -> bytes:
    image.info = {}
    out = BytesIO()
    if kind is PNG:
        image.save(out, "PNG", exif=b"", icc_profile=None)
    else:
        image.save(out, "JPEG", quality=QUALITY, exif=b"", icc_profile=None, comment=b"")
    return out.getvalue()


def _thumbnail(image: Image.Image) -> bytes:
    image.thumbnail(THUMBNAIL)
    return _encoded(_on_white(image) if image.mode == "RGBA" else image, JPEG)
