"""What the operations of the partnership ask for."""

from onekl_desktop.base.specs import Choice, Date, Flag, Integer, Option, Reference, Text, Year
from onekl_desktop.base.translate import N_

NAME = Text(id="name", title=N_("Name"), max_length=160)
NEW_NAME = Text(id="name", title=N_("Name"), max_length=160, required=False)
NOTE = Text(id="note", title=N_("Note"), required=False, long=True)
ORGANISATION = Reference(id="organisation", title=N_("Organisation"), of="organisation")
PERSON = Reference(id="person", title=N_("Person"), of="person")
GROUP = Reference(id="group", title=N_("Group"), of="group")
AGREEMENT = Reference(id="agreement", title=N_("Agreement"), of="agreement")
CONSENT = Reference(id="consent", title=N_("Consent"), of="consent")
BOUNDARY = Reference(id="boundary", title=N_("Version of the boundary"), of="boundary")
ENGAGEMENT = Reference(id="engagement", title=N_("Line of the engagement plan"), of="engagement")
MEETING = Reference(id="meeting", title=N_("Meeting"), of="meeting")
MEDIUM = Choice(id="medium", title=N_("How it was given"), default="paper", required=False, options=(
    Option(id="paper", title=N_("Signed on paper")), Option(id="photo", title=N_("Photo of the paper")),
    Option(id="spoken", title=N_("Spoken, before a witness")), Option(id="digital", title=N_("Digital"))))  # fmt: skip


def _list(id: str, title: str, about: str = "") -> Text:
    return Text(id=id, title=title, required=False, max_length=1000, about=about or N_("Separated by semicolons."))


def _chapter(id: str, title: str, about: str) -> Text:
    return Text(id=id, title=title, required=False, long=True, max_length=20_000, about=about)


# The fields of Terraso's record of a landscape and of LandScale's overview of it.
PROFILE_VALUES = (
    Text(id="location", title=N_("Where it is"), required=False, max_length=400, about=N_("Country, province, districts.")),
    _list("area_types", N_("Kinds of area"), N_("Rural, peri-urban, protected, coast and so on, separated by semicolons.")),
    Integer(id="population", title=N_("Population"), minimum=0, maximum=2_000_000_000, required=False),
    Choice(id="partnership_status", title=N_("Partnership"), default="none", required=False, options=(
        Option(id="none", title=N_("Not known")), Option(id="no", title=N_("There is none yet")), Option(id="in_progress", title=N_("Being built")), Option(id="yes", title=N_("It exists")))),
    Year(id="partnership_year", title=N_("Since the year"), required=False),
    Text(id="website", title=N_("Website"), required=False, max_length=200),
    Text(id="contact", title=N_("Contact"), required=False, max_length=300, about=N_("Private: it stays in this file unless a consent and a release rule let it out.")),
    Reference(id="picture", title=N_("Picture"), of="resource", required=False, about=N_("A photo of the library, for the front of the profile.")),
    _list("ecosystems", N_("Ecosystems")), _list("languages", N_("Languages")), _list("livelihoods", N_("Livelihoods")), _list("commodities", N_("Commodities")),
    _list("organisation_types", N_("Kinds of organisations")), _list("production_methods", N_("Ways of production")),
    _chapter("introduction", N_("Introduction"), N_("400 to 800 words for readers who have never been there.")),
    _chapter("people", N_("People"), N_("Who lives there, languages, indigenous peoples, movements, land rights.")),
    _chapter("economy", N_("Economy"), N_("What people live on, markets, prices, poverty.")),
    _chapter("trends", N_("Trends and risks"), N_("What is changing, and what may go wrong.")),
    _chapter("production", N_("Production"), N_("Crops, herds, forests, companies, yields.")),
    _chapter("governance", N_("Governance"), N_("Who decides about what, formal and customary.")),
    _chapter("land_use", N_("Use and allocation of the land"), N_("What the land is used for, and what it is meant for by law.")),
)  # fmt: skip
BOUNDARY_VALUES = (
    Choice(id="boundary_type", title=N_("Kind of boundary"), default="stakeholder", required=False, options=(
        Option(id="jurisdiction", title=N_("Jurisdiction")), Option(id="catchment", title=N_("Catchment")),
        Option(id="stakeholder", title=N_("Defined by the partnership")), Option(id="sketch", title=N_("Hand-drawn sketch")))),
    Reference(id="drawn_by", title=N_("Drawn by"), of="group", required=False), Date(id="drawn_on", title=N_("Drawn on"), required=False),
    Text(id="source", title=N_("Source"), required=False, max_length=300), NOTE,
)  # fmt: skip
ORGANISATION_VALUES = (
    Choice(id="organisation_type", title=N_("Kind"), default="community", required=False, options=(
        Option(id="community", title=N_("Village or community")), Option(id="cooperative", title=N_("Cooperative or farmers' group")),
        Option(id="government", title=N_("Government office")), Option(id="ngo", title=N_("Non-profit organisation")),
        Option(id="company", title=N_("Company")), Option(id="finance", title=N_("Bank, fund or donor")),
        Option(id="research", title=N_("University or research")), Option(id="other", title=N_("Other")))),
    Choice(id="role", title=N_("Role"), default="member", required=False, options=(
        Option(id="lead", title=N_("Lead")), Option(id="member", title=N_("Member")),
        Option(id="supporter", title=N_("Supporter")), Option(id="observer", title=N_("Observer")))),
    Text(id="sector", title=N_("Sector"), required=False, max_length=120),
    Text(id="place", title=N_("Place"), required=False, max_length=120),
    Integer(id="women", title=N_("Women among its members"), minimum=0, maximum=10_000_000, required=False),
    Integer(id="men", title=N_("Men among its members"), minimum=0, maximum=10_000_000, required=False),
    Date(id="joined_on", title=N_("Joined on"), required=False),
    Text(id="website", title=N_("Website"), required=False, max_length=200),
    Text(id="contact", title=N_("Contact"), required=False, max_length=300, about=N_("Private: it stays in this file unless a consent and a release rule let it out.")),
    NOTE,
)  # fmt: skip
STANDINGS = (
    Option(id="member", title=N_("At the table")), Option(id="invited", title=N_("Invited")), Option(id="missing", title=N_("Missing: should be invited")),
    Option(id="declined", title=N_("Has declined")),
)  # fmt: skip


def _mark(id: str, title: str, about: str) -> Integer:
    return Integer(id=id, title=title, minimum=1, maximum=5, required=False, about=about)


STAKE_VALUES = (
    Choice(id="standing", title=N_("Standing"), default=None, required=False, options=STANDINGS),
    _mark("power", N_("Power"), N_("1 to 5: how much it can help or stop what the partnership wants.")),
    _mark("interest", N_("Interest in it"), N_("1 to 5: how much it cares about what the partnership does.")),
    _mark("legitimacy", N_("Legitimacy"), N_("1 to 5: how far others accept its claim, by law or custom.")),
    _mark("urgency", N_("Urgency"), N_("1 to 5: how soon its claim must be heard.")),
    _mark("affected", N_("Affected"), N_("1 to 5: how much its life or work changes by what is planned.")),
    Text(id="influence_note", title=N_("Why"), required=False, long=True, max_length=4000),
)  # fmt: skip
LINKAGE_TYPES = (
    Option(id="information", title=N_("Information")), Option(id="money", title=N_("Money")), Option(id="authority", title=N_("Authority")),
    Option(id="goods", title=N_("Goods or services")), Option(id="conflict", title=N_("Conflict")),
)  # fmt: skip
LINKAGE_KEYS = (
    Reference(id="giver", title=N_("From"), of="organisation"), Reference(id="taker", title=N_("To the organisation"), of="organisation"),
    Choice(id="linkage_type", title=N_("What passes"), default="information", required=False, options=LINKAGE_TYPES),
)  # fmt: skip
LINKAGE_VALUES = (Integer(id="strength", title=N_("Strength"), minimum=-2, maximum=2, default=1, required=False, about=N_("From -2 (does harm) to 2 (strong); 0: broken off.")), NOTE)  # fmt: skip
GROUP_VALUES = (
    Text(id="description", title=N_("Who belongs to it"), required=False, long=True),
    Choice(id="group_type", title=N_("Kind of group"), default="voice", required=False, options=(
        Option(id="voice", title=N_("Speaks with its own voice in votes")), Option(id="working", title=N_("Working group with a task")))),
    Integer(id="members", title=N_("Members who may vote"), minimum=1, maximum=1_000_000, required=False, about=N_("Empty: not counted, and no quorum is asked.")),
    Reference(id="parent", title=N_("Part of"), of="group", required=False), Text(id="purpose", title=N_("Task"), required=False, long=True),
)  # fmt: skip
DUTIES = (
    Option(id="lead", title=N_("Lead")), Option(id="facilitator", title=N_("Facilitator")), Option(id="secretary", title=N_("Secretary")),
    Option(id="treasurer", title=N_("Treasurer")), Option(id="member", title=N_("Member")), Option(id="specialist", title=N_("Specialist")),
    Option(id="reviewer", title=N_("Reviewer")), Option(id="validator", title=N_("Validator")),
)  # fmt: skip
MEMBERSHIP_KEYS = (PERSON, Reference(id="people_group", title=N_("Group"), of="group"))
MEMBERSHIP_VALUES = (
    Choice(id="duty", title=N_("Duty"), default="member", required=False, options=DUTIES), Date(id="since", title=N_("Since"), required=False),
    Date(id="until", title=N_("Until"), required=False),
)  # fmt: skip
GENDER = Choice(id="gender", title=N_("Gender"), default="not_stated", required=False, options=(
    Option(id="woman", title=N_("Woman")), Option(id="man", title=N_("Man")), Option(id="other", title=N_("Other")),
    Option(id="not_stated", title=N_("Not stated"))))  # fmt: skip
PERSON_VALUES = (
    Reference(id="organisation", title=N_("Organisation"), of="organisation", required=False),
    Reference(id="people_group", title=N_("Group"), of="group", required=False),
    Text(id="role", title=N_("Role"), required=False, max_length=120), GENDER,
    Text(id="email", title=N_("E-mail"), required=False, max_length=160, about=N_("Private.")),
    Text(id="phone", title=N_("Telephone"), required=False, max_length=60, about=N_("Private.")),
    NOTE,
)  # fmt: skip
MODES = (
    Option(id="comprehensive", title=N_("Comprehensive: everybody concerned")), Option(id="focused", title=N_("Focused: chosen groups")),
    Option(id="expert", title=N_("Expert: few who know")),
)  # fmt: skip
ENGAGEMENT_VALUES = (
    Choice(id="mode", title=N_("Mode"), default="focused", required=False, options=MODES),
    Reference(id="organisation", title=N_("Organisation"), of="organisation", required=False), Reference(id="people_group", title=N_("Group"), of="group", required=False),
    Text(id="purpose", title=N_("What for"), required=False, long=True, max_length=4000), Text(id="method", title=N_("How"), required=False, max_length=300, about=N_("Workshop, visit, radio, market day, letter.")),
    Text(id="frequency", title=N_("How often"), required=False, max_length=120), Date(id="planned_on", title=N_("Planned for"), required=False),
    Reference(id="responsible", title=N_("Responsible"), of="person", required=False),
    Choice(id="status", title=N_("Status"), default="planned", required=False, options=(
        Option(id="planned", title=N_("Planned")), Option(id="under_way", title=N_("Under way")), Option(id="done", title=N_("Done")), Option(id="dropped", title=N_("Dropped")))),
    NOTE,
)  # fmt: skip
MEETING_VALUES = (
    Text(id="purpose", title=N_("What for"), required=False, long=True, max_length=4000), Date(id="planned_on", title=N_("Planned for"), required=False),
    Text(id="begins_at", title=N_("Begins at"), required=False, max_length=5, about=N_("Hours and minutes, such as 09:30.")), Text(id="place", title=N_("Place"), required=False, max_length=160),
    Text(id="facilitator", title=N_("Facilitator"), required=False, max_length=160), Text(id="secretary", title=N_("Secretary"), required=False, max_length=160),
    Text(id="agenda", title=N_("Agenda"), required=False, long=True, max_length=10_000, about=N_("One line for each item: minutes, topic, who; separated by vertical bars, such as: 20 | Welcome | Chair.")),
    Reference(id="engagement", title=N_("Line of the engagement plan"), of="engagement", required=False),
)  # fmt: skip
ATTENDANCE_KEYS = (
    MEETING, Reference(id="person", title=N_("Person"), of="person", required=False), Reference(id="organisation", title=N_("Organisation"), of="organisation", required=False),
    Reference(id="people_group", title=N_("Group"), of="group", required=False), GENDER,
)  # fmt: skip
ATTENDANCE_VALUES = (Integer(id="people", title=N_("People"), minimum=1, maximum=1_000_000, default=1, required=False, about=N_("How many of this group and gender; for a person by name it is one.")), NOTE)  # fmt: skip
AGREEMENT_TYPES = (Option(id="partnership", title=N_("Partnership agreement, signed by organisations")), Option(id="user", title=N_("User agreement, each person opts in")))  # fmt: skip
AGREEMENT_VALUES = (
    Choice(id="agreement_type", title=N_("Kind"), default="partnership", required=False, options=AGREEMENT_TYPES),
    Text(id="version", title=N_("Version"), required=False, default="1", max_length=30),
    Text(id="body", title=N_("Text"), required=False, long=True, max_length=100_000,
         about=N_("Values, structure and roles, how decisions are made, conflicts, sharing of information, money. A line that begins with # is a heading.")),
    Date(id="valid_until", title=N_("Valid until"), required=False),
    Reference(id="replaces", title=N_("Replaces"), of="agreement", required=False),
)  # fmt: skip
SCOPES = (
    Option(id="publish_name", title=N_("Publish the name")), Option(id="publish_contact", title=N_("Publish name and contact")),
    Option(id="use_data", title=N_("Use the data in the partnership")), Option(id="publish_data", title=N_("Publish the data")),
    Option(id="land", title=N_("Work on the land")),
)  # fmt: skip
SUBJECT_KIND = Choice(id="subject_kind", title=N_("Given by"), default="person", required=False, options=(Option(id="person", title=N_("A person")), Option(id="organisation", title=N_("An organisation"))))  # fmt: skip
SUBJECT = Reference(id="subject", title=N_("Name"), of="", of_field="subject_kind")
CONSENT_VALUES = (
    Date(id="given_on", title=N_("Given on"), required=False), MEDIUM, Text(id="witness", title=N_("Witness"), required=False, max_length=160),
    Date(id="valid_until", title=N_("Valid until"), required=False), NOTE,
)  # fmt: skip
OPT_INS = tuple(
    Flag(id=scope.id, title=scope.title, about=N_("Only what was said yes to; silence is no.")) for scope in SCOPES
)
