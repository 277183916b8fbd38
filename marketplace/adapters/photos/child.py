"""`python -m marketplace.adapters.photos.child`: one photograph on standard input, drawn on output.

First one line of JSON, then the bytes of every size. Runs with little memory and time, because
whoever made the file may not mean well. Started by the parent with its order in the one argument.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from catalog_import.bounded import Bounds, limit
from marketplace.adapters.photos.order import NOT_INSTALLED, SIZES, Order
from marketplace.adapters.scans import formats
from marketplace.adapters.scans.child import PICTURES, RefusedScan, on_white, upright

QUALITY = 80
METHOD = 2  # of WebP's encoder: 0 quick … 6 small


def main() -> int:
    """Answers 0 also when the photograph was refused."""
    order = Order(**json.loads(sys.argv[1]))
    limit(Bounds(order.seconds, order.memory, order.output))
    try:
        import PIL.Image  # noqa: PLC0415  # after the limits, and in this process alone
        import PIL.ImageOps  # noqa: PLC0415  # the same
    except ModuleNotFoundError:
        return NOT_INSTALLED
    data = sys.stdin.buffer.read()
    try:
        told, drawn = drawn_anew(data, order, PIL)
    except RefusedScan as refused:
        told, drawn = _refusal(refused), []
    except Exception:  # whatever a library stumbles over, the file is not a good one
        told, drawn = {"refused": "photo_unreadable", "data": {}}, []
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(drawn))
    sys.stdout.buffer.flush()
    return 0


def drawn_anew(data: bytes, order: Order, pil: Any) -> tuple[dict[str, Any], list[bytes]]:
    """What it is, and its sizes as WebP in the order of `SIZES`. Raises RefusedScan."""
    kind = formats.format_of(data)
    if kind not in PICTURES:
        raise RefusedScan("scan_format", format=_named(kind) or formats.name_of(data) or "?")
    whole = upright(data, kind, order.pixels, pil)
    width, height = whole.size
    if min(width, height) < order.least:
        raise RefusedScan("scan_too_small", least=order.least)
    drawn = []
    for side in SIZES.values():  # the larger first: each is drawn from the one before
        whole.thumbnail((side, side))
        out = io.BytesIO()
        on_white(whole, pil).save(out, "WEBP", quality=QUALITY, method=METHOD)
        drawn.append(out.getvalue())
    sizes = [len(one) for one in drawn]
    return {"type": kind, "width": width, "height": height, "sizes": sizes}, drawn


def _named(kind: str | None) -> str:
    """A format that papers may have and photographs may not, in a word that people know."""
    return {formats.PDF: "PDF", formats.HEIC: "HEIC", formats.OFD: "OFD"}.get(kind or "", "")


def _refusal(refused: RefusedScan) -> dict[str, Any]:
    code = refused.code.replace("scan_", "photo_", 1)
    return {"refused": code, "data": refused.data}


if __name__ == "__main__":
    raise SystemExit(main())
