"""The tree of organisations."""

from __future__ import annotations

import uuid

import pytest

from marketplace.accounts import queries, service
from marketplace.accounts.models import OrganisationKind
from marketplace.kernel.errors import Forbidden, Invalid, Missing
from marketplace.work import Runtime
from tests.fixtures import People

GROUP = OrganisationKind.GROUP


def test_a_subtree_is_the_organisation_and_everything_below(bare_runtime: Runtime) -> None:
    with bare_runtime.work() as w:
        top = service.add_organisation(w, "总行", GROUP)
        branch = service.add_organisation(w, "分行", GROUP, parent_id=top.id)
        outlet = service.add_organisation(w, "支行", GROUP, parent_id=branch.id)
        service.add_organisation(w, "另一家", GROUP)
    with bare_runtime.reading() as session:
        assert queries.subtree(session, branch.id) == {branch.id, outlet.id}
        assert queries.subtree(session, top.id) == {top.id, branch.id, outlet.id}
    assert outlet.path == f"/{top.id}/{branch.id}/{outlet.id}/"


def test_an_unknown_organisation_has_no_subtree(bare_runtime: Runtime) -> None:
    with bare_runtime.reading() as session, pytest.raises(Missing):
        queries.subtree(session, uuid.uuid4())


def test_nothing_hangs_below_an_unknown_organisation(bare_runtime: Runtime) -> None:
    with pytest.raises(Missing), bare_runtime.work() as w:
        service.add_organisation(w, "支行", GROUP, parent_id=uuid.uuid4())


def test_a_tree_that_would_not_fit_its_path_is_refused(bare_runtime: Runtime) -> None:
    above = None
    for level in range(21):
        with bare_runtime.work() as w:
            above = service.add_organisation(w, f"第 {level} 级", GROUP, parent_id=above).id
    with pytest.raises(Invalid, match="tree_too_deep"), bare_runtime.work() as w:
        service.add_organisation(w, "最后一级", GROUP, parent_id=above)


def test_a_wrong_credit_code_is_refused(bare_runtime: Runtime) -> None:
    with pytest.raises(Invalid, match="credit_code_check"), bare_runtime.work() as w:
        service.add_organisation(w, "总行", GROUP, credit_code="81440000MCL468545X")


def test_a_person_of_whatever_role_adds_no_organisation(people: People) -> None:
    with pytest.raises(Forbidden), people.runtime.work(people.actor("manager")) as w:
        service.add_organisation(w, "总行", GROUP)
