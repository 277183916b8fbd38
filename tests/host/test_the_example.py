"""The host in docs/mounting.md is a whole host: it is run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Flask

from tests.fixtures import post
from tests.house.places import ROOT

EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def the_mall(data: Path) -> Flask:
    (source,) = EXAMPLE.findall((ROOT / "docs" / "mounting.md").read_text("utf-8"))
    told: dict[str, Any] = {"__name__": "mall"}
    exec(compile(source, "docs/mounting.md", "exec"), told)  # noqa: S102  # our own document
    app: Flask = told["create_mall"](data)
    return app


def test_the_example_carries_us_signs_people_in_and_lets_them_keep_an_address(
    tmp_path: Path,
) -> None:
    app = the_mall(tmp_path / "data")
    client = app.test_client()
    page = client.get("/aid/").get_data(as_text=True)
    assert re.search(r"<title>[^<]+ - Mall</title>", page)
    assert 'class="mp guest"' in page
    away = client.get("/aid/addresses")
    assert away.headers["Location"] == "/login?next=/aid/addresses"
    assert post(client, away.headers["Location"]).headers["Location"] == "/aid/addresses"
    where = {"recipient": "示例", "mobile": "13800000000", "county": "653129", "street": "示例路"}
    assert post(client, "/aid/addresses", **where).status_code == 303
    kept = client.get("/aid/addresses").get_data(as_text=True)
    assert "示例路" in kept
    assert "张示例" in kept
    assert client.get("/aid/desk").status_code == 403
    app.extensions["marketplace"].runtime.engine.dispose()
