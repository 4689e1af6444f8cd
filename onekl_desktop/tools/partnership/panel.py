"""The partnership's panel."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from onekl_desktop.base.geometry import flatten
from onekl_desktop.base.specs.words import titles, words_of
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.engine.subject_fields import ZONES
from onekl_desktop.gui.charts.page import ChartPage
from onekl_desktop.gui.charts.scatter import Axis, Mark, ScatterChart
from onekl_desktop.gui.desk import Desk
from onekl_desktop.gui.kit import button, column, frame, label, row
from onekl_desktop.gui.records.panel import RecordsPanel
from onekl_desktop.gui.records.table import Deed, Records, RecordTable
from onekl_desktop.gui.tables.table import Column, TableRow
from onekl_desktop.gui.theme import M, S
from onekl_desktop.project.records import Boundary
from onekl_desktop.project.styles import Style
from onekl_desktop.tools.partnership.inputs import (
    AGREEMENT_VALUES,
    BOUNDARY_VALUES,
    DUTIES,
    ENGAGEMENT_VALUES,
    GENDER,
    GROUP_VALUES,
    LINKAGE_TYPES,
    MEETING_VALUES,
    ORGANISATION_VALUES,
    PERSON_VALUES,
    PROFILE_VALUES,
    SCOPES,
    STAKE_VALUES,
    STANDINGS,
)
from onekl_desktop.tools.partnership.pages import CHAPTERS, spread_out
from onekl_desktop.tools.partnership.places import find_neighbours, measure_zones
from onekl_desktop.tools.partnership.queries import Partnership, find_gaps, read_partnership, tell_lapsed
from onekl_desktop.tools.partnership.spec import TOOL

VERSION = Style(filled=False, outline="#b5452c", width=0.9)


class PartnershipPanel(RecordsPanel):
    """Profile, boundary, stakeholders, groups, people, meetings, agreements, consents."""

    tables = (
        "landscape", "profile", "boundary", "organisation", "linkage", "people_group", "person", "membership", "engagement", "meeting", "attendance",
        "agreement", "signature", "consent",
    )  # fmt: skip

    def __init__(self, desk: Desk) -> None:
        self.known = Partnership()
        super().__init__(desk, TOOL)

    def build(self) -> None:
        """The pages."""
        self.chart = ChartPage()
        self._build_profile()
        self.add_records("organisations", Records(
            _("Organisations"), _("No organisation yet. Add the villages, cooperatives, offices and companies that work together."),
            (Column(_("Name")), Column(_("Kind")), Column(_("Role")), Column(_("Sector")), Column(_("Place")), Column(_("Women"), True), Column(_("Men"), True), Column(_("Joined on"))),
            "organisation", "add_organisation", "change_organisation", "remove_organisation", (0, 2), values=lambda key: self._values(self.known.organisations, key, ORGANISATION_VALUES)))  # fmt: skip
        self._build_stakeholders()
        self._build_groups()
        self.add_records("people", Records(
            _("People"), _("No person yet. Names and contacts are private until a consent says otherwise."),
            (Column(_("Name")), Column(_("Organisation")), Column(_("Role")), Column(_("Gender")), Column(_("Group"))), "person", "add_person", "change_person", "remove_person",
            values=lambda key: self._values(self.known.people, key, PERSON_VALUES)))  # fmt: skip
        self.add_records("engagement", Records(
            _("Plan of engagement"), _("Nothing planned yet. Who shall be spoken with, why, how and how often?"),
            (Column(_("Who")), Column(_("Planned for")), Column(_("What for")), Column(_("How")), Column(_("How often")), Column(_("Status"))), "engagement",
            "add_engagement", "change_engagement", "remove_engagement", values=lambda key: self._values(self.known.engagements, key, ENGAGEMENT_VALUES)))  # fmt: skip
        self._build_meetings()
        self.add_records("agreements", Records(
            _("Agreements"), _("No agreement yet. Draft one from the template: values, structure, how decisions are made, how conflicts are settled."),
            (Column(_("Name")), Column(_("Signatures"), True), Column(_("Version")), Column(_("Signed on")), Column(_("Valid until"))), "agreement", "draft_agreement", "change_agreement", "remove_agreement",
            deeds=(Deed("add_agreement", "plus"), Deed("sign_agreement", "check", "agreement"), Deed("revise_agreement", "copy", "agreement"), Deed("opt_in", "check", "agreement")),
            values=lambda key: self._values(self.known.agreements, key, AGREEMENT_VALUES)))  # fmt: skip
        self.lapsed = label("", "problem", wrap=True)
        self.add_records("consents", Records(
            _("Consents"), _("No consent yet. Who permits what, until when, and how was it given?"),
            (Column(_("Given by")), Column(_("For")), Column(_("Given on")), Column(_("Valid until")), Column(_("Withdrawn on")), Column(_("Witness")), Column(_("Agreement"))), "consent", "record_consent", "", "remove_consent",
            deeds=(Deed("withdraw_consent", "close", "consent"),)), self.lapsed)  # fmt: skip

    # ------------------------------------------------------------ building

    def _build_profile(self) -> None:
        card = frame("card")
        self.profile_facts, self.profile_missing = label("", "", wrap=True), label("", "soft", wrap=True)
        self.zones = label("", "small", wrap=True)
        self.describe_button = button(
            _("Describe the landscape…"), self.open_change_profile, primary=True, icon_name="edit"
        )
        card.setLayout(column(
            self.profile_facts, self.profile_missing, self.zones,
            row(self.describe_button, button(_("Three zones…"), lambda: self.open_operation("set_three_zones"), icon_name="layers"), None), margins=M, spacing=S))  # fmt: skip
        self.boundaries = RecordTable(self.desk, TOOL, Records(
            _("Versions of the boundary"), _("No version is kept yet. Keep the boundary before it is drawn anew, or take a proposal from a layer."),
            (Column(_("Name")), Column(_("Area (ha)"), True), Column(_("Kind")), Column(_("Drawn by")), Column(_("Drawn on")), Column(_("Source"))), "boundary", "keep_boundary", "", "remove_boundary",
            deeds=(Deed("take_boundary", "import"), Deed("choose_boundary", "check", "boundary"))))  # fmt: skip
        self.record_tables["boundaries"] = self.boundaries
        self.boundaries.chosen.connect(lambda _key: self.desk.canvas.refresh())
        self.neighbours_button = button(_("What lies at the boundary"), self.show_neighbours, icon_name="table")
        self.neighbours = RecordTable(self.desk, TOOL, Records(
            _("What lies at the boundary"), _("Nothing of the polygon layers lies at the boundary."),
            (Column(_("Name")), Column(_("Layer")), Column(_("Lies")), Column(_("Common border (km)"), True, 1), Column(_("Inside (ha)"), True), Column(_("Near outside (ha)"), True)), "name"), wide=True)  # fmt: skip
        page = QWidget()
        page.setLayout(column(card, self.boundaries, row(self.neighbours_button, None), None, spacing=M))
        self.add_page("profile", _("Landscape"), page)

    def _build_stakeholders(self) -> None:
        self.gaps = label("", "soft", wrap=True)
        self.linkages = RecordTable(self.desk, TOOL, Records(
            _("What passes between them"), _("No linkage yet. Information, money, authority, conflict: what passes from whom to whom?"),
            (Column(_("From")), Column(_("To the organisation")), Column(_("What passes")), Column(_("Strength"), True), Column(_("Note"))), "", "set_linkage", "set_linkage", "remove_linkage", (0, 1, 2),
            values=self._linkage_values, names=self._linkage_names))  # fmt: skip
        self.record_tables["linkages"] = self.linkages
        grid = button(_("Power and interest"), self.show_grid, icon_name="chart")
        self.add_records("stakeholders", Records(
            _("Stakeholder map"), _("The organisations of the register stand here. Place each by its power and its interest."),
            (Column(_("Name")), Column(_("Power"), True), Column(_("Interest in it"), True), Column(_("Standing")), Column(_("Affected"), True), Column(_("Legitimacy"), True), Column(_("Urgency"), True), Column(_("Stands between")), Column(_("Why"))),
            "organisation", "", "judge_stakeholder", "", (0, 1, 2), values=lambda key: self._values(self.known.organisations, key, STAKE_VALUES, named=False)),
            grid, label(_("Who is missing"), "heading"), self.gaps, self.linkages)  # fmt: skip

    def _build_groups(self) -> None:
        self.duties = RecordTable(self.desk, TOOL, Records(
            _("Duties"), _("Nobody holds a duty yet. Who leads, who keeps the minutes, who reviews?"),
            (Column(_("Person")), Column(_("Group")), Column(_("Duty")), Column(_("Since")), Column(_("Until"))), "", "set_membership", "set_membership", "remove_membership", (0, 2),
            values=self._duty_values, names=self._duty_names))  # fmt: skip
        self.record_tables["duties"] = self.duties
        self.add_records("groups", Records(
            _("Groups"), _("No group yet. A group votes and answers with its own voice: women, youth, a village, companies."),
            (Column(_("Name")), Column(_("Members"), True), Column(_("Kind")), Column(_("Part of")), Column(_("Who belongs to it"))), "group", "add_group", "change_group", "remove_group",
            values=lambda key: self._values(self.known.groups, key, GROUP_VALUES)), self.duties)  # fmt: skip

    def _build_meetings(self) -> None:
        self.attendance = RecordTable(self.desk, TOOL, Records(
            _("Who was there"), _("Nobody entered yet. Enter people by name, or how many of a group and gender came."),
            (Column(_("Group")), Column(_("People"), True), Column(_("Gender")), Column(_("Organisation")), Column(_("Name"))), "", "record_attendance", "record_attendance", "remove_attendance",
            values=self._attendance_values, names=self._attendance_names))  # fmt: skip
        self.record_tables["attendance"] = self.attendance
        meetings = self.add_records("meetings", Records(
            _("Meetings"), _("No meeting yet. Plan one with its agenda; the kit with the sign-in sheet is printed from the menu of reports."),
            (Column(_("Name")), Column(_("Date")), Column(_("Place")), Column(_("People"), True), Column(_("Women"), True), Column(_("Facilitator"))), "meeting", "add_meeting", "change_meeting", "remove_meeting",
            deeds=(Deed("hold_meeting", "check", "meeting"),), values=lambda key: self._values(self.known.meetings, key, MEETING_VALUES)), self.attendance)  # fmt: skip
        meetings.chosen.connect(self._show_attendance)

    # ------------------------------------------------------------ values of the forms

    @staticmethod
    def _values(rows: list[Any], key: str, inputs: tuple[Any, ...], *, named: bool = True) -> dict[str, Any]:
        found = next((item for item in rows if item.uuid == key), None)
        if found is None:
            return {}
        values = {field.id: getattr(found, field.id, None) for field in inputs}
        return {"name": found.name, **values} if named else values

    def _linkage_names(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.linkages if item.uuid == key)
        return {"giver": found.giver, "taker": found.taker, "linkage_type": found.linkage_type}

    def _linkage_values(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.linkages if item.uuid == key)
        return {"strength": found.strength, "note": found.note}

    def _duty_names(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.memberships if item.uuid == key)
        return {"person": found.person, "people_group": found.people_group}

    def _duty_values(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.memberships if item.uuid == key)
        return {"duty": found.duty, "since": found.since or None, "until": found.until or None}

    def _attendance_names(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.attendance if item.uuid == key)
        return {"meeting": found.meeting, "person": found.person, "organisation": found.organisation, "people_group": found.people_group, "gender": found.gender}  # fmt: skip

    def _attendance_values(self, key: str) -> dict[str, Any]:
        found = next(item for item in self.known.attendance if item.uuid == key)
        return {"people": found.people, "note": found.note}

    # ------------------------------------------------------------ showing

    def refresh(self) -> None:
        """Fill all pages."""
        known = self.known = read_partnership(self.desk.session)
        kinds, roles = words_of(ORGANISATION_VALUES, "organisation_type"), words_of(ORGANISATION_VALUES, "role")
        genders, scopes, duties, standings, passes = (
            titles(options) for options in (GENDER.options, SCOPES, DUTIES, STANDINGS, LINKAGE_TYPES)
        )
        group_kinds, states = words_of(GROUP_VALUES, "group_type"), words_of(ENGAGEMENT_VALUES, "status")
        self._show_profile()
        tables, network = self.record_tables, known.network
        tables["organisations"].set_rows([
            TableRow((item.name, kinds.get(item.organisation_type, "–"), roles.get(item.role, "–"), item.sector, item.place, item.women, item.men, item.joined_on), item.uuid)
            for item in known.organisations])  # fmt: skip
        tables["stakeholders"].set_rows([
            TableRow((item.name, item.power, item.interest, standings.get(item.standing, "–"), item.affected, item.legitimacy, item.urgency,
                      format_percent(network[item.uuid].betweenness, 0), item.influence_note), item.uuid) for item in known.organisations])  # fmt: skip
        tables["linkages"].set_rows([
            TableRow((known.name_of(item.giver), known.name_of(item.taker), passes.get(item.linkage_type, "–"), item.strength, item.note), item.uuid) for item in known.linkages])  # fmt: skip
        gaps = find_gaps(known)
        self.gaps.setText("\n".join(f"• {gap}" for gap in gaps) or _("Nothing speaks for somebody being missing."))
        tables["groups"].set_rows([
            TableRow((item.name, item.members, group_kinds.get(item.group_type, "–"), known.name_of(item.parent) if item.parent else "", item.description), item.uuid, item.colour) for item in known.groups])  # fmt: skip
        tables["duties"].set_rows([
            TableRow((known.name_of(item.person), known.name_of(item.people_group), duties.get(item.duty, "–"), item.since, item.until), item.uuid) for item in known.memberships])  # fmt: skip
        tables["people"].set_rows([
            TableRow((item.name, known.name_of(item.organisation), item.role, genders.get(item.gender, "–"), known.name_of(item.people_group)), item.uuid) for item in known.people])  # fmt: skip
        tables["engagement"].set_rows([
            TableRow((item.name, item.planned_on, item.purpose, item.method, item.frequency, states.get(item.status, "–")), item.uuid) for item in known.engagements])  # fmt: skip
        tables["meetings"].set_rows([
            TableRow((item.name, item.held_on or item.planned_on, item.place, known.count_present(item.uuid), known.count_present(item.uuid, "woman"), item.facilitator), item.uuid) for item in known.meetings])  # fmt: skip
        tables["agreements"].set_rows([
            TableRow((item.name, len(known.signed_by(item.uuid)), item.version, item.agreed_on, item.valid_until), item.uuid) for item in known.agreements])  # fmt: skip
        tables["consents"].set_rows([
            TableRow((known.name_of(item.subject), scopes.get(item.scope, item.scope), item.given_on, item.valid_until, item.withdrawn_on, item.witness, known.name_of(item.agreement) if item.agreement else ""), item.uuid)
            for item in known.consents])  # fmt: skip
        lapsed = tell_lapsed(known)
        self.lapsed.setText("\n".join(lapsed))
        self.lapsed.setVisible(bool(lapsed))
        keys = tables["meetings"].selected
        self._show_attendance(keys[0] if len(keys) == 1 else "")

    def _show_profile(self) -> None:
        landscape, profile = self.known.landscape, self.known.profile
        if landscape is None:
            return
        facts = [landscape.name, format_quantity(landscape.area_ha, "ha"), landscape.country]
        if profile is not None:
            facts += [
                profile.location,
                _("{count} people").format(count=format_number(profile.population)) if profile.population else "",
            ]
        self.profile_facts.setText(" · ".join(part for part in facts if part))
        missing = [
            _(item.title)
            for item in PROFILE_VALUES
            if item.id in CHAPTERS and not (profile is not None and getattr(profile, item.id))
        ]
        self.profile_missing.setText(
            _("Not written yet: {chapters}.").format(chapters=", ".join(missing))
            if missing
            else _("All chapters of the profile are written.")
        )
        words = titles(ZONES)
        zones = measure_zones(self.desk.session) if profile is not None and profile.three_zones else {}
        self.zones.setText(
            " · ".join(f"{words.get(zone, zone)}: {format_quantity(area, 'ha')}" for zone, area in zones.items())
        )
        self.zones.setVisible(bool(zones))
        kinds = words_of(BOUNDARY_VALUES, "boundary_type")
        self.boundaries.set_rows([
            TableRow((item.name, item.area_ha, kinds.get(item.boundary_type, "–"), self.known.name_of(item.drawn_by) if item.drawn_by else "", item.drawn_on, item.source), item.uuid) for item in self.known.boundaries])  # fmt: skip

    def _show_attendance(self, key: str) -> None:
        genders = titles(GENDER.options)
        shown = self.known.present(key) if key else self.known.attendance
        self.attendance.set_rows([
            TableRow((self.known.name_of(item.people_group), item.people, genders.get(item.gender, "–"), self.known.name_of(item.organisation), self.known.name_of(item.person) if item.person else ""), item.uuid)
            for item in shown])  # fmt: skip

    def show_grid(self) -> None:
        """The stakeholder map in the drawer."""
        judged = [item for item in self.known.organisations if item.power and item.interest]
        if not judged:
            self.desk.tell(_("Place at least one organisation by its power and interest first."))
            return
        marks = [
            Mark(
                item.name, "#0f7d62" if item.standing == "member" else "#b5452c", *spread_out(judged, item), first=False
            )
            for item in judged
        ]
        self.chart.show_widgets(ScatterChart(Axis(_("Interest in it"), 0, 0), Axis(_("Power"), 0, 0), marks))
        self.desk.drawer.emit(self.chart, _("Stakeholder map"))

    def show_neighbours(self) -> None:
        """What crosses the boundary or lies beside it, in the drawer."""
        found = find_neighbours(self.desk.session)
        self.neighbours.set_rows([
            TableRow((item.name, item.layer, _("on both sides") if item.crosses else _("outside"), item.border_km, item.inside_ha, item.outside_ha), str(at)) for at, item in enumerate(found)])  # fmt: skip
        self.desk.drawer.emit(self.neighbours, _("What lies at the boundary"))

    # ------------------------------------------------------------ doing

    def open_change_profile(self) -> None:
        """The form of the profile, filled with what is known."""
        profile = self.known.profile
        self.open_operation(
            "change_profile",
            {item.id: getattr(profile, item.id) for item in PROFILE_VALUES} if profile is not None else {},
            _("Keep"),
        )

    @property
    def chosen_boundary(self) -> Boundary | None:
        """The version that is selected."""
        keys = self.boundaries.selected
        return next((item for item in self.known.boundaries if [item.uuid] == keys), None)

    def compose_scene(self) -> list[SceneLayer]:
        """The map with the selected version of the boundary."""
        scene = self.desk.source.scene()
        chosen = self.chosen_boundary
        if chosen is not None and chosen.geom is not None:
            shapes = flatten(np.array([chosen.geom], dtype=object), np.array([chosen.id], np.int64), "polygon")
            scene.append(
                SceneLayer(
                    "boundary", chosen.name, VERSION, shapes=shapes, labels=[chosen.name], casing=True, aside=True
                )
            )
        return scene
