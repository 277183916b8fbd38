"""Structured declarations: questions as data, and the grade of answers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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


def graded(form: Form, answers: Mapping[str, str], said: Mapping[str, str]) -> DeclarationState:
    """What the answers come to: passed, or waiting for a reviewer.

    Raises Invalid: declaration_unanswered, declaration_failed, declaration_unexplained,
    declaration_too_long; `field` is the question.
    """
    grades = []
    for asked in form.questions:
        answer, more = answers.get(asked.id), said.get(asked.id, "").strip()
        if answer not in {"yes", "no"}:
            raise Invalid("declaration_unanswered", field=asked.id)
        if len(more) > LONGEST:
            raise Invalid("declaration_too_long", field=asked.id, most=LONGEST)
        grades.append(asked.grade(answer))
        if grades[-1] is Grade.FAIL:
            raise Invalid("declaration_failed", field=asked.id)
        if grades[-1] is Grade.JUDGE and not more:
            raise Invalid("declaration_unexplained", field=asked.id)
    return DeclarationState.PENDING if Grade.JUDGE in grades else DeclarationState.PASSED
