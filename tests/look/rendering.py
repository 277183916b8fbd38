"""A bare Jinja world around the look: strict about names, stand-ins for what a request gives."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from marketplace.web.samples import Samples, SampleState
from marketplace.web.words import Words

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
OWN = sorted(
    path
    for path in (
        *(TEMPLATES / "marketplace").glob("*.html"),
        *(TEMPLATES / "marketplace" / "parts").glob("*.html"),
    )
)


HOST = """<!doctype html><html lang="zh">
<head><title>{% block title %}{% endblock %} - 示例商城</title></head>
<body class="mall"><h1>示例商城</h1>{% block content %}{% endblock %}</body></html>"""


def _asset(path: str) -> str:
    return f"/static/{path}"


def _context() -> dict[str, object]:
    tabs = [SimpleNamespace(label=t, url="#", current=t == "帮扶专区", new=3 if t == "订单" else 0)
            for t in ("帮扶专区", "村庄", "节日采购", "我的工会", "订单", "统计")]  # fmt: skip
    return {
        "_": Words("zh"),
        "lang": "zh",
        "theme": "light",
        "size": "normal",
        "actor": SimpleNamespace(name="示例采购员", roles=frozenset()),
        "tabs": tabs,
        "basket_count": 3,
        "to_do": [{"label": "待审核", "url": "#", "count": 2}],
        "mp_layout": "marketplace/layout.html",
        "sign_in_url": "/sign-in",
        "request_number": "",
        "own_pages": [("安全设置", "/security")],
        "sign_out_url": "/sign-out",
        "here": "/styleguide",
        "request": SimpleNamespace(args={}),
        "asset": _asset,
        "picture_url": lambda name: _asset(f"vendor/pic/{name}.svg"),
        "icon_url": lambda name: _asset("vendor/icons.svg") + f"#{name}",
        "money": str,
        "day": date.isoformat,
        "moment": datetime.isoformat,
        "number": lambda n: f"{n:,}",
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf_token" value="t">'),
        "state_label": lambda s: {"waiting": "等待审核"}.get(s.value, s.value),
        "state_tone": lambda s: "wait" if s is SampleState.WAITING else "",
        "verb_label": lambda step: {"approve": "通过", "return": "退回", "suspend": "暂停",
                                    "cancel": "取消"}[step.verb],
        "url_for": lambda endpoint, **_values: f"/{endpoint}",
        "mp_news": lambda: [("done", "已通过，供应商会收到通知。")],
        "get_flashed_messages": lambda **_kw: [],
        "samples": Samples(Words("zh")),
        "signs": ("check", "clock"),
        "pictures": ("melon",),
    }  # fmt: skip


def environment() -> Environment:
    """The templates of the repository; an unknown name is an error."""
    loader = ChoiceLoader([FileSystemLoader(TEMPLATES), DictLoader({"host.html": HOST})])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


def render(name: str, **given: object) -> str:
    """One template of ours with the stand-in context; `given` replaces parts of it."""
    template = environment().get_template(f"marketplace/{name}")
    return template.render({**_context(), **given})


def macro(call: str, part: str, **given: object) -> str:
    """What one macro call writes: macro("tag('x', 'stop')", "badges")."""
    name = call.split("(", 1)[0]
    source = (
        f'{{% from "marketplace/parts/{part}.html" import {name} with context %}}{{{{ {call} }}}}'
    )
    return environment().from_string(source).render({**_context(), **given})
