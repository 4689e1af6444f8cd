"""What the partnership tool offers."""

from onekl_desktop.base.specs import Choice, Date, Operation, PageSpec, Reference, Text, Tool
from onekl_desktop.base.translate import N_
from onekl_desktop.engine.decision_fields import MINUTES
from onekl_desktop.tools.partnership.inputs import (
    AGREEMENT,
    AGREEMENT_TYPES,
    AGREEMENT_VALUES,
    ATTENDANCE_KEYS,
    ATTENDANCE_VALUES,
    BOUNDARY,
    BOUNDARY_VALUES,
    CONSENT,
    CONSENT_VALUES,
    ENGAGEMENT,
    ENGAGEMENT_VALUES,
    GROUP,
    GROUP_VALUES,
    LINKAGE_KEYS,
    LINKAGE_VALUES,
    MEDIUM,
    MEETING,
    MEETING_VALUES,
    MEMBERSHIP_KEYS,
    MEMBERSHIP_VALUES,
    NAME,
    NEW_NAME,
    OPT_INS,
    ORGANISATION,
    ORGANISATION_VALUES,
    PERSON,
    PERSON_VALUES,
    PROFILE_VALUES,
    SCOPES,
    STAKE_VALUES,
    SUBJECT,
    SUBJECT_KIND,
)

REPLACES = N_("What is given replaces what was there.")
UNUSED = N_("Only when nothing refers to it.")

TOOL = Tool(
    id="partnership", title=N_("Partnership"), icon="partnership", order=10, element="partnership",
    about=N_("What the landscape is, who works together, how they meet, what they have agreed and what they consent to."),
    operations=(
        Operation(id="change_profile", title=N_("Describe the landscape"), does=N_("Described the landscape"), about=N_("The facts and chapters that go into the landscape's profile. What is given replaces what was there."), inputs=PROFILE_VALUES),
        Operation(id="keep_boundary", title=N_("Keep the boundary as a version"), does=N_("Kept the boundary as {name}"), about=N_("The boundary as it is now, so that it can be compared and brought back."), inputs=(NAME, *BOUNDARY_VALUES)),
        Operation(id="take_boundary", title=N_("Take a boundary from a layer"), does=N_("Took the boundary {name} from a layer"), about=N_("All shapes of a polygon layer, or those of one name, as a proposed boundary."), inputs=(
            NAME, Reference(id="layer", title=N_("Layer"), of="layer"), Text(id="shape", title=N_("Name of the shape"), required=False, max_length=160, about=N_("Empty: all shapes together.")), *BOUNDARY_VALUES)),
        Operation(id="choose_boundary", title=N_("Make it the landscape's boundary"), does=N_("Made {name} the landscape's boundary"), about=N_("The boundary that was valid until now is kept as a version."), inputs=(BOUNDARY,)),
        Operation(id="remove_boundary", title=N_("Remove a version of the boundary"), does=N_("Removed the boundary {name}"), about=N_("The landscape keeps the boundary that it has."), inputs=(BOUNDARY,)),
        Operation(id="set_three_zones", title=N_("Set the three zones"), does=N_("Set the three zones: {name}"), about=N_("A layer whose column says natural, combined or economic for each shape."), inputs=(
            Reference(id="layer", title=N_("Layer"), of="layer"), Text(id="column", title=N_("Column"), max_length=120))),
        Operation(id="add_organisation", title=N_("Add an organisation"), does=N_("Added the organisation {name}"), about=N_("A member, supporter, observer, or one that should be at the table."), inputs=(NAME, *ORGANISATION_VALUES)),
        Operation(id="change_organisation", title=N_("Change an organisation"), does=N_("Changed the organisation {name}"), about=REPLACES, inputs=(ORGANISATION, NEW_NAME, *ORGANISATION_VALUES)),
        Operation(id="judge_stakeholder", title=N_("Place on the stakeholder map"), does=N_("Placed {name} on the stakeholder map"), about=N_("Power, interest and the rest, as the room sees them. Private by default."), inputs=(ORGANISATION, *STAKE_VALUES)),
        Operation(id="remove_organisation", title=N_("Remove an organisation"), does=N_("Removed the organisation {name}"), about=N_("With its linkages; only when nothing else refers to it."), inputs=(ORGANISATION,)),
        Operation(id="set_linkage", title=N_("Set a linkage"), does=N_("Set what passes from {giver} to {taker}"), about=N_("What passes from one organisation to another, and how strongly."), inputs=(*LINKAGE_KEYS, *LINKAGE_VALUES)),
        Operation(id="remove_linkage", title=N_("Remove a linkage"), does=N_("Removed what passes from {giver} to {taker}"), about=N_("For one that was entered by mistake."), inputs=LINKAGE_KEYS),
        Operation(id="add_group", title=N_("Add a group"), does=N_("Added the group {name}"), about=N_("A group that votes and answers with its own voice (women, youth, a village, companies), or a working group."), inputs=(NAME, *GROUP_VALUES)),
        Operation(id="change_group", title=N_("Change a group"), does=N_("Changed the group {name}"), about=REPLACES, inputs=(GROUP, NEW_NAME, *GROUP_VALUES)),
        Operation(id="remove_group", title=N_("Remove a group"), does=N_("Removed the group {name}"), about=UNUSED, inputs=(GROUP,)),
        Operation(id="add_person", title=N_("Add a person"), does=N_("Added a person"), about=N_("Names and contacts are private until a consent says otherwise."), inputs=(NAME, *PERSON_VALUES)),
        Operation(id="change_person", title=N_("Change a person"), does=N_("Changed a person"), about=REPLACES, inputs=(PERSON, NEW_NAME, *PERSON_VALUES)),
        Operation(id="remove_person", title=N_("Remove a person"), does=N_("Removed a person"), about=N_("With the consents given and the duties held; where the person was at a meeting, a nameless one was."), inputs=(PERSON,)),
        Operation(id="set_membership", title=N_("Give a duty"), does=N_("Gave somebody a duty in {group}"), about=N_("A person's duty in a group or working group."), inputs=(*MEMBERSHIP_KEYS, *MEMBERSHIP_VALUES)),
        Operation(id="remove_membership", title=N_("Take a duty back"), does=N_("Took somebody out of {group}"), about=N_("For one entered by mistake; otherwise enter until when it was held."), inputs=MEMBERSHIP_KEYS),
        Operation(id="add_engagement", title=N_("Plan an engagement"), does=N_("Planned the engagement {name}"), about=N_("Who is spoken with, why, how and how often."), inputs=(NAME, *ENGAGEMENT_VALUES)),
        Operation(id="change_engagement", title=N_("Change an engagement"), does=N_("Changed the engagement {name}"), about=REPLACES, inputs=(ENGAGEMENT, NEW_NAME, *ENGAGEMENT_VALUES)),
        Operation(id="remove_engagement", title=N_("Remove an engagement"), does=N_("Removed the engagement {name}"), about=UNUSED, inputs=(ENGAGEMENT,)),
        Operation(id="add_meeting", title=N_("Plan a meeting"), does=N_("Planned the meeting {name}"), about=N_("With its agenda; invitation and sign-in sheet are printed from it."), inputs=(NAME, *MEETING_VALUES)),
        Operation(id="change_meeting", title=N_("Change a meeting"), does=N_("Changed the meeting {name}"), about=REPLACES, inputs=(MEETING, NEW_NAME, *MEETING_VALUES)),
        Operation(id="hold_meeting", title=N_("Enter what a meeting came to"), does=N_("Entered the minutes of {name}"), about=N_("The day it was held and its minutes."), inputs=(MEETING, Date(id="held_on", title=N_("Held on"), required=False), MINUTES)),
        Operation(id="remove_meeting", title=N_("Remove a meeting"), does=N_("Removed the meeting {name}"), about=N_("With its attendance; only when nothing else refers to it."), inputs=(MEETING,)),
        Operation(id="record_attendance", title=N_("Enter who was there"), does=N_("Entered {people} people at {name}"), about=N_("A person by name, or a number of people of a group and gender; the same line again replaces the number."), inputs=(*ATTENDANCE_KEYS, *ATTENDANCE_VALUES)),
        Operation(id="remove_attendance", title=N_("Remove a line of the attendance"), does=N_("Removed a line of the attendance of {name}"), about=N_("For one that was entered by mistake."), inputs=ATTENDANCE_KEYS),
        Operation(id="draft_agreement", title=N_("Draft an agreement from the template"), does=N_("Drafted the agreement {name}"), about=N_("The chapters that an agreement needs, in the language in use, with the members' names; edit it before anybody signs."), inputs=(
            NAME, Choice(id="agreement_type", title=N_("Kind"), default="partnership", required=False, options=AGREEMENT_TYPES))),
        Operation(id="add_agreement", title=N_("Add an agreement"), does=N_("Added the agreement {name}"), about=N_("A text that members sign."), inputs=(NAME, *AGREEMENT_VALUES)),
        Operation(id="change_agreement", title=N_("Change an agreement"), does=N_("Changed the agreement {name}"), about=N_("Only while nobody has signed; after that make a new version."), inputs=(AGREEMENT, NEW_NAME, *AGREEMENT_VALUES)),
        Operation(id="revise_agreement", title=N_("Make a new version"), does=N_("Began version {version} of {name}"), about=N_("A draft with the same text that replaces it once it is signed."), inputs=(AGREEMENT, Text(id="version", title=N_("Version"), required=False, max_length=30))),
        Operation(id="sign_agreement", title=N_("Sign an agreement"), does=N_("{organisation} signed {name}"), about=N_("One signature of one organisation."), inputs=(
            AGREEMENT, ORGANISATION, Reference(id="person", title=N_("Signed by"), of="person", required=False), Date(id="signed_on", title=N_("Signed on"), required=False), MEDIUM)),
        Operation(id="remove_agreement", title=N_("Remove an agreement"), does=N_("Removed the agreement {name}"), about=N_("With its signatures; only when no consent rests on it."), inputs=(AGREEMENT,)),
        Operation(id="opt_in", title=N_("Opt in to a user agreement"), does=N_("Recorded what somebody agreed to: {scopes}"), about=N_("Each purpose on its own; nothing is ticked beforehand."), inputs=(
            AGREEMENT, SUBJECT_KIND, SUBJECT, *OPT_INS, *CONSENT_VALUES)),
        Operation(id="record_consent", title=N_("Record a consent"), does=N_("Recorded a consent: {scope}"), about=N_("Who permits what, until when, and how it was given."), inputs=(
            SUBJECT_KIND, SUBJECT, Choice(id="scope", title=N_("For"), options=SCOPES), *CONSENT_VALUES, Reference(id="agreement", title=N_("Under the agreement"), of="agreement", required=False))),
        Operation(id="withdraw_consent", title=N_("Withdraw a consent"), does=N_("Withdrew a consent"), about=N_("From that day nothing it covered is released; copies that are out cannot be called back."), inputs=(CONSENT, Date(id="withdrawn_on", title=N_("Withdrawn on"), required=False))),
        Operation(id="remove_consent", title=N_("Remove a consent"), does=N_("Removed a consent"), about=N_("For one that was entered by mistake; otherwise withdraw it."), inputs=(CONSENT,)),
    ),
    pages=(
        PageSpec(id="partnership", title=N_("Partnership"), build="pages:partnership", about=N_("Members, agreements with their signatures, and groups.")),
        PageSpec(id="landscape_profile", title=N_("Landscape profile"), build="pages:landscape_profile", about=N_("Facts, chapters, boundary with its versions and neighbours, and the three zones.")),
        PageSpec(id="engagement_strategy", title=N_("Engagement strategy"), build="pages:engagement_strategy", about=N_("Stakeholders, who is missing, the plan of engagement, and who came.")),
        PageSpec(id="partnership_agreement", title=N_("Partnership agreement"), build="pages:partnership_agreement", of="agreement", about=N_("The text with its version, ready to be signed, or with its signatures.")),
        PageSpec(id="meeting_kit", title=N_("Meeting kit"), build="pages:meeting_kit", of="meeting", about=N_("Agenda, sign-in sheet with columns for group and gender, attendance and minutes.")),
        PageSpec(id="consent_ledger", title=N_("Consent ledger"), build="pages:consent_ledger", about=N_("Who agreed to what, in which version, when, how, until when, and what was withdrawn. Private.")),
    ),
    panel="panel:PartnershipPanel",
)  # fmt: skip
