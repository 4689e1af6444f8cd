"""The partnership's panel."""

from __future__ import annotations

from typing import Any

from onekl_desktop.base.specs.inputs import Choice
from onekl_desktop.base.translate import _
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import label
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records
from onekl_desktop.gui.tables.table import Column, Table, TableRow
from onekl_desktop.tools.partnership.queries import Partnership, read_partnership, tally
from onekl_desktop.tools.partnership.spec import (
    AGREEMENT_VALUES,
    GROUP_VALUES,
    ORGANISATION_VALUES,
    PERSON_VALUES,
    SCOPES,
    TOOL,
)


def words_of(inputs: tuple[Any, ...], id: str) -> dict[str, str]:
    """Options of a choice in the language in use."""
    field = next(item for item in inputs if item.id == id)
    assert isinstance(field, Choice)
    return {option.id: _(option.title) for option in field.options}


class PartnershipPanel(RecordsPanel):
    """Members, groups, people, agreements, consents, decisions."""

    tables = ("organisation", "people_group", "person", "agreement", "signature", "consent", "decision", "vote")

    def __init__(self, desk: Desk) -> None:
        self.known = Partnership()
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The six pages."""
        self.add_records("organisations", Records(
            _("Organisations"), _("No organisation yet. Add the villages, cooperatives, offices and companies that work together."),
            (Column(_("Name")), Column(_("Kind")), Column(_("Role")), Column(_("Sector")), Column(_("Place")), Column(_("Women"), True), Column(_("Men"), True), Column(_("Joined on"))),
            "organisation", "add_organisation", "change_organisation", "remove_organisation", (0, 2), values=lambda key: self._values(self.known.organisations, key, ORGANISATION_VALUES)))  # fmt: skip
        self.add_records("groups", Records(
            _("Groups"), _("No group yet. A group votes and answers with its own voice: women, youth, a village, companies."),
            (Column(_("Name")), Column(_("Members"), True), Column(_("Who belongs to it"))), "group", "add_group", "change_group", "remove_group",
            values=lambda key: self._values(self.known.groups, key, GROUP_VALUES)))  # fmt: skip
        self.add_records("people", Records(
            _("People"), _("No person yet. Names and contacts are private until a consent says otherwise."),
            (Column(_("Name")), Column(_("Organisation")), Column(_("Role")), Column(_("Gender")), Column(_("Group"))), "person", "add_person", "change_person", "remove_person",
            values=lambda key: self._values(self.known.people, key, PERSON_VALUES)))  # fmt: skip
        self.add_records("agreements", Records(
            _("Agreements"), _("No agreement yet. Write down the values, the structure, how decisions are made and how conflicts are settled."),
            (Column(_("Name")), Column(_("Signatures"), True), Column(_("Version")), Column(_("Signed on")), Column(_("Valid until"))), "agreement", "add_agreement", "change_agreement", "remove_agreement",
            deeds=(Deed("sign_agreement", "check", "agreement"),), values=lambda key: self._values(self.known.agreements, key, AGREEMENT_VALUES)))  # fmt: skip
        self.add_records("consents", Records(
            _("Consents"), _("No consent yet. Who permits what, until when, and how was it given?"),
            (Column(_("Given by")), Column(_("For")), Column(_("Given on")), Column(_("Valid until")), Column(_("Withdrawn on")), Column(_("Witness"))), "consent", "record_consent", "", "remove_consent",
            deeds=(Deed("withdraw_consent", "close", "consent"),)))  # fmt: skip
        self.tally = Table(sortable=False)
        self.tally.setAccessibleName(_("Votes"))
        self.tally.setMinimumHeight(150)
        self.outcome = label("", "", wrap=True)
        decisions = self.add_records("decisions", Records(
            _("Decisions"), _("No decision yet. Put a question with its options to the groups."),
            (Column(_("Name")), Column(_("Outcome")), Column(_("Decided on")), Column(_("Question"))), "decision", "open_decision", "", "remove_decision",
            deeds=(Deed("cast_votes", "draw", "decision"), Deed("close_decision", "lock", "decision"))), self.outcome, self.tally)  # fmt: skip
        decisions.chosen.connect(self._show_tally)
        self._show_tally("")

    @staticmethod
    def _values(rows: list[Any], key: str, inputs: tuple[Any, ...]) -> dict[str, Any]:
        found = next((item for item in rows if item.uuid == key), None)
        return (
            {}
            if found is None
            else {"name": found.name, **{field.id: getattr(found, field.id, None) for field in inputs}}
        )

    def refresh(self) -> None:
        """Fill all pages."""
        known = self.known = read_partnership(self.desk.session)
        kinds, roles, genders = (
            words_of(ORGANISATION_VALUES, "organisation_type"),
            words_of(ORGANISATION_VALUES, "role"),
            words_of(PERSON_VALUES, "gender"),
        )
        scopes = {option.id: _(option.title) for option in SCOPES}
        tables = self.record_tables
        tables["organisations"].set_rows([
            TableRow((row.name, kinds.get(row.organisation_type, "–"), roles.get(row.role, "–"), row.sector, row.place, row.women, row.men, row.joined_on), row.uuid)
            for row in known.organisations])  # fmt: skip
        tables["groups"].set_rows(
            [TableRow((row.name, row.members, row.description), row.uuid, row.colour) for row in known.groups]
        )
        tables["people"].set_rows([
            TableRow((row.name, known.name_of(row.organisation), row.role, genders.get(row.gender, "–"), known.name_of(row.people_group)), row.uuid) for row in known.people])  # fmt: skip
        tables["agreements"].set_rows([
            TableRow((row.name, len(known.signed_by(row.uuid)), row.version, row.agreed_on, row.valid_until), row.uuid) for row in known.agreements])  # fmt: skip
        tables["consents"].set_rows([
            TableRow((known.name_of(row.subject), scopes.get(row.scope, row.scope), row.given_on, row.valid_until, row.withdrawn_on, row.witness), row.uuid)
            for row in known.consents])  # fmt: skip
        tables["decisions"].set_rows([
            TableRow((row.name, row.outcome or _("open"), row.decided_on, row.question), row.uuid) for row in known.decisions])  # fmt: skip
        keys = tables["decisions"].selected
        self._show_tally(keys[0] if len(keys) == 1 else "")

    def _show_tally(self, key: str) -> None:
        decision = next((row for row in self.known.decisions if row.uuid == key), None)
        self.tally.setVisible(decision is not None)
        self.outcome.setVisible(decision is not None)
        if decision is None:
            return
        counted = tally(self.desk.session, decision)
        self.outcome.setText(
            decision.outcome or _("Open: {ballots} ballots so far.").format(ballots=round(counted.count.ballots))
        )
        self.tally.set_rows(
            [Column(_("First choices")), *(Column(option, True) for option in counted.options)],
            [TableRow((group, *line)) for group, line in counted.groups.items()],
        )
