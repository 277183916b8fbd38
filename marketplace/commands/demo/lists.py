"""The bank's own counties: proposed by one manager of the operator, confirmed by another."""

from __future__ import annotations

from marketplace.commands.demo.cast import OPENING
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.clock import local_day
from marketplace.regions import service as regions

COUNTIES = ("伽师县", "雷山县", "临夏县")  # invented as the bank's own; all of them are on the 832


def plan(stage: Stage) -> None:
    stage.plan(OPENING, "10:00", lambda: _propose(stage))
    stage.plan(OPENING, "10:30", lambda: _confirm(stage))


def _propose(stage: Stage) -> None:
    with stage.work("manager") as w:
        own = regions.add_list(
            w,
            regions.NewList(
                name_zh="示例银行定点帮扶县",
                name_en="Counties paired with Example Bank",
                owner_id=stage.ids["bank"],
                owner_name="示例银行",
            ),
        )
        proposal = regions.Proposal(
            source="示例银行《定点帮扶工作方案》（示例）", effective_day=local_day(w.now)
        )
        made = regions.propose_counties(w, own.slug, "\n".join(COUNTIES), proposal)
        stage.ids["list:bank"] = made.id


def _confirm(stage: Stage) -> None:
    with stage.work("second-manager") as w:
        regions.confirm(w, stage.ids["list:bank"])
