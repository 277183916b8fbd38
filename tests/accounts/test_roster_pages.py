"""The manager's page and the command: upload, look, agree, done; the same sheets by both ways."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person, Roster
from marketplace.commands import main
from marketplace.work import Runtime
from tests.accounts.test_importing import ORGANISATIONS, PEOPLE
from tests.fixtures import post

ClientAs = Callable[[str], FlaskClient]


def file(text: str, name: str = "职工.csv", encoding: str = "gb18030") -> tuple[io.BytesIO, str]:
    return io.BytesIO(text.encode(encoding)), name


def uploaded(client: FlaskClient, **said: object) -> str:
    """Answers the address of the roster."""
    answer = post(client, "/people", **{"whole_of": "", **said})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    for part in page.split("<input ")[1:]:
        tag = part.split(">", 1)[0]
        if f'name="{name}"' in tag:
            return tag.split('value="', 1)[1].split('"', 1)[0]
    raise LookupError(name)


def done(client: FlaskClient, where: str, **said: str) -> int:
    """Press the button of the page with what it carries; answers the status."""
    page = client.get(where).get_data(as_text=True)
    kept = {name: hidden(page, name) for name in ("digest", "leaving")}
    return post(client, f"{where}/apply", on=where, **{**kept, **said}).status_code


def number_of_people(runtime: Runtime) -> int:
    with runtime.reading() as session:
        return len(session.scalars(select(Person.id)).all())


def test_sheets_are_looked_at_and_then_done(client_as: ClientAs, runtime: Runtime) -> None:
    manager, before = client_as("manager"), number_of_people(runtime)
    where = uploaded(manager, organisations=file(ORGANISATIONS), people=file(PEOPLE))
    page = manager.get(where).get_data(as_text=True)
    assert "全部办理" in page
    assert number_of_people(runtime) == before
    assert done(manager, where) == 303
    assert number_of_people(runtime) == before + 3
    after = manager.get(where).get_data(as_text=True)
    assert "已办理" in after
    assert "全部办理" not in after


def test_a_wrong_row_is_told_beside_its_heading_and_nothing_is_kept(
    client_as: ClientAs, runtime: Runtime
) -> None:
    manager = client_as("manager")
    bad = PEOPLE.replace("13900000001", "12345")
    answer = post(
        manager, "/people", organisations=file(ORGANISATIONS), people=file(bad), whole_of=""
    )
    told = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "不是大陆手机号" in told
    assert "手机号" in told
    with runtime.reading() as session:
        assert session.scalars(select(Roster)).all() == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"%PDF-1.7", b"a,b\n1,2\n"])
def test_what_is_no_sheet_is_refused(client_as: ClientAs, content: bytes) -> None:
    answer = post(
        client_as("manager"), "/people", people=(io.BytesIO(content), "x.csv"), whole_of=""
    )
    assert answer.status_code == 422


def test_no_file_at_all_is_told(client_as: ClientAs) -> None:
    answer = post(client_as("manager"), "/people", whole_of="")
    assert answer.status_code == 422
    assert "没有选择文件" in answer.get_data(as_text=True)


def test_a_whole_list_shows_how_many_leave_and_asks_for_agreement(
    client_as: ClientAs, runtime: Runtime
) -> None:
    manager = client_as("manager")
    assert (
        done(manager, uploaded(manager, organisations=file(ORGANISATIONS), people=file(PEOPLE)))
        == 303
    )
    with runtime.reading() as session:
        south = session.scalars(select(Person).where(Person.employee_number == "N0003")).one()
        assert south.left_at is None
    page = manager.get("/people").get_data(as_text=True)
    branch = page.split(">示例银行南城分行<", 1)[0].rsplit('value="', 1)[1].split('"', 1)[0]
    only = "工号,姓名,单位代码\nN0001,示例张三,B001\n"
    where = uploaded(manager, people=file(only), whole_of=branch)
    shown = manager.get(where).get_data(as_text=True)
    assert "1 人不在" in shown
    assert "示例王五" in shown
    assert done(manager, where) == 303  # without the tick: back to the page, nothing done
    with runtime.reading() as session:
        assert session.get_one(Person, south.id).left_at is None
    assert done(manager, where, agree="y") == 303
    with runtime.reading() as session:
        assert session.get_one(Person, south.id).left_at is not None


def test_a_discarded_roster_forgets_its_sheets(client_as: ClientAs, runtime: Runtime) -> None:
    manager = client_as("manager")
    where = uploaded(manager, organisations=file(ORGANISATIONS), people=file(PEOPLE))
    assert post(manager, f"{where}/drop", on=where).status_code == 303
    with runtime.reading() as session:
        found = session.scalars(select(Roster)).one()
    assert (found.people, found.organisations) == (None, None)


@pytest.mark.sqlite_only  # a command finds the embedded database by its folder
def test_the_command_takes_the_same_sheets_and_tells_the_same(
    data: Path, runtime: Runtime, tmp_path: Path
) -> None:
    organisations, people = tmp_path / "单位.csv", tmp_path / "人员.csv"
    organisations.write_text(ORGANISATIONS, "utf-8")
    people.write_text(PEOPLE, "utf-8")
    given = ["accounts", "import", "--organisations", str(organisations), "--people", str(people),
             "--data", str(data)]  # fmt: skip
    before = number_of_people(runtime)
    looked = CliRunner().invoke(main, [*given, "--check"])
    assert looked.exit_code == 0, looked.output
    assert "新增 3，更新 0，未变 0，拒绝 0" in looked.output
    assert number_of_people(runtime) == before
    assert CliRunner().invoke(main, given).exit_code == 0
    again = CliRunner().invoke(main, given)
    assert "新增 0，更新 0，未变 3，拒绝 0" in again.output
    assert number_of_people(runtime) == before + 3


@pytest.mark.sqlite_only  # a command finds the embedded database by its folder
def test_the_command_ends_with_one_when_a_row_is_wrong(data: Path, tmp_path: Path) -> None:
    people = tmp_path / "人员.csv"
    people.write_text(PEOPLE, "utf-8")
    given = ["accounts", "--lang", "en", "import", "--people", str(people), "--data", str(data)]
    outcome = CliRunner().invoke(main, given)
    assert outcome.exit_code == 1
    assert "There is no organisation with the code “B001”" in outcome.output


def test_an_empty_sheet_can_be_taken_along_and_read_back(client_as: ClientAs) -> None:
    manager = client_as("manager")
    for name in ("organisations", "people"):
        assert "单位代码" in manager.get(f"/people/{name}.csv").data.decode("utf-8-sig")
    assert manager.get("/people/none.csv").status_code == 404
