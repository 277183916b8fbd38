"""Declarations: question by question, each answer graded; the last one counts."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.desk import queries as desk
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import (
    Forbidden,
    Invalid,
    Missing,
    Refused,
    SamePerson,
    WrongState,
)
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.models import Declaration, Supplier
from marketplace.suppliers.rules.declaring import read_forms
from marketplace.suppliers.states import DeclarationState
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.onboarding import a_colleague
from tests.makers.suppliers import (
    a_draft_supplier,
    a_paper,
    a_statement,
    a_submitted_supplier,
    an_approved_supplier,
    seen,
)

FINED = {"penalty": "yes", "more_penalty": "示例：2025 年标签罚款，已整改"}
S = DeclarationState


def declare(people: People, supplier: Supplier, who: str = "supplier", **said: str) -> Declaration:
    sure = bool(said.pop("sure", ""))
    with people.runtime.work(people.actor(who)) as w:
        asked = a_statement(**said)
        told = service.Statement(asked.name, asked.edition, asked.answers, is_sure=sure)
        return service.declare(w, supplier.id, told)


def use(people: People, who: str, made: Declaration, verb: str, note: str = "") -> Declaration:
    with people.runtime.work(people.actor(who)) as w:
        return service.use_declaration(w, made.id, verb, note)


def sells(people: People, supplier: Supplier) -> bool:
    with people.runtime.reading() as session:
        assert list(queries.standing_faults(session)) == []
        assert list(desk.faults(session, people.runtime.clock.now())) == []
        return queries.sells(session, supplier.id, people.runtime.clock.now())


def open_tasks(people: People) -> list[uuid.UUID]:
    with people.runtime.reading() as session:
        return list(desk.open_subjects(session, ReviewKind.DECLARATION))


def states(people: People, supplier: Supplier) -> list[DeclarationState]:
    """Of all that were ever made, the first one first."""
    with people.runtime.reading() as session:
        found = queries.declarations(session, supplier.id)
        return [one.state for one in sorted(found, key=lambda one: one.number)]


def test_good_answers_count_at_once_by_rule_and_stand_on_the_trail(people: People) -> None:
    supplier = an_approved_supplier(people)
    assert states(people, supplier) == [S.PASSED]
    assert sells(people, supplier)
    with people.runtime.reading() as session:
        told = select(TrailEntry).where(TrailEntry.verb == "declare")
        (deed,) = session.scalars(told)
        assert (deed.actor, deed.to_state) == (people.ids["supplier"], "passed")
    assert open_tasks(people) == []


def test_without_a_declaration_nothing_is_submitted(people: People) -> None:
    supplier = a_draft_supplier(people)
    with people.runtime.reading() as session:
        gaps = queries.gaps(session, supplier, people.runtime.clock.now())
    assert ("declare", "integrity") in [(gap.step, gap.what) for gap in gaps]
    with (
        pytest.raises(service.Incomplete),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.hand_in(w, supplier.id, a_paper())
        service.submit(w, supplier.id)


def test_an_answer_to_be_judged_stops_sales_until_a_reviewer_has_accepted_it(
    people: People,
) -> None:
    supplier = an_approved_supplier(people)
    made = declare(people, supplier, **FINED)
    assert made.state is S.PENDING
    assert not sells(people, supplier), "the last declaration counts"
    assert open_tasks(people) == [made.id]
    use(people, "reviewer", made, "accept")
    assert sells(people, supplier)
    assert open_tasks(people) == []
    with pytest.raises(WrongState):
        use(people, "second_reviewer", made, "refuse", "示例")


def test_a_refusal_needs_its_reason_and_tells_it_to_the_supplier(people: People) -> None:
    supplier = an_approved_supplier(people)
    made = declare(people, supplier, **FINED)
    with pytest.raises(Invalid, match="note_missing"):
        use(people, "reviewer", made, "refuse", "  ")
    assert use(people, "reviewer", made, "refuse", "示例：还没整改").note == "示例：还没整改"
    assert not sells(people, supplier)
    with people.runtime.reading() as session:
        told = session.scalars(select(Notice).where(Notice.code == "decided")).one()
    assert told.data["note"] == "示例：还没整改"
    assert told.data["kind"] == "ReviewKind.declaration"


def test_whoever_declared_it_does_not_judge_it(people: People) -> None:
    supplier = an_approved_supplier(people)
    made = declare(people, supplier, **FINED)
    own = people.both("supplier", "reviewer")
    with pytest.raises(SamePerson), people.runtime.work(own) as w:
        service.use_declaration(w, made.id, "accept", "")
    with pytest.raises(Forbidden):
        use(people, "supplier", made, "accept")
    with pytest.raises(Missing):
        use(people, "second_supplier", made, "accept")


def test_whoever_declared_it_does_not_judge_it_after_leaving_the_supplier_either(
    people: People,
) -> None:
    supplier = an_approved_supplier(people)
    who = a_colleague(people)
    made = declare(people, supplier, who, **FINED)
    now_reviewer = Actor(people.ids[who], "示例同事", people.actor("reviewer").grants)
    with pytest.raises(SamePerson), people.runtime.work(now_reviewer) as w:
        service.use_declaration(w, made.id, "accept", "")


def test_an_answer_with_which_nothing_can_be_sold_is_refused_and_keeps_nothing_until_it_is_sure(
    people: People,
) -> None:
    supplier = an_approved_supplier(people)
    with pytest.raises(Invalid, match="declaration_failed") as refusal:
        declare(people, supplier, dishonest="yes")
    assert refusal.value.data["field"] == "dishonest"
    assert states(people, supplier) == [S.PASSED]
    assert sells(people, supplier)
    assert declare(people, supplier, dishonest="yes", sure="yes").state is S.REFUSED
    assert not sells(people, supplier), "what was said is so"


def test_a_better_answer_than_before_is_a_persons_to_believe(people: People) -> None:
    """Whoever reads that nothing can be sold with an answer does not simply give the other one."""
    supplier = an_approved_supplier(people)
    declare(people, supplier, dishonest="yes", sure="yes")
    with pytest.raises(Invalid, match="declaration_taken_back"):
        declare(people, supplier)
    made = declare(people, supplier, more_dishonest="示例：已移出名录")
    assert made.state is S.PENDING
    # once more, now that the last answer was good: it is still nobody's word but the supplier's
    again = declare(people, supplier, more_dishonest="示例：已移出名录，见附件")
    assert (again.state, open_tasks(people)) == (S.PENDING, [again.id])
    use(people, "reviewer", again, "accept")
    assert declare(people, supplier).state is S.PASSED, "believed once, it needs no more words"
    assert sells(people, supplier)
    assert states(people, supplier) == [S.PASSED, S.REFUSED, S.REPLACED, S.ACCEPTED, S.PASSED]


def test_an_accepted_penalty_is_not_unsaid_without_a_reviewer(people: People) -> None:
    supplier = an_approved_supplier(people)
    use(people, "reviewer", declare(people, supplier, **FINED), "accept")
    made = declare(people, supplier, more_penalty="示例：已满三年")
    assert made.state is S.PENDING


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"origin": ""}, "declaration_unanswered", "origin"),
        ({"origin": "maybe"}, "declaration_unanswered", "origin"),
        ({"recall": "no"}, "declaration_failed", "recall"),
        ({"penalty": "yes"}, "declaration_unexplained", "penalty"),
        ({"penalty": "yes", "more_penalty": "示" * 501}, "declaration_too_long", "penalty"),
    ],
)
def test_answers_are_refused_with_their_question(
    said: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(Invalid, match=code) as refusal:
        rules.graded(rules.FORMS["integrity"], a_statement(**said).answers)
    assert refusal.value.data["field"] == field


def test_answers_to_questions_that_changed_meanwhile_are_refused(people: People) -> None:
    supplier = a_draft_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        asked = a_statement()
        old = service.Statement(asked.name, asked.edition - 1, asked.answers)
        with pytest.raises(Refused, match="declaration_other_edition"):
            service.declare(w, supplier.id, old)
        with pytest.raises(Missing):
            service.declare(w, supplier.id, service.Statement("nothing", 1, {}))


def test_answers_to_an_older_edition_count_no_longer(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.work() as w:
        w.session.scalars(select(Declaration)).one().edition = 0
        service.reckon(w, supplier.id)
    assert not sells(people, supplier)


def test_while_an_application_is_looked_at_nothing_is_declared(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with pytest.raises(WrongState):
        declare(people, supplier)
    with pytest.raises(Missing):
        declare(people, supplier, "second_supplier")


def test_what_is_declared_with_an_application_is_decided_with_it(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.send_back(w, supplier.id, "示例：请如实声明")
    made = declare(people, supplier, **FINED)
    assert open_tasks(people) == [], "it has no task of its own"
    with people.runtime.work(people.actor("supplier")) as w:
        service.submit(w, supplier.id)
    with pytest.raises(WrongState):
        use(people, "reviewer", made, "accept")
    for who, verb in (("reviewer", service.check), ("second_reviewer", service.approve)):
        with people.runtime.work(people.actor(who)) as w:
            verb(w, supplier.id, seen(w, supplier))
    assert states(people, supplier) == [S.PASSED, S.ACCEPTED]
    assert sells(people, supplier)


def test_a_suspended_suppliers_declaration_waits_until_it_is_restored(people: People) -> None:
    supplier = an_approved_supplier(people)
    made = declare(people, supplier, **FINED)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.suspend(w, supplier.id, "示例原因")
    assert open_tasks(people) == []
    with pytest.raises(WrongState):
        declare(people, supplier)
    with pytest.raises(WrongState):
        use(people, "second_reviewer", made, "accept")
    with people.runtime.work(people.actor("second_reviewer")) as w:
        service.restore(w, supplier.id, "示例原因")
    assert open_tasks(people) == [made.id]


def test_a_broken_file_of_questions_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match="declarations: edition is missing"):
        read_forms(
            '[[declaration]]\nname = "a"\nzh = "示例"\nen = "x"\nsource = "x"\nquestion = []'
        )


GOOD = {
    "edition": "1", "said_origin": "yes", "said_recall": "yes", "said_penalty": "no",
    "said_dishonest": "no", "said_conflict": "no", "said_agent": "no",
}  # fmt: skip


def test_a_supplier_answers_on_its_phone_and_is_told_beside_the_question(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    staff = client_as("supplier")
    step = f"/suppliers/{supplier.id}/steps/declare"
    to = f"/suppliers/{supplier.id}/declarations/integrity"
    assert "近三年内受过" in staff.get(step).text
    for said, told in (
        ({"said_origin": ""}, "请选择“是”或“否”。"),
        ({"said_dishonest": "yes"}, "情况属实，我知道这样就不能供货"),
        ({"said_penalty": "yes"}, "这样回答需要说明情况。"),
        ({"edition": "0"}, "问题已更新"),
    ):
        answer = post(staff, to, on=step, **{**GOOD, **said})
        assert told in answer.text, said
        assert answer.status_code in {409, 422}
    answer = post(staff, to, on=step, **{**GOOD, "said_dishonest": "yes", "is_sure": "y"})
    assert answer.status_code == 303
    assert "不能供货" in staff.get(answer.location).text
    assert not sells(people, supplier)


def test_a_reviewer_decides_beside_the_answers_before(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    made = declare(people, supplier, **FINED)
    reviewer, at_desk = client_as("reviewer"), f"/desk/declarations/{made.id}"
    assert at_desk in reviewer.get("/desk").text
    shown = reviewer.get(at_desk).text
    assert f"<ins>是<br><small>{FINED['more_penalty']}</small></ins>" in shown
    assert "<del>否</del>" in shown
    assert post(reviewer, f"{at_desk}/accept", on=at_desk).status_code == 303
    assert "已认可" in client_as("supplier").get(f"/suppliers/{supplier.id}/declarations").text
    assert sells(people, supplier)
