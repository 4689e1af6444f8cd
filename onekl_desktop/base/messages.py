"""Every sentence that tells a person what went wrong: code -> exit code, what and why, what to do."""

from __future__ import annotations

from typing import NamedTuple

from onekl_desktop.base.translate import N_


class Message(NamedTuple):
    """Exit code, sentence with {facts}, and the remedy."""

    exit_code: int
    text: str
    remedy: str = ""


_INPUT, _FILE, _BUSY, _MISSING = 3, 4, 5, 6

MESSAGES: dict[str, Message] = {
    # ---- files in general
    "file.missing": Message(_INPUT, N_("There is no file {file}."), N_("Check the name and the folder.")),
    "file.is_folder": Message(_INPUT, N_("{file} is a folder, not a file."), N_("Name a file inside it.")),
    "file.exists": Message(_BUSY, N_("{file} exists already and was left alone."), N_("Choose another name, or remove the file first.")),
    "file.read_only": Message(_BUSY, N_("{file} cannot be written: {reason}."), N_("Copy it to a folder of your own, or ask for write permission.")),
    "file.no_space": Message(_BUSY, N_("There is no room left to write {file}; nothing was changed."), N_("Free some space on that disk and try again.")),
    "file.medium_gone": Message(_BUSY, N_("{file} could not be read or written: {reason}. Was the stick or the network drive removed?"), N_("Put it back and try again; the work so far is kept in the recovery copy.")),
    # ---- project files
    "project.not_geopackage": Message(_FILE, N_("{file} is not a GeoPackage, so it cannot be a project file."), N_("Choose a .gpkg file made by 1KL Desktop, or import this file into a project as a layer.")),
    "project.not_ours": Message(_FILE, N_("{file} is a GeoPackage, but not a 1KL Desktop project."), N_("Make a project with `onekl new` and import this file into it.")),
    "project.broken": Message(_FILE, N_("{file} is damaged ({reason}). It was left as it is."), N_("Open the newest backup in the folder {backups}, or ask for a fresh copy of the file.")),
    "project.newer": Message(_FILE, N_("{file} was made by a newer version of 1KL Desktop (file version {found}, this program reads up to {known})."), N_("Install the newer version; this one would lose data.")),
    "project.foreign_code": Message(_FILE, N_("{file} carries a {kind} named {name} that 1KL Desktop did not write. It could change data behind your back, so the file was not opened."), N_("Ask where the file comes from; in QGIS or another SQLite program the {kind} can be looked at and removed.")),
    "project.open_elsewhere": Message(_BUSY, N_("{file} is open elsewhere: {who} on {host}, since {since}."), N_("Close it there first, or open a copy. If that program crashed, remove the file {lock}.")),
    "project.busy": Message(_BUSY, N_("{file} is being used by another program (QGIS, a backup or a virus scanner?)."), N_("Wait or close that program, and try again; nothing was changed.")),
    "project.read_only_session": Message(_BUSY, N_("{file} was opened for reading only, so nothing can be changed in it."), N_("Save a copy under another name and work in that.")),
    "project.changed_outside": Message(_BUSY, N_("{file} was changed by somebody else while you worked on it. Your work is safe in {copy}."), N_("Save your work under another name with Save as.")),
    "project.no_landscape": Message(_FILE, N_("{file} has no landscape."), N_("The project was not finished: make it again with `onekl new`.")),
    # ---- new project
    "new.no_name": Message(_INPUT, N_("The landscape needs a name."), N_("Give one with --name.")),
    "boundary.no_polygon": Message(_INPUT, N_("{file} has no polygon, so it cannot be the boundary of a landscape."), N_("Choose a file with at least one polygon.")),
    "boundary.no_crs": Message(_INPUT, N_("{file} does not say in which coordinate reference system its numbers are."), N_("Name it, for example --crs EPSG:4326 for degrees or EPSG:32647 for UTM zone 47 north.")),
    "boundary.crosses_itself": Message(_INPUT, N_("The boundary in {file} crosses itself near {place}; as repaired it covers {area}."), N_("Look at the repair on the map and accept it (--repair), or mend the file.")),
    "boundary.at_origin": Message(_INPUT, N_("The boundary in {file} lies at 0°, 0° in the Gulf of Guinea, where no land is; its coordinates are probably not in the system it names ({crs})."), N_("Find out the true coordinate system of the file and name it with --source-crs.")),
    "boundary.swapped": Message(_INPUT, N_("The boundary in {file} seems to have latitude and longitude swapped: it reaches {found} degrees north, and there is no such place."), N_("Accept the swapped version (--repair), or mend the file.")),
    "boundary.in_the_sea": Message(_INPUT, N_("The boundary in {file} lies in the sea at {found}; with latitude and longitude swapped it lies on land."), N_("Accept the swapped version (--repair), or mend the file; if the place is right, name its coordinate system with --source-crs.")),
    "boundary.not_on_earth": Message(_INPUT, N_("The boundary in {file} has coordinates that do not exist in {crs} ({found})."), N_("Find out the true coordinate system of the file and name it with --source-crs.")),
    "boundary.empty": Message(_INPUT, N_("The boundary in {file} encloses no area."), N_("Choose a file with a polygon that has an inside.")),
    "crs.unknown": Message(_INPUT, N_("{crs} is not a coordinate reference system that is known here."), N_("Write an EPSG code such as EPSG:32647.")),
    "crs.not_projected": Message(_INPUT, N_("{crs} counts in degrees; a project needs metres."), N_("Leave the choice to the program, or name a projected system such as the UTM zone.")),
    # ---- import
    "import.unreadable": Message(_INPUT, N_("{file} cannot be read as a map: {reason}."), N_("Open it in QGIS to see whether it is whole, and export it again.")),
    "import.unknown_kind": Message(_INPUT, N_("{file} is of a kind that cannot be imported ({kind})."), N_("Use GeoPackage, GeoJSON, shapefile or GeoTIFF.")),
    "import.no_layer": Message(_INPUT, N_("{file} has no layer named {layer}; it has: {found}."), N_("Choose one of them with --layer.")),
    "import.several_layers": Message(_INPUT, N_("{file} has several layers: {found}."), N_("Choose one with --layer.")),
    "import.no_crs": Message(_INPUT, N_("{file} does not say in which coordinate reference system its numbers are."), N_("Name it with --source-crs, for example EPSG:4326.")),
    "import.no_features": Message(_INPUT, N_("{file} has no shape that can be used."), N_("Check the file in QGIS.")),
    "import.outside": Message(_INPUT, N_("{file} lies wholly outside the landscape {landscape}."), N_("Check its coordinate system, or whether it is the right file.")),
    "import.not_classes": Message(_INPUT, N_("{file} holds numbers with decimals or more than 65,535 different values, so it cannot be a land-cover map."), N_("Import it with another role, or export it as classes first.")),
    "import.bad_table": Message(_INPUT, N_("The class table {file} cannot be used: {reason}."), N_("It needs a column of codes and a column of names.")),
    "import.too_large": Message(_INPUT, N_("{file} has {cells} million cells; this version imports rasters up to {most} million."), N_("Cut it to the landscape first.")),
    "import.multiband": Message(_INPUT, N_("{file} has {bands} bands; a land-cover map or a model input has one."), N_("Choose one with --band.")),
    # ---- operations
    "operation.unknown": Message(2, N_("There is no operation {operation}."), N_("`onekl do --list` shows them.")),
    "operation.unknown_field": Message(2, N_("{operation} has no field {name}."), N_("Its fields are: {known}.")),
    "field.not_date": Message(_INPUT, N_("{title}: {value} is not a date."), N_("Write it as year-month-day, for example 2026-11-24.")),
    "field.required": Message(_INPUT, N_("{title} is needed."), N_("Fill it in.")),
    "field.not_number": Message(_INPUT, N_("{title}: {value} is not a number."), N_("Write digits, with a point for decimals.")),
    "field.too_small": Message(_INPUT, N_("{title}: {value} is below {minimum}."), N_("Give {minimum} or more.")),
    "field.too_large": Message(_INPUT, N_("{title}: {value} is above {maximum}."), N_("Give {maximum} or less.")),
    "field.too_long": Message(_INPUT, N_("{title} is longer than {maximum} characters."), N_("Shorten it.")),
    "field.not_choice": Message(_INPUT, N_("{title}: {value} is not one of {choices}."), N_("Choose one of them.")),
    "field.not_colour": Message(_INPUT, N_("{title}: {value} is not a colour."), N_("Write it as #rrggbb.")),
    "field.not_flag": Message(_INPUT, N_("{title}: {value} is neither yes nor no."), N_("Write yes or no.")),
    "field.not_shape": Message(_INPUT, N_("{title}: this is not a shape that can be read ({reason})."), N_("Give GeoJSON or WKT in the project's coordinates.")),
    "field.shape_kind": Message(_INPUT, N_("{title}: a {found} is not an area."), N_("Draw a polygon.")),
    "field.not_schedule": Message(_INPUT, N_("{title}: {reason}."), N_("Write years with shares that add up to 100 %, for example 2026:50%, 2027:50%.")),
    "field.not_json": Message(_INPUT, N_("{title}: {reason}."), N_("Write JSON.")),
    "history.nothing_to_undo": Message(_INPUT, N_("There is nothing to undo."), N_("History starts when the project is opened.")),
    "history.nothing_to_redo": Message(_INPUT, N_("There is nothing to redo.")),
    "history.conflict": Message(_BUSY, N_("The table {table} was changed from outside since, so this step cannot be undone or redone; nothing was changed."), N_("Reload the project and make the change by hand.")),
    "record.missing": Message(_INPUT, N_("There is no {kind} {value} in this project."), N_("{known}")),
    "record.ambiguous": Message(_INPUT, N_("Several {kind} are named {value}."), N_("Use the identity instead of the name.")),
    "record.in_use": Message(_INPUT, N_("The {kind} {name} is still used by {users}."), N_("Remove or change those first.")),
    "record.name_taken": Message(_INPUT, N_("There is a {kind} named {name} already."), N_("Choose another name.")),
    # ---- layers
    "layers.in_use": Message(_INPUT, N_("The layer {name} is the land cover of this project and has runs that depend on it."), N_("Choose another land cover first.")),
    "layers.not_vector": Message(_INPUT, N_("{name} is not a vector layer.")),
    "layers.not_classes": Message(_INPUT, N_("{name} has no classes to style."), N_("Choose a column, or a land-cover layer.")),
    # ---- scenarios
    "scenarios.outside_landscape": Message(_INPUT, N_("The shape lies outside the landscape {landscape}, so nothing of it can be planned here."), N_("Draw inside the boundary.")),
    "scenarios.no_area": Message(_INPUT, N_("The shape encloses no area."), N_("Draw a polygon with an inside.")),
    "scenarios.baseline_has_none": Message(_INPUT, N_("{name} is the baseline, the future without interventions."), N_("Add the intervention to a scenario.")),
    "scenarios.locked": Message(_INPUT, N_("The scenario {name} is locked because it was decided."), N_("Make a copy of it and change that.")),
    "scenarios.baseline_stays": Message(_INPUT, N_("The baseline cannot be removed: every comparison needs it.")),
    "scenarios.no_land_cover": Message(_INPUT, N_("No land-cover map is chosen, so there is nothing to compute on."), N_("Import one and choose it as the land cover of the project.")),
    "scenarios.no_carbon": Message(_INPUT, N_("The land-cover classes {classes} have no carbon values."), N_("Enter them in the legend, with their source.")),
    "scenarios.practice_used": Message(_INPUT, N_("The practice {name} is used by {count} interventions."), N_("Change or remove those first.")),
    "scenarios.unknown_class": Message(_INPUT, N_("The practice {name} turns land into the class {class_code}, which the legend does not have."), N_("Choose another class for the practice.")),
    "scenarios.no_year": Message(_INPUT, N_("The land-cover layer {name} has no year, so nothing can be counted from it."), N_("Set its year.")),
    # ---- warnings on pages and in checks
    "areas.differ": Message(_INPUT, N_("{name}: the shape has {shape} ha and its cells {cells} ha; money uses the shape, maps use the cells."), N_("A finer land-cover map brings them together.")),
    "areas.below_cell": Message(_INPUT, N_("{name} is smaller than a cell of the land-cover map: its {shape} ha count in money, but models cannot see it."), N_("Use a finer land-cover map.")),
    "areas.overlap": Message(_INPUT, N_("{name} and {other} overlap by {area} ha; there the one that starts later ({later}) decides the land cover, and both cost money."), N_("Draw them apart if that is not meant.")),
    "check.sqlite": Message(_FILE, N_("The database is damaged: {reason}."), N_("Restore the newest backup.")),
    "check.reference": Message(_FILE, N_("{table} {row} points at a {kind} that does not exist ({value})."), N_("Choose another {kind} for it, or remove it.")),
    "check.geometry": Message(_FILE, N_("The shape of {table} {row} is broken: {reason}."), N_("Draw it again.")),
    "check.contents": Message(_FILE, N_("The GeoPackage bookkeeping names a table {table} that does not exist."), N_("Restore the newest backup.")),
    "check.unregistered": Message(_FILE, N_("The table {table} is not registered in the GeoPackage, so QGIS cannot open it."), N_("Restore the newest backup.")),
    "check.rtree": Message(_FILE, N_("The spatial index of {table} does not match its shapes ({index} entries, {shapes} shapes)."), N_("Rebuild it in QGIS.")),
    "check.raster_file": Message(_FILE, N_("The raster file {name} that belongs to the project is missing."), N_("Put the folder {folder} back beside the project file.")),
    # ---- runs, reports, plug-ins, settings
    "report.unknown": Message(2, N_("There is no report {report}."), N_("There are: {known}.")),
    "report.unknown_format": Message(2, N_("A report cannot be written as {kind}."), N_("Name a file that ends in .pdf or .html.")),
    "plugin.bad": Message(_INPUT, N_("{file} is not a plug-in that can be installed: {reason}."), N_("Ask its author for a .zip that holds one folder with a spec.py.")),
    "plugin.exists": Message(_INPUT, N_("A tool named {tool} is installed already."), N_("Remove it first with `onekl plugins remove {tool}`.")),
    "plugin.missing": Message(_INPUT, N_("No plug-in named {tool} is installed."), N_("`onekl plugins` lists them.")),
    "plugin.failed": Message(_INPUT, N_("The plug-in {tool} could not be loaded: {reason}."), N_("The other tools work; remove the plug-in or ask its author.")),
    "setting.unknown": Message(2, N_("There is no setting {setting}."), N_("There are: {known}.")),
    "display.missing": Message(_MISSING, N_("There is no display to open a window on."), N_("Use the commands (`onekl --help`), or start from a desktop session.")),
    "demo.folder_used": Message(_BUSY, N_("The folder {file} holds files that the demo did not make."), N_("Choose an empty folder with --out.")),
    # ---- partnership, decisions, goals, rounds
    "partnership.signed": Message(_INPUT, N_("{name} has {count} signatures, so its text stays as it is."), N_("Add a new agreement that replaces it.")),
    "partnership.signed_twice": Message(_INPUT, N_("{organisation} has signed {name} already."), N_("Choose another organisation or agreement.")),
    "partnership.no_witness": Message(_INPUT, N_("A spoken consent needs a witness, or nobody can rely on it."), N_("Enter the name of the witness, or choose another way in which it was given.")),
    "partnership.withdrawn": Message(_INPUT, N_("This consent was withdrawn on {date} already."), N_("Record a new consent if it was given again.")),
    "decision.few_options": Message(_INPUT, N_("{name} needs at least two different options."), N_("Separate the options by semicolons.")),
    "decision.closed": Message(_INPUT, N_("{name} has been decided; nothing can be changed in it."), N_("Open a new decision.")),
    "decision.no_votes": Message(_INPUT, N_("Nobody has voted in {name} yet."), N_("Enter the ballots of the groups first.")),
    "decision.unknown_option": Message(_INPUT, N_("{name} has no option {option}, or it is named twice in this ranking."), N_("The options are: {known}.")),
    "decision.too_many": Message(_INPUT, N_("{ballots} ballots are more than the {members} members of {name}."), N_("Check the count, or the number of members of the group.")),
    "visioning.few_goals": Message(_INPUT, N_("A vote needs at least two goals; there are {count}."), N_("Add the goals first.")),
    "visioning.no_direction": Message(_INPUT, N_("The target {name} is the same as its baseline, so progress towards it cannot be told."), N_("Enter a quantity that differs from the baseline.")),
    "visioning.years": Message(_INPUT, N_("The target {name} shall hold by {year}, which is not after its baseline year {baseline_year}."), N_("Enter a later year.")),
    "visioning.in_circle": Message(_INPUT, N_("{name} would wait for itself: {chain}."), N_("Choose another action that comes before.")),
    "visioning.computed": Message(_INPUT, N_("{name} is computed by a model; its definition is the model's."), N_("Add an indicator of your own instead.")),
    "governance.closed": Message(_INPUT, N_("The round {name} is closed."), N_("Start a new round.")),
    "governance.not_answers": Message(_INPUT, N_("The card cannot be read: {reason}."), N_("Write question=score, for example D1.1=2, with 0 to 3, ? for don't know and - for no answer, separated by commas.")),
    "governance.unknown_question": Message(_INPUT, N_("The round has no question {question}."), N_("Its questions are {known}.")),
    "governance.no_cards": Message(_INPUT, N_("The round {name} has no card yet, so there is nothing to score."), N_("Enter the cards of the groups first.")),
    "governance.no_card": Message(_INPUT, N_("The round {name} has no card {card}."), N_("Check the number on the card.")),
    # ---- projects and portfolio
    "lift.claimed": Message(_INPUT, N_("{name} belongs to the project {project} already; its hectares and its money can be counted only once."), N_("Remove it there first.")),
    "lift.no_parts": Message(_INPUT, N_("The project {name} has no intervention yet, so there are no hectares to compute with."), N_("Add an intervention of a scenario to the project.")),
    "lift.not_part": Message(_INPUT, N_("{name} is not part of the project {project}."), N_("Choose one of its interventions.")),
    "lift.no_horizon": Message(_INPUT, N_("The project {name} starts in {start}, after its last year {end}."), N_("Enter a horizon in years, or move the landscape's horizon.")),
    "lift.line_years": Message(_INPUT, N_("{name} ends ({last}) before it begins ({first})."), N_("Swap the two, or leave the end empty.")),
    "lift.ticket": Message(_INPUT, N_("{name}: the smallest amount {minimum} is larger than the largest {maximum}."), N_("Swap the two.")),
    "portfolio.same_stage": Message(_INPUT, N_("The project {name} is in the stage {stage} already."), N_("Choose another stage.")),
    "impact.range": Message(_INPUT, N_("The value {value} lies outside its own range {low} to {high}."), N_("Check the three numbers.")),
    "impact.no_date": Message(_INPUT, N_("An observation needs the day or the year in which it was made."), N_("Enter one of the two.")),
    "impact.other_indicator": Message(_INPUT, N_("The target {target} is about {wanted}, not about {indicator}."), N_("Choose the target's own indicator, or leave the target empty.")),
    # ---- commons
    "commons.no_field": Message(_INPUT, N_("{kind} has no field {name} that could be released."), N_("There are: {known}.")),
    "commons.never": Message(_INPUT, N_("A {kind} is never released: it could tell who said what."), N_("Release the scores of the round instead.")),
    "commons.no_licence": Message(_INPUT, N_("The layer {name} has no licence, so nobody may pass it on."), N_("Enter its licence (for example CC-BY-4.0) in the layer's description, or leave it out.")),
    "commons.nothing": Message(_INPUT, N_("Nothing has been released to this audience, so the bundle would be empty."), N_("Choose what may leave in the commons tool.")),
    "commons.too_large": Message(_INPUT, N_("{file} has {size} MB; documents may have up to {limit} MB."), N_("Keep a link to it instead.")),
    "commons.withdrawn": Message(_INPUT, N_("Version {version} was withdrawn already."), N_("The next bundle tells it.")),
    "bundle.broken": Message(_FILE, N_("{file} is not a sound bundle: {reason}."), N_("Ask for a fresh copy; nothing of it was used.")),
    "scenarios.baseline_no_plan": Message(_INPUT, N_("The baseline is the future without interventions; it cannot be the plan."), N_("Choose another scenario.")),
    "bundle.no_out": Message(2, N_("The bundle needs a file to be written to."), N_("Add --out NAME.zip, or --check to look at a bundle.")),
}  # fmt: skip
