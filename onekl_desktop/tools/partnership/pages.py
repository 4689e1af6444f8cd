"""The partnership on paper. Nobody's contact and nobody's power is printed, except in the ledger and the strategy, which say so."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.geometry import transform
from onekl_desktop.base.specs.words import titles, words_of
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.subject_fields import ZONES
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Agreement, Landscape, Meeting
from onekl_desktop.reports.opening import open_page
from onekl_desktop.reports.page import (
    Bar,
    Bars,
    Break,
    Facts,
    Heading,
    MapSheet,
    Notes,
    Page,
    Paragraph,
    Photo,
    Point,
    Points,
    Table,
)
from onekl_desktop.tools.partnership.inputs import (
    AGREEMENT_TYPES,
    BOUNDARY_VALUES,
    DUTIES,
    ENGAGEMENT_VALUES,
    GENDER,
    LINKAGE_TYPES,
    MEDIUM,
    MODES,
    ORGANISATION_VALUES,
    PROFILE_VALUES,
    SCOPES,
    STANDINGS,
)
from onekl_desktop.tools.partnership.places import BESIDE_M, find_neighbours, measure_zones
from onekl_desktop.tools.partnership.queries import Partnership, find_gaps, read_partnership, tell_lapsed

CHAPTERS = ("introduction", "people", "economy", "trends", "production", "governance", "land_use")
LISTS = (
    "area_types",
    "ecosystems",
    "languages",
    "livelihoods",
    "commodities",
    "organisation_types",
    "production_methods",
)
BLANK_ROWS = 18
PRIVATE = N_("This page holds private judgements and names. It is for the partnership's own use.")


def partnership(session: Session) -> Page:
    """Build the page of members, agreements and groups."""
    known = read_partnership(session)
    page = open_page(session, _("Partnership"))
    members = [row for row in known.organisations if row.standing == "member"]
    if not members:
        page.blocks.append(Notes((_("No organisation has been entered yet."),), warning=True))
        return page
    women, men = (sum(getattr(row, sex) or 0 for row in members) for sex in ("women", "men"))
    page.blocks.append(Facts((
        (_("Organisations"), str(len(members))), (_("Women"), format_number(women)), (_("Men"), format_number(men)),
        (_("Groups"), str(len(known.groups))), (_("Signatures"), str(len(known.signatures))),
    )))  # fmt: skip
    _add_members(page, known)
    _add_groups(page, known)
    if known.agreements:
        page.blocks.append(Heading(_("Agreements")))
    for agreement in known.agreements:
        page.blocks.append(
            Paragraph(_tell_signed(known, agreement), lead=_("{name}, version {version}.").format(name=agreement.name, version=agreement.version))
        )  # fmt: skip
    return page


def _add_members(page: Page, known: Partnership) -> None:
    kinds, roles = words_of(ORGANISATION_VALUES, "organisation_type"), words_of(ORGANISATION_VALUES, "role")
    page.blocks.append(Heading(_("Members")))
    page.blocks.append(Table(
        (_("Organisation"), _("Kind"), _("Role"), _("Women"), _("Men")),
        tuple((row.name, kinds.get(row.organisation_type, row.organisation_type), roles.get(row.role, row.role),
               format_number(row.women), format_number(row.men)) for row in known.organisations if row.standing == "member"),
        (False, False, False, True, True)))  # fmt: skip


def _add_groups(page: Page, known: Partnership) -> None:
    if not known.groups:
        return
    duties = titles(DUTIES)
    page.blocks.append(Heading(_("Groups and working groups")))
    page.blocks.append(Table(
        (_("Group"), _("Kind"), _("Members"), _("Duties held"), _("Task")),
        tuple((row.name, _("own voice") if row.group_type == "voice" else _("working group"), format_number(row.members),
               ", ".join(f"{duties.get(duty, duty)} × {count}" for duty, count in _count_duties(known, row.uuid).items()) or "–", row.purpose or row.description or "–")
              for row in known.groups),
        (False, False, True, False, False)))  # fmt: skip


def _count_duties(known: Partnership, group: str) -> dict[str, int]:
    today = dt.date.today().isoformat()
    held = [
        row.duty for row in known.memberships if row.people_group == group and (not row.until or row.until >= today)
    ]
    return {duty: held.count(duty) for duty in dict.fromkeys(held)}


def _tell_signed(known: Partnership, agreement: Agreement) -> str:
    if agreement.agreement_type == "user":
        people = {row.subject for row in known.consents if row.agreement == agreement.uuid and not row.withdrawn_on}
        return _("Agreed to by {count} people or organisations.").format(count=len(people))
    signed = ", ".join(
        f"{known.name_of(item.organisation)} ({item.signed_on})" for item in known.signed_by(agreement.uuid)
    )
    return _("Signed by {names}.").format(names=signed) if signed else _("Not signed yet.")


# ------------------------------------------------------------------ the landscape's profile


def landscape_profile(session: Session) -> Page:
    """Build the profile: facts, chapters, boundary, neighbours, three zones."""
    known = read_partnership(session)
    landscape, profile = known.landscape, known.profile
    page = open_page(session, _("Landscape profile"))
    assert landscape is not None
    status = words_of(PROFILE_VALUES, "partnership_status")
    facts = [(_("Area"), format_quantity(landscape.area_ha, "ha")), (_("Country"), landscape.country or "–")]
    if profile is not None:
        since = f", {profile.partnership_year}" if profile.partnership_year else ""
        facts += [
            (_("Population"), format_number(profile.population)),
            (_("Partnership"), status.get(profile.partnership_status, "–") + since),
        ]
    page.blocks.append(Facts(tuple(facts)))
    if profile is not None and profile.picture:
        page.blocks.append(Photo(profile.picture, landscape.name))
    if landscape.description:
        page.blocks.append(Paragraph(landscape.description))
    page.blocks.append(MapSheet(_("{landscape}: the landscape and its boundary").format(landscape=landscape.name)))
    missing = []
    for item in PROFILE_VALUES:
        if item.id in CHAPTERS:
            text = getattr(profile, item.id, "") if profile is not None else ""
            if text:
                page.blocks += [Heading(_(item.title)), Paragraph(text)]
            else:
                missing.append(_(item.title))
    rows = _tell_middle(landscape) + [
        (_(item.title), getattr(profile, item.id)) for item in PROFILE_VALUES
        if item.id in (*LISTS, "location", "website") and profile is not None and getattr(profile, item.id)
    ]  # fmt: skip
    if rows:
        page.blocks += [
            Heading(_("At a glance")),
            Table((_("What"), _("In this landscape")), tuple(rows), (False, False)),
        ]
    if missing:
        page.blocks.append(
            Notes((_("Not written yet: {chapters}.").format(chapters=", ".join(missing)),), warning=True)
        )
    _add_boundary(page, session, known)
    _add_zones(page, session)
    return page


def _tell_middle(landscape: Landscape) -> list[tuple[str, str]]:
    """Latitude and longitude of the middle of the boundary."""
    if landscape.geom is None or landscape.geom.is_empty:
        return []
    point = transform(landscape.geom.centroid, landscape.crs, "EPSG:4326")
    return [(_("Middle (latitude, longitude)"), f"{point.y:.4f}, {point.x:.4f}")]


def _add_boundary(page: Page, session: Session, known: Partnership) -> None:
    landscape = known.landscape
    assert landscape is not None
    kinds = words_of(BOUNDARY_VALUES, "boundary_type")
    page.blocks.append(Heading(_("The boundary")))
    page.blocks.append(
        Paragraph(
            _("The boundary that is valid comes from: {source}.").format(
                source=landscape.boundary_source or _("not said")
            )
        )
    )
    if known.boundaries:
        page.blocks.append(Table(
            (_("Version"), _("Kind"), _("Drawn by"), _("Drawn on"), _("Area (ha)"), _("Source")),
            tuple((row.name, kinds.get(row.boundary_type, "–"), known.name_of(row.drawn_by), row.drawn_on or "–", format_number(row.area_ha), row.source or "–")
                  for row in known.boundaries),
            (False, False, False, False, True, False)))  # fmt: skip
    beside = find_neighbours(session)
    if beside:
        page.blocks.append(Heading(_("What lies at the boundary"), 2))
        page.blocks.append(Table(
            (_("Layer"), _("Name"), _("Lies"), _("Common border (km)"), _("Inside (ha)"), _("Near outside (ha)")),
            tuple((item.layer, item.name, _("on both sides") if item.crosses else _("outside"), format_number(item.border_km, 1), format_number(item.inside_ha), format_number(item.outside_ha))
                  for item in beside[:30]),
            (False, False, False, True, True, True),
            _("Near means within {distance}.").format(distance=format_quantity(BESIDE_M / 1000, "km"))))  # fmt: skip


def _add_zones(page: Page, session: Session) -> None:
    zones = measure_zones(session)
    if not zones:
        return
    words, whole = titles(ZONES), sum(zones.values())
    page.blocks.append(Heading(_("The three zones")))
    page.blocks.append(Table(
        (_("Zone"), _("Area (ha)"), _("Share")),
        tuple((words.get(zone, zone), format_number(area), format_percent(area / whole if whole else 0.0, 0)) for zone, area in zones.items()),
        (False, True, True)))  # fmt: skip


# ------------------------------------------------------------------ engagement


def engagement_strategy(session: Session) -> Page:
    """Build the strategy: who has a stake, who is missing, how they are engaged, who came."""
    known = read_partnership(session)
    page = open_page(session, _("Engagement strategy"))
    page.blocks.append(Notes((_(PRIVATE),), warning=True))
    judged = [row for row in known.organisations if row.power and row.interest]
    page.blocks.append(Heading(_("Stakeholders")))
    if not known.organisations:
        page.blocks.append(Notes((_("No organisation has been entered yet."),), warning=True))
        return page
    if judged:
        page.blocks.append(Points(
            _("Power and interest"), _("Interest in it"), _("Power"),
            tuple(Point(row.name, "#0f7d62" if row.standing == "member" else "#b5452c", *spread_out(judged, row)) for row in judged)))  # fmt: skip
        page.blocks.append(Notes((_("Green: at the table. Red: not yet. Much power and much interest: work closely together. Much interest and little power: make sure that they are heard."),)))  # fmt: skip
    network, standing = known.network, titles(STANDINGS)
    kinds = words_of(ORGANISATION_VALUES, "organisation_type")
    page.blocks.append(Table(
        (_("Stakeholder"), _("Kind"), _("Standing"), _("Power"), _("Interest in it"), _("Affected"), _("Legitimacy"), _("Urgency"), _("Stands between")),
        tuple((row.name, kinds.get(row.organisation_type, "–"), standing.get(row.standing, "–"), *(str(getattr(row, mark) or "–") for mark in ("power", "interest", "affected", "legitimacy", "urgency")),
               format_percent(network[row.uuid].betweenness, 0)) for row in known.organisations),
        (False, False, False, True, True, True, True, True, True),
        _("Marks from 1 to 5 as the room gave them. Stands between: the share of shortest ways between others that lead through it.")))  # fmt: skip
    if known.linkages:
        passes = titles(LINKAGE_TYPES)
        page.blocks.append(Heading(_("What passes between them"), 2))
        page.blocks.append(Table(
            (_("From"), _("To the organisation"), _("What passes"), _("Strength"), _("Note")),
            tuple((known.name_of(row.giver), known.name_of(row.taker), passes.get(row.linkage_type, "–"), f"{row.strength:+d}", row.note or "–") for row in known.linkages),
            (False, False, False, True, False)))  # fmt: skip
    gaps = find_gaps(known)
    page.blocks.append(Heading(_("Who is missing")))
    page.blocks.append(
        Notes(tuple(gaps), warning=True) if gaps else Paragraph(_("Nothing speaks for somebody being missing."))
    )
    _add_plan(page, known)
    _add_meetings(page, known)
    return page


def spread_out(judged: list, row: object) -> tuple[float, float]:  # type: ignore[type-arg]
    """Interest and power, moved a little where several organisations have the same marks."""
    same = [item for item in judged if (item.power, item.interest) == (row.power, row.interest)]  # type: ignore[attr-defined]
    at = next(number for number, item in enumerate(same) if item is row)
    return row.interest + 0.12 * (at % 3), row.power - 0.16 * at  # type: ignore[attr-defined]


def _add_plan(page: Page, known: Partnership) -> None:
    modes, states = titles(MODES), words_of(ENGAGEMENT_VALUES, "status")
    page.blocks.append(Heading(_("Plan of engagement")))
    if not known.engagements:
        page.blocks.append(Notes((_("Nothing has been planned yet."),), warning=True))
        return
    page.blocks.append(Table(
        (_("Who"), _("What for"), _("How"), _("How often"), _("Planned for"), _("Status")),
        tuple((" · ".join(part for part in (row.name, *(known.name_of(uuid) for uuid in (row.organisation, row.people_group) if uuid), modes.get(row.mode, "").split(":")[0]) if part),
               row.purpose or "–", row.method or "–", row.frequency or "–", row.planned_on or "–", states.get(row.status, "–")) for row in known.engagements),
        (False,) * 6))  # fmt: skip


def _add_meetings(page: Page, known: Partnership) -> None:
    held = [row for row in known.meetings if row.status == "held"]
    if not held:
        return
    page.blocks.append(Heading(_("Meetings that were held")))
    page.blocks.append(Table(
        (_("Meeting"), _("Date"), _("Place"), _("People"), _("Women"), _("Men")),
        tuple((row.name, row.held_on, row.place or "–", *(format_number(known.count_present(row.uuid, gender)) for gender in ("", "woman", "man"))) for row in held),
        (False, False, False, True, True, True)))  # fmt: skip
    by_group = {
        group.name: sum(row.people for row in known.attendance if row.people_group == group.uuid) for group in known.groups
    }  # fmt: skip
    if any(by_group.values()):
        page.blocks.append(Bars(
            _("Attendance by group"), _("people over all meetings"),
            tuple(Bar(name, 0.0, float(count), "#0f7d62", format_number(count)) for name, count in by_group.items()), lying=True))  # fmt: skip


# ------------------------------------------------------------------ agreement, meeting, consents


def partnership_agreement(session: Session, name: str) -> Page:
    """Build the agreement as a document: its text, version, and who has signed or where to sign."""
    known = read_partnership(session)
    with session.read() as db:
        uuid = get_by_name(db, Agreement, name).uuid
    agreement = next(row for row in known.agreements if row.uuid == uuid)
    kinds = titles(AGREEMENT_TYPES)
    page = open_page(session, kinds.get(agreement.agreement_type, "–").split(",")[0])
    page.blocks.append(Heading(agreement.name))
    states = {"draft": _("Draft"), "signed": _("Signed"), "replaced": _("Replaced by a newer version")}
    replaced = known.name_of(agreement.replaces) if agreement.replaces else "–"
    page.blocks.append(Facts((
        (_("Version"), agreement.version), (_("Status"), states.get(agreement.status, agreement.status)), (_("Valid until"), agreement.valid_until or "–"), (_("Replaces"), replaced))))  # fmt: skip
    for title, text in split_text(agreement.body):
        page.blocks += [*([Heading(title, 2)] if title else []), *([Paragraph(text)] if text else [])]
    if agreement.agreement_type == "user":
        scopes = titles(SCOPES)
        page.blocks += [
            Heading(_("What I say yes to")),
            Table((_("Purpose"), _("Yes"), _("No"), _("Until")), tuple((scopes[scope.id], "", "", "") for scope in SCOPES), (False,) * 4, tall=True),
            Table((_("Name"), _("Place"), _("Date"), _("Signature or thumb print"), _("Witness")), (("", "", "", "", ""),), (False,) * 5, tall=True),
        ]  # fmt: skip
        return page
    signed = {row.organisation: row for row in known.signed_by(uuid)}
    page.blocks.append(Heading(_("Signatures")))
    media = titles(MEDIUM.options)
    page.blocks.append(Table(
        (_("Organisation"), _("Name"), _("Date"), _("Signature")),
        tuple((row.name, known.name_of(signed[row.uuid].person) if row.uuid in signed and signed[row.uuid].person else "", signed[row.uuid].signed_on if row.uuid in signed else "",
               media.get(signed[row.uuid].medium, "") if row.uuid in signed else "") for row in known.organisations if row.standing == "member"),
        (False,) * 4, tall=True))  # fmt: skip
    return page


def split_text(body: str) -> list[tuple[str, str]]:
    """The parts of a text: heading (from a line that begins with #; '' for what stands before the first) and words."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in body.splitlines():
        if line.startswith("#"):
            parts.append((line.lstrip("#").strip(), []))
        else:
            parts[-1][1].append(line)
    return [(title, "\n".join(lines).strip()) for title, lines in parts if title or any(line.strip() for line in lines)]


def meeting_kit(session: Session, name: str) -> Page:
    """Build the kit of one meeting: agenda, sign-in sheet, attendance and minutes."""
    known = read_partnership(session)
    with session.read() as db:
        uuid = get_by_name(db, Meeting, name).uuid
    meeting = next(row for row in known.meetings if row.uuid == uuid)
    page = open_page(session, _("Meeting kit"))
    page.blocks.append(Heading(meeting.name))
    page.blocks.append(Facts((
        (_("Date"), meeting.held_on or meeting.planned_on or "–"), (_("Begins at"), meeting.begins_at or "–"), (_("Place"), meeting.place or "–"),
        (_("Facilitator"), meeting.facilitator or "–"), (_("Secretary"), meeting.secretary or "–"))))  # fmt: skip
    if meeting.purpose:
        page.blocks.append(Paragraph(meeting.purpose, lead=_("What for:")))
    page.blocks.append(Heading(_("Agenda")))
    lines = read_agenda(meeting.agenda, meeting.begins_at)
    if lines:
        page.blocks.append(
            Table((_("Begins at"), _("Length (min)"), _("Topic"), _("Who")), tuple(lines), (False, True, False, False))
        )
    else:
        page.blocks.append(Notes((_("No agenda has been written yet."),), warning=True))
    page.blocks += [Break(), Heading(_("Sign-in sheet")), Notes((_("By signing I agree that my name is kept in the minutes of this meeting. Publishing it needs my consent of its own."),)), Table(
        (_("No."), _("Name"), _("Organisation or village"), _("Group"), _("Woman, man, other"), _("Signature")),
        tuple((str(at + 1), "", "", "", "", "") for at in range(BLANK_ROWS)), (True, False, False, False, False, False), tall=True)]  # fmt: skip
    groups = ", ".join(group.name for group in known.groups if group.group_type == "voice")
    if groups:
        page.blocks.append(Notes((_("Groups: {names}.").format(names=groups),)))
    _add_attendance(page, known, meeting)
    page.blocks += [Break(), Heading(_("Minutes"))] if not meeting.minutes else [Heading(_("Minutes"))]
    if meeting.minutes:
        page.blocks.append(Paragraph(meeting.minutes))
    else:
        page.blocks.append(
            Table(
                (_("Topic"), _("What was said and agreed"), _("Who does what, until when")),
                (("", "", ""),) * 14,
                (False,) * 3,
                tall=True,
            )
        )
    page.blocks += [Heading(_("Signatures"), 2), Table((_("As"), _("Name"), _("Signature")), ((_("Facilitator"), meeting.facilitator, ""), (_("Secretary"), meeting.secretary, "")), (False,) * 3, tall=True)]  # fmt: skip
    return page


def read_agenda(text: str, begins_at: str) -> list[tuple[str, str, str, str]]:
    """Time, minutes, topic and who of each line; times where the beginning and the minutes are known."""
    out = []
    hour, _colon, minute = begins_at.partition(":")
    at = int(hour) * 60 + int(minute) if hour.isdigit() and minute.isdigit() else None
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        parts = [part.strip() for part in line.split("|")]
        length = int(parts[0]) if len(parts) > 1 and parts[0].isdigit() else None
        topic, who = (
            (parts[1], parts[2] if len(parts) > 2 else "")
            if length is not None
            else (parts[0], parts[1] if len(parts) > 1 else "")
        )
        out.append((f"{at // 60 % 24:02d}:{at % 60:02d}" if at is not None else "", str(length or ""), topic, who))
        at = at + length if at is not None and length is not None else None
    return out


def _add_attendance(page: Page, known: Partnership, meeting: Meeting) -> None:
    present = known.present(meeting.uuid)
    if not present:
        return
    genders = titles(GENDER.options)
    page.blocks.append(Heading(_("Attendance")))
    page.blocks.append(Table(
        (_("Group"), _("Organisation"), _("Gender"), _("Name"), _("People")),
        tuple((known.name_of(row.people_group), known.name_of(row.organisation), genders.get(row.gender, "–"), known.name_of(row.person) if row.person else "–", format_number(row.people)) for row in present),
        (False, False, False, False, True),
        _("{people} people, {women} of them women.").format(people=known.count_present(meeting.uuid), women=known.count_present(meeting.uuid, "woman"))))  # fmt: skip


def consent_ledger(session: Session) -> Page:
    """Build the ledger: who × which version × scope × medium × date × expiry × withdrawn."""
    known = read_partnership(session)
    page = open_page(session, _("Consent ledger"))
    page.blocks.append(Notes((_(PRIVATE),), warning=True))
    if not known.consents:
        page.blocks.append(Notes((_("No consent has been recorded yet."),), warning=True))
        return page
    scopes, media, today = titles(SCOPES), titles(MEDIUM.options), dt.date.today().isoformat()
    versions = {row.uuid: f"{row.name} · {row.version}" for row in known.agreements}
    lapsed = [row for row in known.consents if not row.withdrawn_on and row.valid_until and row.valid_until < today]
    gone = [row for row in known.consents if row.withdrawn_on]
    page.blocks.append(Facts((
        (_("Valid today"), str(len(known.consents) - len(lapsed) - len(gone))), (_("Lapsed"), str(len(lapsed))), (_("Withdrawn"), str(len(gone))))))  # fmt: skip
    page.blocks.append(Table(
        (_("Who"), _("Agreement and version"), _("For"), _("How it was given"), _("Given on"), _("Valid until"), _("Withdrawn on")),
        tuple((known.name_of(row.subject), versions.get(row.agreement, "–"), scopes.get(row.scope, row.scope), media.get(row.medium, "–") + (f" ({row.witness})" if row.witness else ""),
               row.given_on, row.valid_until or "–", row.withdrawn_on or "–") for row in known.consents),
        (False,) * 7))  # fmt: skip
    page.blocks += [Notes((text,), warning=True) for text in tell_lapsed(known)]
    return page
