"""What the knowledge tool offers."""

from onekl_desktop.base.specs import Choice, FilePath, Operation, Option, PageSpec, Reference, Text, Tool, Year
from onekl_desktop.base.translate import N_
from onekl_desktop.engine.subject_fields import PLACE_INPUTS, SUBJECT, SUBJECT_INPUTS, SUBJECT_KIND

RESOURCE = Reference(id="resource", title=N_("Entry of the library"), of="resource")
TERM = Reference(id="glossary_term", title=N_("Word"), of="glossary_term")
LICENCE = Text(
    id="licence",
    title=N_("Licence"),
    required=False,
    max_length=80,
    about=N_("For example CC-BY-4.0. Layers keep their own."),
)
LANGUAGE = Choice(id="language", title=N_("Language"), required=False, options=(
    Option(id="en", title="English"), Option(id="id", title="Bahasa Indonesia"), Option(id="fr", title="Français"), Option(id="es", title="Español"), Option(id="other", title=N_("Another"))))  # fmt: skip
RESOURCE_VALUES = (
    Text(id="description", title=N_("Description"), required=False, long=True), Text(id="author", title=N_("Author"), required=False, max_length=200),
    Year(id="year", title=N_("Year"), required=False), LANGUAGE, Text(id="keywords", title=N_("Keywords"), required=False, max_length=400, about=N_("Separated by semicolons.")), LICENCE,
    Text(id="source", title=N_("Source"), required=False, max_length=300), Text(id="place", title=N_("Place"), required=False, max_length=160), *PLACE_INPUTS,
)  # fmt: skip
EVIDENCE_KEYS = (
    RESOURCE,
    SUBJECT_KIND.model_copy(update={"required": True}),
    SUBJECT.model_copy(update={"required": True}),
)
TERM_VALUES = (
    Text(id="definition", title=N_("Definition"), required=False, long=True, max_length=4000), Text(id="example", title=N_("Example"), required=False, long=True, max_length=2000),
    Text(id="source", title=N_("Source"), required=False, max_length=300), LANGUAGE,
)  # fmt: skip

TOOL = Tool(
    id="knowledge", title=N_("Knowledge"), icon="knowledge", order=16, element="understanding",
    about=N_("Find anything in the project, keep documents and photos with where they come from, look up words, and learn on a sample."),
    operations=(
        Operation(id="add_resource", title=N_("Add a document or photo"), does=N_("Added {name}"), long=True, about=N_("Up to 5 MB it is kept inside the project file, larger ones in the folder beside it."), inputs=(
            FilePath(id="file", title=N_("File")), Text(id="name", title=N_("Name"), required=False, max_length=160), *SUBJECT_INPUTS, *RESOURCE_VALUES)),
        Operation(id="add_link", title=N_("Add a link"), does=N_("Added the link {name}"), about=N_("A document that stays where it is."), inputs=(
            Text(id="name", title=N_("Name"), max_length=160), Text(id="link", title=N_("Address"), max_length=400), *RESOURCE_VALUES)),
        Operation(id="add_layer", title=N_("Add a layer to the library"), does=N_("Added the layer {name} to the library"), about=N_("A layer of this project, so that it is found and cited like a document."), inputs=(
            Reference(id="layer", title=N_("Layer"), of="layer"), Text(id="name", title=N_("Name"), required=False, max_length=160), *RESOURCE_VALUES)),
        Operation(id="change_resource", title=N_("Change an entry of the library"), does=N_("Changed {name}"), about=N_("What is said about it; the file stays as it is."), inputs=(
            RESOURCE, Text(id="name", title=N_("Name"), required=False, max_length=160), *RESOURCE_VALUES)),
        Operation(id="remove_resource", title=N_("Remove a document or photo"), does=N_("Removed {name}"), about=N_("Only when nothing refers to it."), inputs=(RESOURCE,)),
        Operation(id="attach_evidence", title=N_("Attach as evidence"), does=N_("Attached {name} to {subject}"), about=N_("The entry speaks for a record; the hash of its file is kept with it."), inputs=(*EVIDENCE_KEYS, Text(id="note", title=N_("Note"), required=False, max_length=1000))),
        Operation(id="detach_evidence", title=N_("Detach evidence"), does=N_("Detached {name} from {subject}"), about=N_("Both stay."), inputs=EVIDENCE_KEYS),
        Operation(id="add_term", title=N_("Add a word to the glossary"), does=N_("Added the word {name}"), about=N_("A word as this office uses it; it stands before the one that comes along."), inputs=(Text(id="name", title=N_("Word"), max_length=120), *TERM_VALUES)),
        Operation(id="change_term", title=N_("Change a word of the glossary"), does=N_("Changed the word {name}"), about=N_("What is given replaces what was there."), inputs=(TERM, Text(id="name", title=N_("Word"), required=False, max_length=120), *TERM_VALUES)),
        Operation(id="remove_term", title=N_("Remove a word from the glossary"), does=N_("Removed the word {name}"), about=N_("The word that comes along is shown again."), inputs=(TERM,)),
    ),
    pages=(PageSpec(id="library", title=N_("Library and glossary"), build="pages:library", about=N_("All entries with licence, place and hash, what they are evidence of, and the words.")),),
    panel="panel:KnowledgePanel",
)  # fmt: skip
