"""Forms: shape and words of input. The CSRF token is WTForms' own, so hosts need not set one up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

from flask import current_app, g, request, session
from markupsafe import Markup
from wtforms import FileField, Form, MultipleFileField, SelectField
from wtforms.csrf.core import CSRFTokenField
from wtforms.csrf.session import SessionCSRF
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import get_translations
from wtforms.meta import DefaultMeta

from marketplace.kernel.errors import MarketplaceError, StaleForm
from marketplace.web.labels import error_words
from marketplace.web.words import words

TOKEN = "csrf_token"  # noqa: S105  # the name of a field
KEPT = "mp_csrf"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """The choices of a field, from (value, words)."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def host_token() -> tuple[str, str] | None:
    """Name and value of the form token that the application itself asks for, if it does: one whose
    templates have `csrf_token()`, as Flask-WTF's CSRFProtect gives them."""
    make = current_app.jinja_env.globals.get("csrf_token")
    if not callable(make):
        return None
    return str(current_app.config.get("WTF_CSRF_FIELD_NAME", TOKEN)), str(make())


class _OwnKey(MutableMapping[str, Any]):
    """The one session key that WTForms wants, under a name of ours: a host may have its own."""

    def __getitem__(self, _key: str) -> Any:
        return session[KEPT]

    def __setitem__(self, _key: str, value: Any) -> None:
        session[KEPT] = value

    def __delitem__(self, _key: str) -> None:
        del session[KEPT]

    def __iter__(self) -> Iterator[str]:
        return iter([KEPT] if KEPT in session else [])

    def __len__(self) -> int:
        return int(KEPT in session)


class _Meta(DefaultMeta):  # type: ignore[misc]  # wtforms ships no types
    csrf = True
    csrf_class = SessionCSRF
    csrf_time_limit = timedelta(hours=8)
    csrf_field_name = TOKEN

    @property
    def csrf_secret(self) -> bytes:
        key = current_app.secret_key or ""
        return key if isinstance(key, bytes) else key.encode()

    @property
    def csrf_context(self) -> MutableMapping[str, Any]:
        return _OwnKey()

    def bind_field(self, form: Form, unbound: Any, options: dict[str, Any]) -> Any:
        """Beside a host's token ours goes by another name, and its widget writes both."""
        hosts = host_token() if options["name"] == TOKEN else None
        if hosts is None:
            return unbound.bind(form=form, **options)
        field = unbound.bind(form=form, **{**options, "name": f"mp_{TOKEN}"})
        own = field.widget
        field.widget = lambda bound, **given: own(bound, **given) + _hidden(*hosts)
        return field

    def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
        """The token bears no id: a page with several forms would name several things alike."""
        if isinstance(field, CSRFTokenField):
            render_kw = {"id": False, **render_kw}
        return super().render_field(field, render_kw)

    def get_translations(self, form: Form) -> Any:
        return get_translations(["zh" if words().language == "zh" else "en"])


class MarketForm(Form):  # type: ignore[misc]  # wtforms ships no types
    """Filled from a POST, else from `given`; labels are Chinese and said in the page's language."""

    Meta: ClassVar[type] = _Meta

    def __init__(self, obj: object = None, **given: Any) -> None:
        posted = None
        if request.method == "POST":
            posted = request.form.copy()
            for name in self._file_fields():
                for file in request.files.getlist(name):
                    posted.add(name, file)  # type: ignore[arg-type]  # WTForms takes files in one dict
        super().__init__(posted, obj=obj, **given)
        say = words()
        for field in self:
            field.label.text = say(field.label.text)
            if field.description:
                field.description = say(field.description)
            if isinstance(field, SelectField) and field.choices:
                field.choices = [replace(one, label=say(str(one.label))) for one in field.choices]

    @classmethod
    @cache
    def _file_fields(cls) -> list[str]:
        """A file sent in place of a text is no text: only these fields take one."""
        return [
            name
            for name in dir(cls)
            if getattr(getattr(cls, name), "field_class", None) in (FileField, MultipleFileField)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuses control characters, and says our own messages in the page's language."""
        good: bool = super().validate(extra_validators)
        for field in self:
            if isinstance(field.data, str) and _CONTROL.search(field.data):
                field.errors = [*field.errors, "含有看不见的控制字符，请删除后重新输入。"]
                good = False
        say = words()
        for field in self:
            field.errors = [say(str(error)) for error in field.errors]
        return good

    def blame(self, fault: MarketplaceError) -> bool:
        """Put a service's refusal beside the field it names; False when it names none of ours."""
        name = fault.data.get("field")
        if not isinstance(name, str) or name not in self:
            return False
        told, remedy = error_words(fault)
        self[name].errors = [*self[name].errors, f"{told} {remedy}".strip()]
        return True


def uploaded(field: FileField) -> tuple[str, bytes]:
    """Name and bytes of the file that was chosen; both empty when none was. Read from its start
    each time: a view may be run twice."""
    name = str(getattr(field.data, "filename", "") or "")[-200:]
    if not name:
        return "", b""
    field.data.stream.seek(0)
    return name, field.data.read()


def _hidden(name: str, value: str) -> Markup:
    """A hidden input, spelled as WTForms spells its own."""
    return Markup('<input name="{}" type="hidden" value="{}">').format(name, value)


class BareForm(MarketForm):
    """A button alone: nothing but the token."""


def csrf_field() -> Markup:
    """The hidden input for forms that are written by hand; signed once for each page."""
    known: tuple[object, Markup] | None = g.get("mp_csrf_field")
    if known is None or known[0] != session.get(KEPT):
        hosts = host_token()
        said = _hidden(f"mp_{TOKEN}" if hosts else TOKEN, _token())
        known = g.mp_csrf_field = (session.get(KEPT), said + (_hidden(*hosts) if hosts else ""))
    return known[1]


def _token() -> str:
    """WTForms' own, without a form around it: also made on the page that answers a bad form."""
    signer = SessionCSRF()
    signer.form_meta = _Meta()
    return str(signer.generate_csrf_token(None))


def checked() -> None:
    """Refuse a POST without a good token; for views without a form of their own.

    Raises StaleForm.
    """
    if not BareForm().validate():
        raise StaleForm


def files_of(field: Any) -> list[tuple[str, bytes]]:
    """Names and bytes of all files of a field."""
    found = []
    for chosen in field.data or ():
        if getattr(chosen, "filename", ""):
            chosen.stream.seek(0)
            found.append((str(chosen.filename)[-60:], chosen.read()))
    return found
