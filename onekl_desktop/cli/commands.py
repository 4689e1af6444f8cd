"""Every verb of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from onekl_desktop.base.errors import FILE, INPUT, USAGE, UserError
from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, format_quantity
from onekl_desktop.cartography.layout import PAPERS, Layout
from onekl_desktop.cartography.printing import atlas_of, contents_of, for_atlas, list_layouts, write_map
from onekl_desktop.cartography.source import MapSource
from onekl_desktop.cli import finance, landcover, lift, models, operations, scenario
from onekl_desktop.cli.demo import run_demo
from onekl_desktop.cli.output import Output
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.new import make_project
from onekl_desktop.engine.plugins import install_plugin, list_plugins, remove_plugin
from onekl_desktop.engine.registry import Registry
from onekl_desktop.engine.samples import SAMPLE, list_samples
from onekl_desktop.engine.search import SearchIndex
from onekl_desktop.exchange.boundary import read_boundary
from onekl_desktop.exchange.bundle.read import check_bundle
from onekl_desktop.project.check import check_project
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import Intervention, JournalEntry, Landscape, Meta, Scenario
from onekl_desktop.project.workspace import list_recoverable
from onekl_desktop.reports.maps import ensure_fonts
from onekl_desktop.reports.write import write_report
from onekl_desktop.tools.layers.queries import describe_layers
from onekl_desktop.tools.scenarios.queries import compare, comparison_as_data
from onekl_desktop.tools.scenarios.runs import run_scenarios


@dataclass(frozen=True)
class Command:
    """A verb: its name, a sentence, its arguments and what it does."""

    name: str
    about: str
    arguments: Callable[[argparse.ArgumentParser, Registry], None]
    run: Callable[[Any, Output], int | None]


def _file(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE.gpkg", type=Path, help=_("The project file."))


# ------------------------------------------------------------------ new, info, check


def _new_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    _file(verb)
    verb.add_argument("--name", required=True, help=_("Name of the landscape."))
    verb.add_argument("--boundary", required=True, type=Path, help=_("File with the boundary."))
    verb.add_argument("--crs", default="", help=_("Coordinate system of the project; chosen (UTM) when left out."))
    verb.add_argument("--source-crs", default="", help=_("Coordinate system of the boundary file, when it names none."))
    verb.add_argument("--layer", default="", help=_("Layer in the boundary file."))
    verb.add_argument("--feature", default="", metavar="COLUMN=VALUE", help=_("Take one row of a file with many."))
    verb.add_argument("--repair", action="store_true", help=_("Accept the proposed repair of the boundary."))


def _new(options: Any, output: Output) -> int:
    plan = read_boundary(
        options.boundary, crs=options.crs, source_crs=options.source_crs, layer=options.layer, feature=options.feature
    )
    if plan.needs_repair and not options.repair:
        raise UserError(plan.problems[0].code, plan.problems)
    for problem in plan.problems:
        output.say(problem.message)
    landscape = Landscape(
        name=options.name, crs=plan.crs, area_ha=plan.area_ha, geom=plan.shape, boundary_source=options.boundary.name
    )
    path = make_project(options.file, landscape)
    for sentence in plan.sentences:
        output.line(sentence)
    output.line(_("Made {file}.").format(file=path))
    output.data(
        {
            "file": str(path),
            "crs": plan.crs,
            "area_ha": plan.area_ha,
            "problems": [problem.as_dict() for problem in plan.problems],
        }
    )
    return 0


def _only_file(verb: argparse.ArgumentParser, registry: Registry) -> None:
    _file(verb)


def _info(options: Any, output: Output) -> int:
    with Session(options.file, registry=options.registry, read_only=True) as session:
        with session.read() as db:
            landscape = get_landscape(db)
            count = db.scalar(select(func.count(Intervention.id))) or 0
            meta = dict(db.execute(select(Meta.key, Meta.value)).all())
            steps = db.scalar(select(func.count(JournalEntry.id))) or 0
        layers = describe_layers(session)
        comparison = compare(session)
    output.line(f"{landscape.name}" + (f"  ({_('invented landscape')})" if landscape.synthetic else ""))
    output.line(f"  {_('Area')}: {format_quantity(landscape.area_ha, 'ha')}   {_('Coordinates')}: {landscape.crs}")
    output.line(f"  {_('Layers')}: {len(layers)}   {_('Interventions')}: {count}   {_('Journal entries')}: {steps}")
    for layer in layers:
        year = f", {layer['year']}" if layer["year"] else ""
        output.line(f"    {layer['name']} ({layer['kind']}{year})")
    for state in comparison.scenarios:
        output.line(f"  {state.scenario.name}: {_(STATES[state.word])}")
    output.data({
        "name": landscape.name, "synthetic": landscape.synthetic, "area_ha": landscape.area_ha, "crs": landscape.crs,
        "currency": landscape.currency, "price_year": landscape.price_year, "schema_version": meta.get("schema_version"),
        "layers": layers, "interventions": count,
        "scenarios": [{"name": state.scenario.name, "state": state.word, "problem": state.problem} for state in comparison.scenarios],
    })  # fmt: skip
    return 0


STATES = {
    "current": N_("computed"),
    "stale": N_("out of date"),
    "missing": N_("not computed yet"),
    "blocked": N_("cannot be computed yet"),
}


def _check(options: Any, output: Output) -> int:
    with (
        Session(options.file, registry=options.registry, read_only=True) as session,
        session.read() as db,
        session.project.read_raw() as raw,
    ):
        problems = check_project(raw, db, session.project.files_folder)
    for problem in problems:
        output.line(problem.sentence())
    if not problems:
        output.line(_("{file} is sound.").format(file=options.file))
    output.data({"file": str(options.file), "problems": [problem.as_dict() for problem in problems]})
    return FILE if problems else 0


# ------------------------------------------------------------------ run, report


def _run_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    _file(verb)
    verb.add_argument(
        "--scenario", action="append", metavar="NAME", help=_("Only this scenario (and the baseline); may be repeated.")
    )
    verb.add_argument("--force", action="store_true", help=_("Compute also what is up to date."))


def compute(options: Any, output: Output) -> int:
    """Compute the scenarios that are out of date, and show the comparison."""
    with Session(options.file, registry=options.registry) as session:
        with output.progress() as progress:
            done = run_scenarios(session, options.scenario, force=options.force, progress=progress)
        comparison = compare(session)
    output.line(_("Computed: {names}.").format(names=", ".join(done)) if done else _("Everything is up to date."))
    show_comparison(comparison, output)
    output.data({"computed": done, **comparison_as_data(comparison)})
    return 0


def show_comparison(comparison: Any, output: Output) -> None:
    """The comparison as a table of text."""
    names = [state.scenario.name for state in comparison.scenarios]
    title = _("In {year}").format(year=comparison.horizon_year)
    lines = [[title, *names]]
    for row in comparison.rows:
        lines.append([row.label, *(format_number(value, row.decimals) for value in row.values)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(names) + 1)]
    for line in lines:
        output.line(
            "  ".join(
                [
                    line[0].ljust(widths[0]),
                    *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
                ]
            )
        )
    for warning in comparison.warnings:
        output.line(f"! {warning['scenario']}: {warning['message']}")


def _report_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    _file(verb)
    verb.add_argument("report", metavar="REPORT", help=", ".join(page.id for _entry, page in registry.list_pages()))
    verb.add_argument(
        "--out", required=True, type=Path, metavar="X.pdf|.html|.docx|.xlsx|.pptx", help=_("File to write.")
    )
    verb.add_argument(
        "--about", "--project", metavar="NAME", default="", dest="subject",
        help=_("Which record (project, decision, meeting, agreement), for reports about one."),
    )  # fmt: skip


def _report(options: Any, output: Output) -> int:
    with Session(options.file, registry=options.registry, read_only=True) as session:
        path = write_report(session, options.report, options.out, subject=options.subject)
    output.line(_("Wrote {file}.").format(file=path))
    output.data({"file": str(path)})
    return 0


# ------------------------------------------------------------------ search


def _search_arguments(verb: argparse.ArgumentParser, _registry: Registry) -> None:
    _file(verb)
    verb.add_argument("words", nargs="+", metavar="WORD", help=_("Words, or their beginnings."))


def _search(options: Any, output: Output) -> int:
    with Session(options.file, registry=options.registry, read_only=True) as session:
        index = SearchIndex(session)
        try:
            found = index.find(" ".join(options.words))
        finally:
            index.close()
    for item in found:
        output.line(f"{_(RECORD_WORDS.get(item.kind, item.kind))}: {item.title or '–'}  {item.extract}".rstrip())
    if not found:
        output.line(_("Nothing was found."))
    output.data(
        {
            "found": [
                {"kind": item.kind, "uuid": item.uuid, "name": item.title, "extract": item.extract} for item in found
            ]
        }
    )
    return 0


# ------------------------------------------------------------------ maps


def _map_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    _file(verb)
    verb.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help=_("Where to write it: .pdf, .png, .svg or .tif.")
    )
    verb.add_argument("--layout", default="", help=_("A page layout of the project; the usual page when left out."))
    verb.add_argument("--paper", default="", choices=("", *PAPERS), help=_("Size of the paper."))
    verb.add_argument("--upright", action="store_true", help=_("Upright instead of lying."))
    verb.add_argument("--title", default="", help=_("Title of the page."))
    verb.add_argument(
        "--scale", type=float, default=0.0, help=_("Denominator of the scale; as large as it fits when left out.")
    )
    verb.add_argument(
        "--box",
        type=float,
        nargs=4,
        metavar=("LEFT", "BOTTOM", "RIGHT", "TOP"),
        help=_("What to show, in metres of the map; the landscape when left out."),
    )
    verb.add_argument("--atlas", default="", metavar="LAYER", help=_("A page for each shape of this layer."))
    verb.add_argument("--scenario", default="", help=_("Show the interventions of this scenario."))


def _map(options: Any, output: Output) -> int:
    ensure_fonts()
    with Session(options.file, registry=options.registry, read_only=True) as session, output.progress() as progress:
        layouts = {layout.name: layout for layout in list_layouts(session.project)}
        if options.layout and options.layout not in layouts:
            known = _("There are: {names}.").format(names=", ".join(layouts) or "–")
            raise UserError("record.missing", kind=_("page layout"), value=options.layout, known=known)
        given = {
            key: value
            for key, value in (("paper", options.paper), ("title", options.title), ("scale", options.scale))
            if value
        }
        layout = replace(layouts.get(options.layout, Layout()), **given)
        layout.upright = layout.upright or options.upright
        source = MapSource(session.project)
        scenario = ""
        if options.scenario:
            with session.read() as db:
                scenario = get_by_name(db, Scenario, options.scenario, field="scenario").uuid
        layers = source.scene(scenario=scenario)
        author = session.settings.get("author")
        if options.atlas:
            layout = for_atlas(layout)
            contents = atlas_of(session.project, source, layers, options.atlas, author)
        else:
            box = tuple(options.box) if options.box else source.bounds()
            contents = [contents_of(session.project, layers, box, author=author)]
        written = write_map(options.out, layout, contents, progress)
    for path in written:
        output.line(_("Wrote {file}.").format(file=path))
    output.data({"files": [str(path) for path in written], "pages": len(contents)})
    return 0


# ------------------------------------------------------------------ demo, plug-ins, recovery


def _bundle_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    verb.add_argument("file", type=Path, help=_("The project file, or with --check the bundle."))
    verb.add_argument("--out", type=Path, help=_("The bundle to write (.zip)."))
    verb.add_argument("--audience", default="public", choices=("public", "partners"), help=_("Who may read it."))
    verb.add_argument("--licence", default="", help=_("For example CC-BY-4.0."))
    verb.add_argument("--check", action="store_true", help=_("Tell whether a bundle is whole and what is in it."))


def _bundle(options: Any, output: Output) -> int:
    if options.check:
        manifest = check_bundle(options.file)
        output.line(_("{file} is whole: version {version}, {count} files.").format(
            file=options.file, version=manifest["version"], count=len(manifest["files"])))  # fmt: skip
        output.data(manifest)
        return 0
    if options.out is None:
        raise UserError("bundle.no_out")
    with Session(options.file, registry=options.registry) as session, output.progress() as progress:
        made = perform(
                session, "commons.make_bundle", progress=progress, out=str(options.out), audience=options.audience, licence=options.licence
            )  # fmt: skip
    output.line(_("Wrote {file} with {rows} rows.").format(file=made["file"], rows=made["rows"]))
    output.data(made)
    return 0


def _demo_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    verb.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help=_("Folder for the sample project and its pages.")
    )
    verb.add_argument("--sample", default=SAMPLE, choices=list_samples(), help=_("Which sample landscape."))


def _demo(options: Any, output: Output) -> int:
    with output.progress() as progress:
        made = run_demo(options.out, registry=options.registry, progress=progress, sample=options.sample)
    with Session(made.project, registry=options.registry, read_only=True) as session:
        comparison = compare(session)
    show_comparison(comparison, output)
    for path in (made.project, *made.pages, made.bundle):
        output.line(_("Wrote {file}.").format(file=path))
    output.data(
        {"project": str(made.project), "pages": [str(path) for path in made.pages], **comparison_as_data(comparison)}
    )
    return 0


def _plugins_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    verb.add_argument("action", choices=("list", "install", "remove"), nargs="?", default="list")
    verb.add_argument("what", nargs="?", metavar="FILE.zip|TOOL", help=_("The file to install, or the tool to remove."))


def _plugins(options: Any, output: Output) -> int:
    if options.action == "list":
        found = list_plugins(options.registry)
        for item in found:
            output.line(f"{item['tool']}  –  {_(item['title'])}")
        if not found:
            output.line(_("No plug-ins are installed."))
        output.data({"plugins": found, "problems": [problem.as_dict() for problem in options.registry.problems]})
        return INPUT if options.registry.problems else 0
    if not options.what:
        output.say(_("Name the file to install or the tool to remove."))
        return USAGE
    if options.action == "install":
        tool = install_plugin(Path(options.what))
        output.line(_("Installed {tool}.").format(tool=tool))
    else:
        remove_plugin(options.what)
        output.line(_("Removed {tool}.").format(tool=options.what))
    output.data({"action": options.action, "what": options.what})
    return 0


def _recover_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    verb.add_argument("number", nargs="?", type=int, help=_("Which of the listed copies to take."))
    verb.add_argument("--out", type=Path, help=_("Where to put it."))


def _recover(options: Any, output: Output) -> int:
    from onekl_desktop.project.workspace import backup_database

    found = list_recoverable()
    if options.number is None:
        for number, item in enumerate(found, start=1):
            output.line(f"{number}  {item.original}")
        if not found:
            output.line(_("There is no unsaved work from an earlier crash."))
    elif not 1 <= options.number <= len(found) or options.out is None:
        output.say(_("Give the number of a listed copy and --out FILE.gpkg."))
        return USAGE
    else:
        if options.out.exists():
            raise UserError("file.exists", file=options.out)
        backup_database(found[options.number - 1].copy, options.out)
        output.line(_("Wrote {file}.").format(file=options.out))
    output.data({"recoverable": [str(item.original) for item in found]})
    return 0


COMMANDS = (
    Command("new", N_("Make a project from a boundary."), _new_arguments, _new),
    Command("info", N_("Say what is in a project."), _only_file, _info),
    Command("check", N_("Check everything that must hold in a project file."), _only_file, _check),
    Command(
        "do",
        N_("Do any operation: onekl do FILE.gpkg TOOL.OPERATION --field value …"),
        operations.add_do_arguments,
        operations.run_do,
    ),
    Command("run", N_("Compute the scenarios that are out of date."), _run_arguments, compute),
    Command(
        "model",
        N_("Ecosystem models on files, with InVEST's arguments and names."),
        models.add_arguments,
        models.run_verb,
    ),
    Command(
        "finance",
        N_("Project finance: compute a case, single functions, or explain a figure."),
        finance.add_arguments,
        finance.run_verb,
    ),
    Command(
        "lift",
        N_("Projects: ideas of the plan, one typical year, a project whole."),
        lift.add_arguments,
        lift.run_verb,
    ),
    Command(
        "landcover",
        N_("Land cover: what changed between two maps, and what may come."),
        landcover.add_arguments,
        landcover.run_verb,
    ),
    Command(
        "scenario",
        N_("Scenarios: list, add, clone, compute, compare, and let the computer propose one."),
        scenario.add_arguments,
        scenario.run_verb,
    ),
    Command("report", N_("Write a page as PDF, Word, HTML, workbook or slides."), _report_arguments, _report),
    Command("search", N_("Find records by their words."), _search_arguments, _search),
    Command("map", N_("Print a map, or an atlas, as PDF, PNG, SVG or GeoTIFF."), _map_arguments, _map),
    Command("bundle", N_("Write what was released as a bundle, or check one"), _bundle_arguments, _bundle),
    Command("demo", N_("The whole journey on the sample landscape."), _demo_arguments, _demo),
    Command("plugins", N_("List, install and remove plug-ins."), _plugins_arguments, _plugins),
    Command("recover", N_("Unsaved work that a crash left behind."), _recover_arguments, _recover),
)
