"""Real files, good and bad, made on the spot."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

TAKEN = {0x9003: "2026:04:06 09:12:30", 0x9011: "+08:00"}
PLACE = {1: "N", 2: (28.0, 17.0, 24.0), 3: "E", 4: (117.0, 12.0, 36.0)}


def picture(width: int = 800, height: int = 600, mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (width, height))
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill=200 if mode == "L" else None)
    return image


def photo(form: str = "JPEG", *, exif: bool = False, orientation: int = 1, size=(800, 600), mode="RGB") -> bytes:
    image, out, options = picture(*size, mode=mode), BytesIO(), {}
    if exif or orientation != 1:
        tags = Image.Exif()
        tags[0x0112] = orientation
        if exif:
            tags[0x010F] = "SECRET-PHONE-MAKER"
            tags.get_ifd(0x8769).update(TAKEN)
            tags.get_ifd(0x8825).update(PLACE)
        options["exif"] = tags
    image.save(out, form, **options)
    return out.getvalue()


def huge_png(side: int = 60_000) -> bytes:
    """A few kilobytes that say they are side² pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def huge_webp() -> bytes:
    side = (16_382).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + side + side + b"VP8 " + struct.pack("<I", 0)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def animated(form: str) -> bytes:
    out = BytesIO()
    frames = [picture(60, 40), Image.new("RGB", (60, 40), "red")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


def pdf(extra: bytes = b"", tail: bytes = b"") -> bytes:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R"
        + extra
        + b">>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    )
    return body + b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n" + tail


def package(main: str = "xl/workbook.xml", **parts: Any) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", main):
            archive.writestr(name, "<x/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def xlsx(**parts: Any) -> bytes:
    return package("xl/workbook.xml", **parts)


def docx(**parts: Any) -> bytes:
    return package("word/document.xml", **parts)


def bomb() -> bytes:
    return xlsx(xl__sheet1_xml=b"\0" * (201 * 1024 * 1024))


def with_password(content: bytes) -> bytes:
    """Set the encrypted bit in each entry of the directory and before each part."""
    changed = bytearray(content)
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = changed.find(magic)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(magic, at + 4)
    return bytes(changed)


def plain_zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.exe", "MZ")
    return out.getvalue()
