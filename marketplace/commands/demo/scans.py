"""Scans of invented papers: a sheet with lines, a red seal and the word 示例, drawn in strokes."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

Point = tuple[int, int]
SIZE = (620, 877)  # A4 upright at 75 dots per inch
PAPER, INK, SEAL = (252, 250, 244), (70, 70, 76), (190, 40, 40)

# each character in a square of 100, stroke by stroke
SHI: tuple[tuple[Point, ...], ...] = (
    ((25, 18), (75, 18)),
    ((10, 40), (90, 40)),
    ((50, 40), (50, 90), (40, 84)),
    ((32, 56), (14, 78)),
    ((68, 56), (86, 78)),
)
LI: tuple[tuple[Point, ...], ...] = (
    ((26, 10), (8, 48)),
    ((19, 34), (19, 92)),
    ((32, 18), (66, 18)),
    ((48, 18), (34, 52)),
    ((42, 36), (62, 36), (52, 66), (34, 90)),
    ((40, 50), (50, 60)),
    ((74, 22), (74, 66)),
    ((90, 10), (90, 90), (82, 84)),
)


def scan(serial: int) -> bytes:
    """A PNG; another serial gives another picture, the same serial the same."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, SIZE[0] - 24, SIZE[1] - 24), outline=INK, width=3)
    _write(draw, SHI, (130, 80), 160)
    _write(draw, LI, (330, 80), 160)
    for row in range(9):
        length = 260 + (serial * 37 + row * 53) % 220
        top = 320 + row * 42
        draw.line((80, top, 80 + length, top), fill=INK, width=3)
    draw.ellipse((400, 680, 540, 820), outline=SEAL, width=6)
    draw.regular_polygon((470, 750, 34), 5, rotation=serial % 72, fill=SEAL)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _write(
    draw: ImageDraw.ImageDraw, strokes: tuple[tuple[Point, ...], ...], at: Point, size: int
) -> None:
    for stroke in strokes:
        points = [(at[0] + x * size // 100, at[1] + y * size // 100) for x, y in stroke]
        draw.line(points, fill=INK, width=size // 14, joint="curve")
