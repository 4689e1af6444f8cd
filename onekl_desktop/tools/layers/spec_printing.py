"""What the layers tool declares about printing maps."""

from onekl_desktop.base.specs import Choice, FilePath, Flag, Number, Operation, Option, Reference, Text
from onekl_desktop.base.translate import N_

PAPERS = tuple(Option(id=size, title=size) for size in ("A4", "A3", "A2", "A1", "A0"))
GRIDS = (
    Option(id="none", title=N_("None")),
    Option(id="ticks", title=N_("Crosses")),
    Option(id="lines", title=N_("Lines")),
)
BLANKS = N_("{landscape}, {place}, {scale}, {date} and {author} are filled in when a map is printed; - for none.")

PRINTING = (
    Operation(
        id="save_layout", title=N_("Keep a page layout"), does=N_("Kept the page layout {name}"),
        about=N_("Paper, texts and parts of a printed map, for all maps of the project and for the national office's own page."),
        inputs=(
            Text(id="name", title=N_("Name"), max_length=120),
            Choice(id="paper", title=N_("Paper"), options=PAPERS, required=False),
            Flag(id="upright", title=N_("Upright"), default=None),
            Text(id="title", title=N_("Title"), required=False, max_length=200, about=BLANKS),
            Text(id="subtitle", title=N_("Subtitle"), required=False, max_length=200, about=BLANKS),
            Text(id="text", title=N_("Text beside the map"), required=False, long=True, max_length=2000, about=BLANKS),
            Number(id="scale", title=N_("Scale, 1 :"), required=False, minimum=0, maximum=1e9, about=N_("0: as large as the map fits.")),
            Choice(id="grid", title=N_("Grid"), options=GRIDS, required=False),
            Flag(id="legend", title=N_("Legend"), default=None),
            Flag(id="scale_bar", title=N_("Scale bar"), default=None),
            Flag(id="north", title=N_("North arrow"), default=None),
            Flag(id="index_map", title=N_("Index map"), default=None),
            Flag(id="sources", title=N_("Sources"), default=None),
            Flag(id="facts", title=N_("Scale, projection and date"), default=None),
            Flag(id="fade", title=N_("Fade what is around a page of an atlas"), default=None),
            Number(id="margin_mm", title=N_("Margin"), unit="mm", required=False, minimum=0, maximum=60),
            FilePath(id="logo", title=N_("Logo"), required=False, suffixes=(".png", ".jpg")),
        )),
    Operation(
        id="remove_layout", title=N_("Remove a page layout"), does=N_("Removed the page layout {name}"), about=N_("Maps that are printed stay."),
        inputs=(Reference(id="layout", title=N_("Page layout"), of="map_layout"),)),
)  # fmt: skip
