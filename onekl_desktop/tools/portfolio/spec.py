"""What the portfolio tool offers."""

from onekl_desktop.base.specs import Choice, Date, Operation, Option, PageSpec, Reference, Text, Tool
from onekl_desktop.base.translate import N_

STAGES = (
    Option(id="idea", title=N_("Idea")), Option(id="screened", title=N_("Screened")), Option(id="profile", title=N_("Profile")),
    Option(id="feasibility", title=N_("Feasibility")), Option(id="ready", title=N_("Ready for investment")),
    Option(id="negotiating", title=N_("Negotiating")), Option(id="financed", title=N_("Financed")),
    Option(id="operating", title=N_("Operating")), Option(id="closed", title=N_("Closed")), Option(id="dropped", title=N_("Dropped")),
)  # fmt: skip

TOOL = Tool(
    id="portfolio", title=N_("Portfolio"), icon="table", order=45, element="finance",
    about=N_("All projects with their stages and sums, on one map, no hectare counted twice."),
    operations=(
        Operation(id="move_project", title=N_("Move a project to a stage"), does=N_("{name} moved from {before} to {after}"), about=N_("With the day, so that the history of a project can be told."), inputs=(
            Reference(id="project", title=N_("Project"), of="project"), Choice(id="stage", title=N_("Stage"), options=STAGES),
            Date(id="since", title=N_("Since"), required=False), Text(id="reason", title=N_("Reason"), required=False, long=True))),
    ),
    pages=(PageSpec(id="portfolio", title=N_("Investment portfolio"), build="pages:portfolio", about=N_("Map, list with stages, sums, and what is counted twice.")),),
    panel="panel:PortfolioPanel",
)  # fmt: skip
