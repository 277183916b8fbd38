"""Pages of the lists: what is known of each, since when, by which document; open to everyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog_import import write_csv
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.regions import queries
from marketplace.regions.models import ListVersion
from marketplace.regions.queries import DesignationFact
from marketplace.regions.rules import versions as rules
from marketplace.regions.rules.comparing import Entry
from marketplace.regions.states import VERSION, VersionState
from marketplace.web import actor, download, now, open_to_all, page, reading
from marketplace.web.words import _

pages = Blueprint("regions", __name__, url_prefix="/lists")
INSIDERS = frozenset({Role.MANAGER, Role.REVIEWER, Role.AUDITOR})


@pages.get("")
@open_to_all
def index() -> ResponseReturnValue:
    at = now()
    with reading() as session:
        found = queries.lists(session, at)
        waiting = queries.proposals(session) if _inside() else ()
        names = queries.list_names(session)
    return page(
        "regions/index.html",
        national=[one for one in found if one.owner_id is None],
        own=[one for one in found if one.owner_id is not None],
        waiting=waiting,
        names=names,
        may_keep=_may_keep(),
    )


@pages.get("/<slug>")
@open_to_all
def show(slug: str) -> ResponseReturnValue:
    at = now()
    with reading() as session:
        one = queries.list_in_force(session, slug, at)
        facts = queries.counties_on(session, slug, at)
        return page(
            "regions/show.html",
            one=one,
            at=at,
            grouped=list(_by_province(session, facts)),
            partial=_spread(session, one.provinces),
            versions=_seen(queries.versions_of(session, slug)),
            may_keep=_may_keep(),
            forever=rules.FOREVER,
            beginning=rules.BEGINNING,
        )


@pages.get("/<slug>/<int:number>")
@open_to_all
def version(slug: str, number: int) -> ResponseReturnValue:
    with reading() as session:
        one = queries.designation_list(session, slug)
        found = _visible(session, slug, number)
        changes = queries.difference(session, found)
        codes = {entry.county for entry in queries.entries(session, found.id)}
        places = queries.counties(session, codes | set(changes.counties))
        person = actor()
        may_decide = person is not None and person.person_id != found.proposed_by
        verbs = VERSION.open_verbs(found.state, person.roles if person else ())
        return page(
            "regions/version.html",
            one=one,
            version=found,
            changes=changes,
            places=places,
            partial=_spread(session, queries.coverage(session, found.id)),
            base=queries.version_numbered(session, slug, found.based_on),
            verbs_open=[v for v in verbs if v.verb != "confirm" or may_decide],
            is_own_proposal=person is not None and not may_decide,
            forever=rules.FOREVER,
            beginning=rules.BEGINNING,
            decide_url=lambda verb: url_for(
                "marketplace.desk.decide_list", version_id=found.id, verb=verb
            ),
        )


@pages.get("/<slug>/<int:number>.csv")
@open_to_all
def sheet(slug: str, number: int) -> ResponseReturnValue:
    """The counties of a version as a sheet that may be loaded again."""
    with reading() as session:
        found = _visible(session, slug, number)
        rows = [_cells(entry) for entry in queries.entries(session, found.id)]
    heads = [_("县"), _("名录中的名称"), _("片区"), _("摘帽年份"), _("起始日期"), _("截止日期"),
             _("备注")]  # fmt: skip
    return download(write_csv(heads, rows), f"{slug}-{number}.csv", "text/csv; charset=utf-8")


def _visible(session: Session, slug: str, number: int) -> ListVersion:
    """A confirmed version; others only for those who decide. Raises Missing."""
    found = queries.version_numbered(session, slug, number)
    if found is None or not (_inside() or found.state is VersionState.CONFIRMED):
        raise Missing(slug=slug, number=number)
    return found


def _seen(versions: Sequence[ListVersion]) -> list[ListVersion]:
    return [one for one in versions if _inside() or one.state is VersionState.CONFIRMED]


def _inside() -> bool:
    person = actor()
    return bool(person and person.roles & INSIDERS)


def _may_keep() -> bool:
    person = actor()
    return bool(person and Role.MANAGER in person.roles)


def _spread(session: Session, told: Mapping[str, tuple[int, int]]) -> list[tuple[str, int, int]]:
    """(province, entries, known), in the order of the codes."""
    names = {place.code: place.name for place in queries.provinces(session)}
    return [(names.get(code, code), has, known) for code, (has, known) in sorted(told.items())]


def _by_province(
    session: Session, facts: Sequence[DesignationFact]
) -> Iterator[tuple[str, list[tuple[str, DesignationFact]]]]:
    """Province, and its entries each with the county's name of today."""
    places = queries.counties(session, {fact.county_code for fact in facts})
    grouped: dict[str, list[tuple[str, DesignationFact]]] = {}
    for fact in facts:
        place = places.get(fact.county_code)
        entry = (place.name if place else fact.county_name, fact)
        grouped.setdefault(place.province if place else "", []).append(entry)
    yield from grouped.items()


def _cells(entry: Entry) -> list[str | int | None]:
    until = entry.valid_until.isoformat() if entry.valid_until else ""
    since = entry.valid_from.isoformat()
    return [entry.county, entry.name, entry.region, entry.exit_year, since, until, entry.note]
