"""Photographs of invented goods, painted by code: a basket of round fruit before terraced hills."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

SIZE = (1200, 900)
SKY, EARTH, WICKER = (246, 226, 196), (92, 118, 74), (150, 106, 58)
# stock number → colours of what lies in the basket, one photograph for each
SHOWN: dict[str, tuple[tuple[int, int, int], ...]] = {
    "XJ-001": ((222, 178, 64), (206, 150, 48)),
    "SX-001": ((62, 48, 44),),
    "YN-003": ((196, 200, 92),),
}


def photo(fruit: tuple[int, int, int]) -> bytes:
    """A JPEG; another colour gives another picture."""
    image = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    for terrace in range(6):
        top = 260 + terrace * 70
        shade = tuple(part - terrace * 9 for part in EARTH)
        draw.ellipse((-300 + terrace * 60, top, width + 300, height + 500), fill=shade)
    for row, count in enumerate((4, 5, 4)):
        for place in range(count):
            left = 600 - count * 80 + place * 160
            top = 420 + row * 80
            draw.ellipse((left, top, left + 170, top + 170), fill=fruit, outline=WICKER, width=4)
    draw.polygon(((230, 640), (970, 640), (880, 860), (320, 860)), fill=WICKER)
    for band in range(1, 5):
        draw.line((230 + band * 18, 640 + band * 44, 970 - band * 18, 640 + band * 44), fill=SKY)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()
