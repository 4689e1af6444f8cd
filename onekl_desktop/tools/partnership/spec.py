"""What the partnership tool offers."""

from onekl_desktop.base.specs import Choice, Date, Integer, Operation, Option, PageSpec, Reference, Text, Tool
from onekl_desktop.base.translate import N_
from onekl_desktop.engine.decision_fields import DECIDED_ON, METHOD, MINUTES, OPENED_ON, QUORUM, THRESHOLD

NAME = Text(id="name", title=N_("Name"), max_length=160)
NEW_NAME = Text(id="name", title=N_("Name"), max_length=160, required=False)
NOTE = Text(id="note", title=N_("Note"), required=False, long=True)
ORGANISATION = Reference(id="organisation", title=N_("Organisation"), of="organisation")
PERSON = Reference(id="person", title=N_("Person"), of="person")
GROUP = Reference(id="group", title=N_("Group"), of="group")
AGREEMENT = Reference(id="agreement", title=N_("Agreement"), of="agreement")
CONSENT = Reference(id="consent", title=N_("Consent"), of="consent")
DECISION = Reference(id="decision", title=N_("Decision"), of="decision")
MEDIUM = Choice(id="medium", title=N_("How it was given"), default="paper", required=False, options=(
    Option(id="paper", title=N_("Signed on paper")), Option(id="photo", title=N_("Photo of the paper")),
    Option(id="spoken", title=N_("Spoken, before a witness")), Option(id="digital", title=N_("Digital"))))  # fmt: skip
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
GROUP_VALUES = (
    Text(id="description", title=N_("Who belongs to it"), required=False, long=True),
    Integer(id="members", title=N_("Members who may vote"), minimum=1, maximum=1_000_000, required=False, about=N_("Empty: not counted, and no quorum is asked.")),
)  # fmt: skip
PERSON_VALUES = (
    Reference(id="organisation", title=N_("Organisation"), of="organisation", required=False),
    Reference(id="people_group", title=N_("Group"), of="group", required=False),
    Text(id="role", title=N_("Role"), required=False, max_length=120),
    Choice(id="gender", title=N_("Gender"), default="not_stated", required=False, options=(
        Option(id="woman", title=N_("Woman")), Option(id="man", title=N_("Man")), Option(id="other", title=N_("Other")),
        Option(id="not_stated", title=N_("Not stated")))),
    Text(id="email", title=N_("E-mail"), required=False, max_length=160, about=N_("Private.")),
    Text(id="phone", title=N_("Telephone"), required=False, max_length=60, about=N_("Private.")),
    NOTE,
)  # fmt: skip
AGREEMENT_VALUES = (
    Text(id="version", title=N_("Version"), required=False, default="1", max_length=30),
    Text(id="body", title=N_("Text"), required=False, long=True, max_length=100_000,
         about=N_("Values, structure and roles, how decisions are made, conflicts, sharing of information, money.")),
    Date(id="valid_until", title=N_("Valid until"), required=False),
    Reference(id="replaces", title=N_("Replaces"), of="agreement", required=False),
)  # fmt: skip
SCOPES = (
    Option(id="publish_name", title=N_("Publish the name")), Option(id="publish_contact", title=N_("Publish name and contact")),
    Option(id="use_data", title=N_("Use the data in the partnership")), Option(id="publish_data", title=N_("Publish the data")),
    Option(id="land", title=N_("Work on the land")),
)  # fmt: skip

TOOL = Tool(
    id="partnership", title=N_("Partnership"), icon="partnership", order=10, element="partnership",
    about=N_("Who works together, what they have agreed, what they consent to, and what they have decided."),
    operations=(
        Operation(id="add_organisation", title=N_("Add an organisation"), does=N_("Added the organisation {name}"), about=N_("A member, supporter or observer."), inputs=(NAME, *ORGANISATION_VALUES)),
        Operation(id="change_organisation", title=N_("Change an organisation"), does=N_("Changed the organisation {name}"), about=N_("What is given replaces what was there."), inputs=(ORGANISATION, NEW_NAME, *ORGANISATION_VALUES)),
        Operation(id="remove_organisation", title=N_("Remove an organisation"), does=N_("Removed the organisation {name}"), about=N_("Only when nothing refers to it."), inputs=(ORGANISATION,)),
        Operation(id="add_group", title=N_("Add a group"), does=N_("Added the group {name}"), about=N_("A group votes and answers with its own voice: women, youth, a village, companies."), inputs=(NAME, *GROUP_VALUES)),
        Operation(id="change_group", title=N_("Change a group"), does=N_("Changed the group {name}"), about=N_("What is given replaces what was there."), inputs=(GROUP, NEW_NAME, *GROUP_VALUES)),
        Operation(id="remove_group", title=N_("Remove a group"), does=N_("Removed the group {name}"), about=N_("Only when nothing refers to it."), inputs=(GROUP,)),
        Operation(id="add_person", title=N_("Add a person"), does=N_("Added a person"), about=N_("Names and contacts are private until a consent says otherwise."), inputs=(NAME, *PERSON_VALUES)),
        Operation(id="change_person", title=N_("Change a person"), does=N_("Changed a person"), about=N_("What is given replaces what was there."), inputs=(PERSON, NEW_NAME, *PERSON_VALUES)),
        Operation(id="remove_person", title=N_("Remove a person"), does=N_("Removed a person"), about=N_("With the consents given."), inputs=(PERSON,)),
        Operation(id="add_agreement", title=N_("Add an agreement"), does=N_("Added the agreement {name}"), about=N_("A text that members sign."), inputs=(NAME, *AGREEMENT_VALUES)),
        Operation(id="change_agreement", title=N_("Change an agreement"), does=N_("Changed the agreement {name}"), about=N_("Only while nobody has signed; after that a new version is a new agreement."), inputs=(AGREEMENT, NEW_NAME, *AGREEMENT_VALUES)),
        Operation(id="sign_agreement", title=N_("Sign an agreement"), does=N_("{organisation} signed {name}"), about=N_("One signature of one organisation."), inputs=(
            AGREEMENT, ORGANISATION, Reference(id="person", title=N_("Signed by"), of="person", required=False), Date(id="signed_on", title=N_("Signed on"), required=False), MEDIUM)),
        Operation(id="remove_agreement", title=N_("Remove an agreement"), does=N_("Removed the agreement {name}"), about=N_("With its signatures."), inputs=(AGREEMENT,)),
        Operation(id="record_consent", title=N_("Record a consent"), does=N_("Recorded a consent: {scope}"), about=N_("Who permits what, until when, and how it was given."), inputs=(
            Choice(id="subject_kind", title=N_("Given by"), default="person", required=False, options=(Option(id="person", title=N_("A person")), Option(id="organisation", title=N_("An organisation")))),
            Text(id="subject", title=N_("Name"), max_length=160), Choice(id="scope", title=N_("For"), options=SCOPES),
            Date(id="given_on", title=N_("Given on"), required=False), MEDIUM, Text(id="witness", title=N_("Witness"), required=False, max_length=160),
            Date(id="valid_until", title=N_("Valid until"), required=False), NOTE)),
        Operation(id="withdraw_consent", title=N_("Withdraw a consent"), does=N_("Withdrew a consent"), about=N_("From that day nothing it covered is released; copies that are out cannot be called back."), inputs=(CONSENT, Date(id="withdrawn_on", title=N_("Withdrawn on"), required=False))),
        Operation(id="remove_consent", title=N_("Remove a consent"), does=N_("Removed a consent"), about=N_("For one that was entered by mistake; otherwise withdraw it."), inputs=(CONSENT,)),
        Operation(id="open_decision", title=N_("Open a decision"), does=N_("Opened the decision {name}"), about=N_("A question with options, put to the groups by a declared method."), inputs=(
            NAME, Text(id="question", title=N_("Question"), required=False, long=True), Text(id="options", title=N_("Options"), about=N_("Separated by semicolons."), max_length=4000),
            METHOD, QUORUM, THRESHOLD,
            Text(id="subject_kind", title=N_("About a"), required=False, max_length=40, about=N_("Kind of record: scenario, intervention, goal, project…")),
            Text(id="subject", title=N_("Named"), required=False, max_length=160), OPENED_ON)),
        Operation(id="cast_votes", title=N_("Enter votes"), does=N_("Entered {ballots} ballots of {group}"), about=N_("Ballots of one group with the same ranking."), inputs=(
            DECISION, GROUP, Text(id="ranking", title=N_("Options by preference"), about=N_("Texts or numbers from 1, best first, separated by semicolons; one is enough."), max_length=2000),
            Integer(id="ballots", title=N_("Ballots"), minimum=1, maximum=1_000_000, default=1, required=False))),
        Operation(id="close_decision", title=N_("Close a decision"), does=N_("Decided {name}: {outcome}"), about=N_("Counts by the declared method and writes the outcome down."), inputs=(DECISION, MINUTES, DECIDED_ON)),
        Operation(id="remove_decision", title=N_("Remove a decision"), does=N_("Removed the decision {name}"), about=N_("With its votes."), inputs=(DECISION,)),
    ),
    pages=(PageSpec(id="partnership", title=N_("Partnership"), build="pages:partnership", about=N_("Members, agreements with their signatures, groups and decisions.")),),
    panel="panel:PartnershipPanel",
)  # fmt: skip
