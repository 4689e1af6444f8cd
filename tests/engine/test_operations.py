"""What operations take: a change changes what it is told, and nothing else."""

from onekl_desktop.engine import perform
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Funding, Organisation


def test_a_change_leaves_alone_what_was_not_given(session):
    perform(session, "partnership.add_organisation", name="Mill", organisation_type="company", role="observer")
    perform(session, "partnership.change_organisation", organisation="Mill", place="Hill")
    with session.read() as db:
        row = get_by_name(db, Organisation, "Mill")
    assert (row.organisation_type, row.role, row.place) == ("company", "observer", "Hill")
    perform(session, "lift.add_project", name="Venture")
    perform(session, "lift.add_funding", project="Venture", name="Shares", instrument="equity", amount=5)
    perform(session, "lift.change_funding", funding="Shares", amount=7)
    with session.read() as db:
        assert get_by_name(db, Funding, "Shares").instrument == "equity"
