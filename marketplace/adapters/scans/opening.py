"""What the children that open papers and photographs do alike; nobody else opens a stranger's file.

They run with little memory and time, because whoever made a file may not mean well. Each is started
by its parent with its order in the one argument, gets one file after another on standard input, and
says of each one line of JSON, then the bytes that it drew.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from catalog_import.bounded import Bounds, answer, files, limit
from marketplace.adapters.scans import formats

NOT_INSTALLED = 3  # the answer of a process that lacks its libraries
PICTURES = {formats.JPEG: "JPEG", formats.PNG: "PNG", formats.WEBP: "WEBP"}
Look = Callable[[bytes], tuple[dict[str, Any], bytes]]  # raises RefusedScan


class RefusedScan(Exception):  # says what is, like the other errors here
    """The file cannot be taken; the words for `code` are the parent's."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(code)
        self.code, self.data = code, data


def open_all(bounds: Bounds, begin: Callable[[], Look]) -> int:
    """Every file that comes; `begin` loads the libraries, after the limits and in this process
    alone. Answers 0 also when files were refused."""
    limit(bounds, one_file=False)
    try:
        look = begin()
    except ModuleNotFoundError:
        return NOT_INSTALLED
    for data in files(bounds):
        try:
            heading, drawn = look(data)
        except RefusedScan as refused:
            heading, drawn = {"refused": refused.code, "data": refused.data}, b""
        except Exception:  # whatever a library stumbles over, the file is not a good one
            heading, drawn = {"refused": "scan_unreadable", "data": {}}, b""
        answer(json.dumps(heading).encode() + b"\n" + drawn)
    return 0


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


def drawn(image: Any, side: int, pil: Any, **how: Any) -> bytes:
    """At most `side` pixels long; `how` is told to Pillow's encoder. The image shrinks with it."""
    image.thumbnail((side, side))
    out = io.BytesIO()
    _on_white(image, pil).save(out, **how)
    return out.getvalue()


def _on_white(image: Any, pil: Any) -> Any:
    """Anew from the pixels, on white where it was transparent; nothing else is carried over."""
    sheet = pil.Image.new("RGB", image.size, "white")
    plain = image.convert("RGBA")
    sheet.paste(plain, mask=plain.getchannel("A"))
    return sheet
