"""What the commons tool offers."""

from onekl_desktop.base.specs import Choice, FilePath, Operation, Option, PageSpec, Reference, Text, Tool, Verb
from onekl_desktop.base.translate import N_

AUDIENCES = (Option(id="public", title=N_("Everybody")), Option(id="partners", title=N_("Partners")))
AUDIENCE = Choice(id="audience", title=N_("For"), default="public", required=False, options=AUDIENCES)
LICENCE = Text(
    id="licence",
    title=N_("Licence"),
    required=False,
    max_length=80,
    about=N_("For example CC-BY-4.0. Layers keep their own."),
)

TOOL = Tool(
    id="commons", title=N_("Commons"), icon="open", order=70, element="impact",
    about=N_("Choose what may leave this file, and write a bundle that other landscapes, investors and funders can read."),
    operations=(
        Operation(id="release_usual", title=N_("Release the usual"), does=N_("Released the usual fields ({count})"), about=N_("Landscape, goals, plan, projects and results; no person, no contact, no document."), inputs=(AUDIENCE,)),
        Operation(id="release", title=N_("Release fields"), does=N_("Released {fields} of each {record_kind}"), about=N_("Fields of a kind of record. What is not named stays here."), inputs=(
            Text(id="record_kind", title=N_("Kind of record"), max_length=40), Text(id="fields", title=N_("Fields"), max_length=1000, about=N_("Separated by commas.")), AUDIENCE)),
        Operation(id="take_back", title=N_("Take fields back"), does=N_("Took back {fields} of each {record_kind}"), about=N_("They stay here from now on; copies that are out cannot be called back."), inputs=(
            Text(id="record_kind", title=N_("Kind of record"), max_length=40), Text(id="fields", title=N_("Fields"), required=False, max_length=1000, about=N_("Separated by commas; empty: all.")))),
        Operation(id="release_layer", title=N_("Release a layer"), does=N_("Released the layer {name}"), about=N_("Places and the columns you name; a layer without a licence is refused."), inputs=(
            Reference(id="layer", title=N_("Layer"), of="layer"), Text(id="columns", title=N_("Columns"), required=False, max_length=1000, about=N_("Separated by commas; empty: only the column with the names.")), AUDIENCE)),
        Operation(id="take_back_layer", title=N_("Take a layer back"), does=N_("Took back the layer {name}"), about=N_("It stays here from now on."), inputs=(Reference(id="layer", title=N_("Layer"), of="layer"),)),
        Operation(id="make_bundle", title=N_("Write a bundle"), does=N_("Wrote version {version} with {rows} rows"), long=True, about=N_("GeoPackage, GeoJSON, CSV and a manifest with checksums in one file; only what was released."), inputs=(
            FilePath(id="out", title=N_("File to write"), suffixes=(".zip",), save=True), AUDIENCE, LICENCE)),
        Operation(id="withdraw_bundle", title=N_("Withdraw a bundle"), does=N_("Withdrew version {version}"), about=N_("The next bundle lists it as withdrawn; copies that are out cannot be called back."), inputs=(Reference(id="bundle", title=N_("Bundle"), of="bundle"),)),
    ),
    verbs=(Verb(words="release usual", operation="release_usual"), Verb(words="release fields", operation="release")),
    pages=(PageSpec(id="release", title=N_("What leaves"), build="pages:release", about=N_("Every field and row that a bundle would hold, and what stays and why.")),),
    panel="panel:CommonsPanel",
)  # fmt: skip
