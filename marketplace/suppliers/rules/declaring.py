"""Structured declarations: questions as data, and the grade of answers."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from marketplace.kernel.errors import Invalid
from marketplace.suppliers.states import DeclarationState

LONGEST = 500  # characters of what is said to one answer


class Grade(StrEnum):
    PASS = "pass"  # noqa: S105  # no password: a grade
    JUDGE = "judge"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Question:
    """One question that is answered by yes or no; each answer has its grade."""

    id: str
    zh: str
    en: str
    yes: Grade
    no: Grade

    def text(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def grade(self, answer: str) -> Grade:
        return self.yes if answer == "yes" else self.no

    @property
    def best(self) -> str:
        """The answer with the better grade; where both are as good, no."""
        order = tuple(Grade)
        return min(("no", "yes"), key=lambda said: order.index(self.grade(said)))

    @property
    def judged(self) -> str | None:
        """The answer that a reviewer judges, if there is one."""
        return next((one for one in ("yes", "no") if self.grade(one) is Grade.JUDGE), None)


@dataclass(frozen=True, slots=True)
class Form:
    """The questions of one declaration in one edition."""

    name: str
    edition: int
    zh: str
    en: str
    source: str
    questions: tuple[Question, ...]

    def title(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


def read_forms(text: str) -> dict[str, Form]:
    """Every declaration of a file. Raises ValueError with the place and what is wrong there."""
    try:
        rows = tomllib.loads(text)["declaration"]
        return {row["name"]: _form(row) for row in rows}
    except KeyError as fault:
        raise ValueError(f"declarations: {fault.args[0]} is missing") from fault
    except ValueError as fault:
        raise ValueError(f"declarations: {fault}") from fault


def _form(row: dict[str, Any]) -> Form:
    asked = tuple(
        Question(one["id"], one["zh"], one["en"], Grade(one["yes"]), Grade(one["no"]))
        for one in row["question"]
    )
    names = [one.id for one in asked]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{row['name']}: {sorted(twice)} stand twice")
    return Form(row["name"], row["edition"], row["zh"], row["en"], row["source"], asked)


FORMS = read_forms(
    resources.files("marketplace.suppliers").joinpath("declarations.toml").read_text("utf-8")
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one question: "yes", "no" or nothing yet, and the words that go with it."""

    said: str
    more: str = ""


def graded(
    form: Form,
    answers: Mapping[str, Answer],
    burdened: Collection[str] = (),
    *,
    is_sure: bool = False,
) -> DeclarationState:
    """What the answers come to: passed, waiting for a reviewer, or refused at once.

    `burdened` are the questions that were answered otherwise before: a better answer is a person's
    to believe. An answer with which nothing can be sold is refused only when the supplier is sure.
    Raises Invalid: declaration_unanswered, declaration_failed, declaration_unexplained,
    declaration_taken_back, declaration_too_long; `field` is the question.
    """
    grades = [
        _grade(asked, answers.get(asked.id, Answer("")), asked.id in burdened, is_sure=is_sure)
        for asked in form.questions
    ]
    if Grade.FAIL in grades:
        return DeclarationState.REFUSED
    return DeclarationState.PENDING if Grade.JUDGE in grades else DeclarationState.PASSED


def kept(form: Form, answers: Mapping[str, Answer]) -> dict[str, dict[str, str]]:
    """The answers with the questions as they were asked, for the record."""
    return {
        one.id: {
            "said": answers[one.id].said,
            "more": answers[one.id].more.strip(),
            "grade": one.grade(answers[one.id].said).value,
            "zh": one.zh,
            "en": one.en,
        }
        for one in form.questions
    }


def _grade(asked: Question, answer: Answer, is_burdened: bool, *, is_sure: bool) -> Grade:
    if answer.said not in {"yes", "no"}:
        raise Invalid("declaration_unanswered", field=asked.id)
    if len(answer.more.strip()) > LONGEST:
        raise Invalid("declaration_too_long", field=asked.id, most=LONGEST)
    grade = asked.grade(answer.said)
    if grade is Grade.FAIL and not is_sure:
        raise Invalid("declaration_failed", field=asked.id)
    if grade is Grade.PASS and is_burdened:
        grade = Grade.JUDGE
    if grade is Grade.JUDGE and not answer.more.strip():
        code = "declaration_taken_back" if is_burdened else "declaration_unexplained"
        raise Invalid(code, field=asked.id)
    return grade
