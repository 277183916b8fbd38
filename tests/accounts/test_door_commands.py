"""What is done for the doors on the command line: the first manager, and a lost phone."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from click.testing import CliRunner, Result
from flask import Flask

from marketplace.accounts import queries, rules, service
from marketplace.accounts.cli import accounts
from marketplace.kernel.actor import Role
from marketplace.work import Runtime
from tests.fixtures import People, sign_in


def run(runtime: Runtime, *words: str, typed: str = "") -> Result:
    def opened(_data: Path) -> Runtime:
        return runtime

    return CliRunner().invoke(accounts, list(words), obj=opened, input=f"{typed}\n{typed}\n")


def test_the_first_manager_comes_by_a_command(people: People) -> None:
    done = run(people.runtime, "invite", "新运营部", "--new", "operator", "--role", "manager")
    assert done.exit_code == 0, done.output
    code = done.output.strip()
    with people.runtime.reading() as session:
        found = queries.open_invitation(session, code, people.runtime.clock.now())
    assert found is not None
    assert (found.organisation, found.role) == ("新运营部", Role.MANAGER)


def test_the_first_manager_may_come_with_a_password_where_no_message_can_be_sent(
    people: People, app: Flask
) -> None:
    given = ("add", "示例经理", "13612345678", "--organisation", "新运营部", "--role", "manager")
    weak = run(people.runtime, *given, "--new", "operator", typed="1361234567")
    assert weak.exit_code == 1
    strong = "seven-lanterns-over-the-river"
    done = run(people.runtime, *given, "--new", "operator", typed=strong)
    assert done.exit_code == 0, done.output
    client = sign_in(app, "13612345678", strong)
    assert client.get("/people").status_code == 200


def test_an_organisation_is_made_only_when_that_is_said(people: People) -> None:
    done = run(people.runtime, "invite", "没有的单位", "--role", "manager")
    assert done.exit_code == 1
    assert "没有的单位" in done.output


def test_a_role_that_means_nothing_there_is_refused_in_words(people: People) -> None:
    done = run(people.runtime, "invite", "示例银行", "--role", "manager")
    assert done.exit_code == 1
    assert "role_not_here" not in done.output


def test_whoever_lost_the_phone_starts_anew(people: People) -> None:
    person = UUID(people.ids["reviewer"])
    with people.runtime.work() as w:
        service.begin_second(w, person, "sealed")
        service.confirm_second(w, person)
    assert run(people.runtime, "new-phone", "13500000002").exit_code == 0
    with people.runtime.reading() as session:
        assert queries.second_factor(session, person) is None
    assert run(people.runtime, "new-phone", "13999999999").exit_code == 1
    assert rules.needs_second(people.actor("reviewer").roles)
