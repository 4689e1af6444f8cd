"""`onekl do` and the short verbs: every operation of every tool, by its declared inputs, one at a time or by table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from onekl_desktop.base.errors import INPUT, USAGE, UserError
from onekl_desktop.base.specs import Flag, Operation
from onekl_desktop.base.specs.declarations import describe
from onekl_desktop.base.translate import _, ngettext
from onekl_desktop.cli.output import Output
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.registry import Registry
from onekl_desktop.engine.rows import match_columns, take_rows, takes_rows
from onekl_desktop.exchange.table import read_table, read_text, write_left_out


def add_input_options(verb: argparse.ArgumentParser, operation: Operation) -> None:
    """An option for each input of an operation."""
    for field in operation.inputs:
        about = _(field.title) + ". " + (_(field.about) if field.about else "")
        hint = "" if isinstance(field, Flag) else field.hint()
        verb.add_argument(
            f"--{field.id.replace('_', '-')}", dest=f"field_{field.id}", metavar=hint.split(" (")[0].upper()[:24] or "YES|NO",
            help=about.replace("%", "%%").strip(),
        )  # fmt: skip


def collect_fields(options: Any, operation: Operation) -> dict[str, Any]:
    """What was given on the command line; `@path` reads a value from a file."""
    fields = {}
    for field in operation.inputs:
        value = getattr(options, f"field_{field.id}", None)
        if value is None:
            continue
        if value.startswith("@"):
            fields[field.id] = read_value(Path(value[1:]))
        else:
            fields[field.id] = value
    return fields


def read_value(path: Path) -> str:
    """A value kept in a file (GeoJSON of a shape, a schedule)."""
    import json

    text = read_text(path)[0].strip()
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        parts = [feature.get("geometry") for feature in document.get("features", []) if isinstance(feature, dict)]
        return json.dumps({"type": "GeometryCollection", "geometries": [part for part in parts if part]})
    return text


def add_operation_verb(
    verbs: Any,
    first: str,
    second: str,
    name: str,
    operation: Operation,
    about: str,
    parser_class: type[argparse.ArgumentParser],
) -> None:
    """A short verb (`import`) or pair (`scenario add`) for an operation."""
    if second:
        outer = verbs.choices.get(first) or verbs.add_parser(first, help=about)
        inner = next((action for action in outer._actions if isinstance(action, argparse._SubParsersAction)), None)
        inner = inner or outer.add_subparsers(dest="second", required=True, parser_class=parser_class)
        verb = inner.add_parser(second, help=about, description=_(operation.about))
    else:
        verb = verbs.add_parser(first, help=about, description=_(operation.about))
    verb.add_argument("file", metavar="FILE.gpkg", type=Path, help=_("The project file."))
    if name == "layers.import_layer":
        verb.add_argument("source", metavar="SOURCE", help=_("The file to bring in."))
        verb.add_argument("--preview", action="store_true", help=_("Say what would happen and change nothing."))
    add_input_options(verb, operation)
    verb.add_argument(
        "--json", nargs="?", const="-", metavar="PATH", help=_("Write one JSON document to PATH, or to the terminal.")
    )
    verb.set_defaults(run=lambda options, output: _perform(options, output, name, operation))


def _perform(options: Any, output: Output, name: str, operation: Operation) -> int:
    fields = collect_fields(options, operation)
    if getattr(options, "source", None):
        fields["file"] = options.source
    with Session(options.file, registry=options.registry) as session:
        if getattr(options, "preview", False):
            return _preview(session, output, operation, name, fields)
        with output.progress() as progress:
            result = perform(session, name, progress=progress, **fields)
        said = session.history.next_undo
        changed = said is not None
    for sentence in (result or {}).get("sentences", []) if isinstance(result, dict) else []:
        output.line(sentence)
    output.line(said.words if said is not None else _("Nothing changed."))
    output.data({"operation": name, "changed": changed, "result": result})
    return 0


def _preview(session: Session, output: Output, operation: Operation, name: str, fields: dict[str, Any]) -> int:
    from onekl_desktop.engine.operations import check_fields
    from onekl_desktop.tools.layers.importing import plan_import

    planned = plan_import(session, **check_fields(name, operation, fields))
    for sentence in planned.sentences:
        output.line(sentence)
    output.data({"operation": name, "preview": planned.sentences})
    return 0


def add_do_arguments(verb: argparse.ArgumentParser, registry: Registry) -> None:
    """The arguments of `onekl do`; those of the operation are read later."""
    verb.add_argument("file", metavar="FILE.gpkg", type=Path, nargs="?", help=_("The project file."))
    verb.add_argument("operation", metavar="TOOL.OPERATION", nargs="?", help=_("What to do; --list shows all."))
    verb.add_argument("--list", action="store_true", help=_("List all operations with their fields."))


def run_do(options: Any, output: Output) -> int:
    """List the operations, do one, or do one for each row of a table."""
    if options.list:
        return _list_operations(options.registry, output)
    if options.file is None or options.operation is None:
        output.say(
            _(
                "Name the project file and the operation, for example: onekl do FILE.gpkg scenarios.add_scenario --name Plan"
            )
        )
        return USAGE
    _entry, operation = options.registry.get_operation(options.operation)
    parser = argparse.ArgumentParser(prog=f"onekl do FILE.gpkg {options.operation}", description=_(operation.about))
    add_input_options(parser, operation)
    many = parser.add_argument_group(_("for the rows of a table"))
    many.add_argument(
        "--table",
        type=Path,
        metavar="FILE.csv|.xlsx",
        help=_("Do it for each row; the columns are named like the fields."),
    )
    many.add_argument("--sheet", default="", help=_("Sheet of the workbook, when it has several."))
    many.add_argument(
        "--left-out", type=Path, metavar="FILE.csv", help=_("Write the rows that cannot be taken to this file.")
    )
    given = parser.parse_args(options.rest)
    given.file, given.registry = options.file, options.registry
    if given.table is not None:
        return _do_rows(given, output, options.operation, operation)
    return _perform(given, output, options.operation, operation)


def _do_rows(options: Any, output: Output, name: str, operation: Operation) -> int:
    table = read_table(options.table, options.sheet)
    columns = match_columns(operation, table.heads)
    fixed = collect_fields(options, operation)
    if not columns:
        known = ", ".join(_(field.title) for field in operation.inputs)
        raise UserError(
            "rows.no_columns", file=options.table, operation=name, found=", ".join(table.heads), known=known
        )
    with Session(options.file, registry=options.registry) as session:
        if not takes_rows(session, name):
            raise UserError("rows.not_many", operation=name)
        rows = [[*cells, *fixed.values()] for cells in table.rows]
        columns.update({key: len(table.heads) + at for at, key in enumerate(fixed)})
        taken = take_rows(session, name, rows, table.numbers, columns)
    problems = [item for at in sorted(taken.left) for item in taken.left[at]]
    output.line(ngettext("{n} row was taken.", "{n} rows were taken.", len(taken.done)).format(n=len(taken.done)))
    for item in problems:
        output.line(_("Row {row}: {problem}").format(row=item.row, problem=item.sentence()))
    if options.left_out and taken.left:
        write_left_out(options.left_out, table, taken.left)
        output.line(_("The rows that are left out are in {file}.").format(file=options.left_out))
    output.data(
        {
            "operation": name,
            "taken": len(taken.done),
            "results": taken.done,
            "problems": [item.as_dict() for item in problems],
        }
    )
    return INPUT if problems else 0


def _list_operations(registry: Registry, output: Output) -> int:
    listing = []
    for entry in registry.entries:
        for operation in entry.spec.operations:
            output.line(f"{entry.spec.id}.{operation.id}  –  {_(operation.title)}")
            for field in operation.inputs:
                mark = "*" if field.required and field.default is None else " "
                output.line(f"   {mark} --{field.id.replace('_', '-')}  {_(field.title)} ({field.hint()})")
            listing.append({"operation": f"{entry.spec.id}.{operation.id}", **describe(operation)})
    output.data({"operations": listing})
    return 0
