"""The commands. Each is a function in `cli.commands`; operations (`cli.operations`) come from the tools' specs."""

from __future__ import annotations

import argparse
import logging
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from onekl_desktop import __version__
from onekl_desktop.base.errors import BUG, INTERRUPTED, USAGE, UserError
from onekl_desktop.base.progress import Cancelled
from onekl_desktop.base.translate import _
from onekl_desktop.cli import commands
from onekl_desktop.cli.operations import add_operation_verb
from onekl_desktop.cli.output import Output
from onekl_desktop.engine.registry import Registry, discover
from onekl_desktop.engine.settings import Settings, use_language
from onekl_desktop.project.folders import log_folder


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        sys.stderr.write(f"{self.prog}: {message}\n")
        raise SystemExit(USAGE)


def build_parser(registry: Registry) -> argparse.ArgumentParser:
    """The parser with every verb."""
    parser = _Parser(prog="onekl", description=_("Landscape partnerships: one project file, offline."))
    parser.add_argument("--version", action="version", version=f"1KL Desktop {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar=_("COMMAND"), required=True, parser_class=_Parser)
    for command in commands.COMMANDS:
        about = _(command.about)
        verb = verbs.add_parser(command.name, help=about, description=about)
        command.arguments(verb, registry)
        verb.add_argument(
            "--json",
            nargs="?",
            const="-",
            metavar="PATH",
            help=_("Write one JSON document to PATH, or to the terminal."),
        )
        verb.set_defaults(run=command.run)
    for entry in registry.entries:
        for short in entry.spec.verbs:
            operation = entry.spec.get_operation(short.operation)
            first, _space, second = short.words.partition(" ")
            about = _(operation.title)
            add_operation_verb(verbs, first, second, f"{entry.spec.id}.{operation.id}", operation, about, _Parser)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Parse, do, and turn every ending into an exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    trouble = use_language(Settings())
    if trouble is not None:
        sys.stderr.write(f"{trouble}\n")
    output = Output()
    try:
        registry = discover()
        for problem in registry.problems:
            output.say(problem.sentence())
        parser = build_parser(registry)
        options, rest = parser.parse_known_args(list(arguments))
        if rest and options.verb != "do":
            parser.error(_("unrecognised: {words}").format(words=" ".join(rest)))
        output = Output(options.json)
        options.rest, options.registry = rest, registry
        return int(options.run(options, output) or 0)
    except SystemExit as stop:
        return int(stop.code or 0)
    except UserError as problem:
        return output.fail(problem)
    except (KeyboardInterrupt, Cancelled):
        output.say(_("Interrupted; the project is as of its last finished step."))
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception:  # noqa: BLE001 - the last door
        return _report_bug(output)


def _report_bug(output: Output) -> int:
    folder = log_folder()
    path = folder / "crash.log"
    text = traceback.format_exc()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError:
        output.say(text)
    output.say(
        _("Something went wrong inside the program; this is our fault. The details are in {path}.").format(path=path)
    )
    return BUG
