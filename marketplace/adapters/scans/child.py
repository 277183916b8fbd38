"""`python -m marketplace.adapters.scans.child`: what scans are, and previews; see opening."""

from __future__ import annotations

import io
import json
import sys
import warnings
from typing import Any

from catalog_import.bounded import Bounds
from marketplace.adapters.scans import formats
from marketplace.adapters.scans.opening import (
    PICTURES,
    Look,
    RefusedScan,
    drawn,
    open_all,
    upright,
)
from marketplace.adapters.scans.order import Order

QUALITY = 82


def main() -> int:
    order = Order(**json.loads(sys.argv[1]))

    def begin() -> Look:
        import PIL.Image  # noqa: PLC0415  # see open_all
        import PIL.ImageOps  # noqa: PLC0415  # the same
        import pypdf  # noqa: PLC0415  # the same

        return lambda data: looked_at(data, order, PIL, pypdf)

    return open_all(Bounds(order.seconds, order.memory, order.output), begin)


def looked_at(data: bytes, order: Order, pil: Any, pypdf: Any) -> tuple[dict[str, Any], bytes]:
    """The media type and a preview. Raises RefusedScan, and whatever a library stumbles over."""
    kind = formats.format_of(data)
    if kind is None:
        raise RefusedScan("scan_format", name=formats.name_of(data) or "?")
    preview = _picture(data, kind, order, pil) if kind in PICTURES else b""
    if kind == formats.PDF:
        _document(data, order, pypdf)
    return {"type": kind, "preview": len(preview)}, preview


def _picture(data: bytes, kind: str, order: Order, pil: Any) -> bytes:
    whole = upright(data, kind, order.pixels, pil)
    return drawn(whole, order.side, pil, format="JPEG", quality=QUALITY)


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


if __name__ == "__main__":
    raise SystemExit(main())
