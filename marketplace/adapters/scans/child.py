"""`python -m marketplace.adapters.scans.child`: one scan on standard input, what it is on output.

First one line of JSON, then the bytes of the preview. Runs with little memory and time, because
whoever made the file may not mean well. Started by the parent with its order in the one argument.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from typing import Any

from catalog_import.bounded import Bounds, limit
from marketplace.adapters.scans import formats
from marketplace.adapters.scans.order import NOT_INSTALLED, Order

PICTURES = {formats.JPEG: "JPEG", formats.PNG: "PNG", formats.WEBP: "WEBP"}
QUALITY = 82


class RefusedScan(Exception):  # says what is, like the other errors here
    """The scan cannot be taken; the words for `code` are the parent's."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(code)
        self.code, self.data = code, data


def main() -> int:
    """Answers 0 also when the scan was refused."""
    order = Order(**json.loads(sys.argv[1]))
    limit(Bounds(order.seconds, order.memory, order.output))
    try:
        import PIL.Image  # noqa: PLC0415  # after the limits, and in this process alone
        import PIL.ImageOps  # noqa: PLC0415  # the same
        import pypdf  # noqa: PLC0415  # the same
    except ModuleNotFoundError:
        return NOT_INSTALLED
    data = sys.stdin.buffer.read()
    try:
        kind, preview = looked_at(data, order, PIL, pypdf)
        _say({"type": kind, "preview": len(preview)}, preview)
    except RefusedScan as refused:
        _say({"refused": refused.code, "data": refused.data}, b"")
    except MemoryError:
        _say({"refused": "scan_unreadable", "data": {}}, b"")
    return 0


def looked_at(data: bytes, order: Order, pil: Any, pypdf: Any) -> tuple[str, bytes]:
    """The media type and a preview. Raises RefusedScan."""
    kind = formats.format_of(data)
    if kind is None:
        raise RefusedScan("scan_format", name=formats.name_of(data) or "?")
    try:
        if kind in PICTURES:
            return kind, _picture(data, kind, order, pil)
        if kind == formats.PDF:
            _document(data, order, pypdf)
    except (RefusedScan, MemoryError):
        raise
    except Exception as broken:  # whatever a library stumbles over, the file is not a good one
        raise RefusedScan("scan_unreadable") from broken
    return kind, b""


def _picture(data: bytes, kind: str, order: Order, pil: Any) -> bytes:
    whole = upright(data, kind, order.pixels, pil)
    whole.thumbnail((order.side, order.side))
    out = io.BytesIO()
    on_white(whole, pil).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def upright(data: bytes, kind: str, pixels: int, pil: Any) -> Any:
    """Every pixel is decoded; the size is known from the header before that. Raises RefusedScan,
    and whatever Pillow stumbles over."""
    if formats.is_mixed(data, kind):
        raise RefusedScan("scan_mixed")
    pil.Image.MAX_IMAGE_PIXELS = None  # ours is asked below, with words of its own
    with pil.Image.open(io.BytesIO(data), formats=(PICTURES[kind],)) as image:
        if image.width * image.height > pixels:
            raise RefusedScan("scan_too_many_pixels")
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            raise RefusedScan("scan_animated")
        image.load()
        return pil.ImageOps.exif_transpose(image)


def on_white(image: Any, pil: Any) -> Any:
    """Anew from the pixels, on white where it was transparent; nothing else is carried over."""
    sheet = pil.Image.new("RGB", image.size, "white")
    plain = image.convert("RGBA")
    sheet.paste(plain, mask=plain.getchannel("A"))
    return sheet


def _document(data: bytes, order: Order, pypdf: Any) -> None:
    """It opens, nobody locked it, and it has some pages; it is never shown by us."""
    warnings.simplefilter("ignore")
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise RefusedScan("scan_encrypted")
    pages = int(reader.trailer["/Root"]["/Pages"]["/Count"])
    if pages > order.pages:
        raise RefusedScan("scan_pages", limit=order.pages)
    if pages < 1 or reader.pages[0].mediabox is None:
        raise RefusedScan("scan_unreadable")


def _say(heading: dict[str, Any], preview: bytes) -> None:
    sys.stdout.buffer.write(json.dumps(heading).encode() + b"\n" + preview)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    raise SystemExit(main())
