"""How a page is made: ours by a Jinja environment of our own, a host's layout by that of the host.

So nothing of a host's environment (delimiters, filters, globals, undefined, block names, context)
can change our pages, and nothing of ours stands in the context of the host's layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import CodeType

from flask import Flask, get_flashed_messages, request
from jinja2 import BytecodeCache, Environment, Template, TemplateNotFound, nodes
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

OWN = "marketplace/layout.html"
GUEST = "marketplace/guest.html"
BETWEEN = "\x1e"  # stands between title and page of a guest; no text of ours can hold it


class BlockMissing(LookupError):
    """The host's layout has no block of the name in MARKETPLACE_LAYOUT_BLOCK."""


PARTS = "marketplace/parts/"
BAR = f"{PARTS}bar.html"  # the one part that tells of this page: who reads it, and where it is


class OwnTemplate(Template):
    """Ours: what all pages share is in the environment before any template is loaded, so a module
    that was made once is good for every page; Jinja would compare names at each import."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._module or super()._get_default_module()


class OwnEnvironment(Environment):
    """Ours: the macros of `parts/` are made once and not with every page, whether a template says
    `with context` or not. What they may use beside their arguments stands in the globals."""

    template_class = OwnTemplate

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for found in tree.find_all(nodes.FromImport):
            part = found.template.value if isinstance(found.template, nodes.Const) else ""
            if str(part).startswith(PARTS) and part != BAR:
                found.with_context = False
        return tree


class Compiled(BytecodeCache):
    """What was compiled in this process, by path and text: of several applications each template
    is compiled once. All environments that share it are of one making."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


class Pages:
    """Makes the pages of one application."""

    def __init__(
        self, app: Flask, layout: str, block: str, *, shared: Mapping[str, object]
    ) -> None:
        self.layout, self.block = layout, block
        self._loader = app.create_global_jinja_loader()  # a host's folder first: any page by path
        self._ours = OwnEnvironment(
            loader=self._loader,
            autoescape=True,
            auto_reload=app.debug,
            bytecode_cache=COMPILED,
        )
        self._ours.globals.update(
            url_for=app.url_for, get_flashed_messages=get_flashed_messages, request=request
        )
        self._ours.globals.update(shared)
        self._around: Template | None = None

    def has(self, name: str) -> bool:
        """Whether there is a template of this name."""
        try:
            self._loader.get_source(self._ours, name)
        except TemplateNotFound:
            return False
        return True

    def make(self, app: Flask, name: str, context: dict[str, object]) -> str:
        """The whole document. Raises BlockMissing."""
        template = self._ours.get_template(name)
        if self.layout == OWN:
            return template.render(context, mp_layout=OWN)
        title, page = template.render(context, mp_layout=GUEST).split(BETWEEN, 1)
        made = self._layout(app).render(
            self._hosts_context(app),
            mp_title=Markup(title.strip()),  # noqa: S704  # escaped when it was made
            mp_page=Markup(page),  # noqa: S704  # the same
        )
        if page not in made:
            raise BlockMissing(f"{self.layout} has no block {self.block!r}")
        return made

    def _layout(self, app: Flask) -> Template:
        """The host's layout with our page in its block, in the host's own spelling of Jinja."""
        if self._around is None:
            env = app.jinja_env
            do, end = env.block_start_string, env.block_end_string
            say, said = env.variable_start_string, env.variable_end_string
            self._around = env.from_string(
                f"{do} extends {self.layout!r} {end}"
                f"{do} block title {end}{say} mp_title {said}{do} endblock {end}"
                f"{do} block {self.block} {end}{say} mp_page {said}{do} endblock {end}"
            )
        return self._around

    @staticmethod
    def _hosts_context(app: Flask) -> dict[str, object]:
        """What the host's own templates may use everywhere."""
        told: dict[str, object] = {}
        for give in app.template_context_processors[None]:
            told.update(app.ensure_sync(give)())
        return told
