"""Photographs of a good: the order of those that are there, and new ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import request
from wtforms import MultipleFileField

from marketplace.catalog.service import Chosen
from marketplace.web import MarketForm, files_of
from marketplace.web.words import words

MARK = "place-"  # before the id of a photograph: the name of its field
PLACE = re.compile(r"[1-9]?", re.ASCII)


class PhotosForm(MarketForm):
    """A number beside each photograph, empty for one that goes; and files."""

    photos = MultipleFileField(
        "添加图片",
        description="JPEG、PNG、WebP，每张最大 10 MB；一共最多 9 张，第一张是主图",
    )

    def __init__(self, shown: Sequence[str]) -> None:
        super().__init__()
        self.shown = tuple(shown)
        self.places = {one: self._place(one, place) for place, one in enumerate(self.shown, 1)}

    def _place(self, photo_id: str, place: int) -> str:
        if request.method != "POST":
            return str(place)
        return request.form.get(f"{MARK}{photo_id}", "").strip()

    def validate(self, extra_validators: Any = None) -> bool:
        good: bool = super().validate(extra_validators)
        if not all(PLACE.fullmatch(one) for one in self.places.values()):
            said = words()("序号请填写 1 到 9 的数字，留空就是去掉这张图片。")
            self.photos.errors = [*self.photos.errors, said]
            good = False
        return good

    def chosen(self) -> Chosen:
        """What stays, in its order, and among what was chosen: all that the form named."""
        kept = sorted(filter(self.places.get, self.shown), key=self.places.__getitem__)
        named = (name for name in request.form if name.startswith(MARK))
        return Chosen(kept, frozenset(name.removeprefix(MARK) for name in named))

    def files(self) -> list[tuple[str, bytes]]:
        """Names and bytes of what was added; as often as it is asked for."""
        return files_of(self.photos)
