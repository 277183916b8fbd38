"""A declaration, question by question; the questions are data, see declarations.toml."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from wtforms import BooleanField, Field, IntegerField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.kernel.errors import MarketplaceError
from marketplace.suppliers.forms.fields import text_of
from marketplace.suppliers.models import Declaration
from marketplace.suppliers.rules import FORMS as DECLARATIONS
from marketplace.suppliers.rules.declaring import LONGEST, Answer, Form, Grade, Question
from marketplace.suppliers.service import Statement
from marketplace.web import MarketForm, options
from marketplace.web.labels import error_words
from marketplace.web.words import words

ANSWERS = (("yes", "是"), ("no", "否"))
ABOUT_WORDS = frozenset(
    {"declaration_unexplained", "declaration_taken_back", "declaration_too_long"}
)


class DeclarationForm(MarketForm):
    """What declarations of every name have; `declaration_form` adds the questions of one."""

    asked: Form
    is_doubted: bool = False  # some answer shuts the gate: is it meant so?

    edition = IntegerField("版本", [InputRequired("请刷新页面后重新填写。")])
    is_sure = BooleanField("情况属实，我知道这样就不能供货")

    @property
    def questions(self) -> Iterator[tuple[Question, Field, Field | None]]:
        """Each with its answer, and with the words to it where words may be needed."""
        for one in self.asked.questions:
            yield one, self[f"said_{one.id}"], self._fields.get(f"more_{one.id}")

    def said(self) -> Statement:
        """What was answered."""
        answers = {
            one.id: Answer(said.data or "", text_of(more) if more is not None else "")
            for one, said, more in self.questions
        }
        return Statement(self.asked.name, self.edition.data, answers, is_sure=self.is_sure.data)

    def blame(self, fault: MarketplaceError) -> bool:
        """A refusal names the question."""
        question, more = fault.data.get("field"), f"more_{fault.data.get('field')}"
        self.is_doubted = self.is_doubted or fault.code == "declaration_failed"
        place = more if fault.code in ABOUT_WORDS and more in self else f"said_{question}"
        if place not in self:
            return super().blame(fault)
        told, remedy = error_words(fault)
        self[place].errors = [*self[place].errors, f"{told} {remedy}".strip()]
        return True


def declaration_form(
    asked: Form, last: Declaration | None, burdened: frozenset[str]
) -> DeclarationForm:
    """The questions, with the last answers filled in; `burdened` as in rules.graded."""
    before = last.answers if last and last.edition == asked.edition else {}
    given: dict[str, object] = {"edition": asked.edition}
    for name, one in before.items():
        given |= {f"said_{name}": one["said"], f"more_{name}": one["more"]}
    form = _form_of(asked.name, words().language, burdened)(**given)
    form.asked = asked
    return form


@cache
def _form_of(name: str, language: str, burdened: frozenset[str]) -> type[DeclarationForm]:
    named: dict[str, Any] = {}
    for one in DECLARATIONS[name].questions:
        named[f"said_{one.id}"] = RadioField(
            one.text(language), [InputRequired("请选择“是”或“否”。")], choices=options(ANSWERS)
        )
        if one.judged or one.id in burdened:
            named[f"more_{one.id}"] = TextAreaField(
                "说明",
                [Length(max=LONGEST, message="最多 500 个字。")],
                description=_hint(one, is_burdened=one.id in burdened),
            )
    return type(f"DeclarationForm_{name}_{language}", (DeclarationForm,), named)


def _hint(one: Question, *, is_burdened: bool) -> str:
    if is_burdened and one.grade("yes") is not Grade.PASS:
        return "选“是”，或以前选过“是”：写明时间、事由和结果，由审核人员判断"
    if is_burdened:
        return "以前的回答不一样：写明为什么改了，由审核人员判断"
    yes, no = "选“是”时写明时间、事由和处理结果", "选“否”时写明原因和打算"
    return yes if one.judged == "yes" else no
