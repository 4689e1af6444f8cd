"""What `onekl landcover` does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent, format_signed
from onekl_desktop.cli.output import Output, in_background
from onekl_desktop.exchange.classes import read_classes
from onekl_desktop.exchange.invest.prepare import read_crosswalk
from onekl_desktop.exchange.landcover.arguments import Arguments, describe_arguments, read_arguments
from onekl_desktop.exchange.landcover.change import Change, compare_maps, write_change
from onekl_desktop.exchange.landcover.project import Finished, prepare, run


def _change(options: Any, output: Output) -> int:
    names = {row.code: row.name for row in read_classes(options.names)} if options.names else {}
    recode = read_crosswalk(options.recode) if options.recode else None
    years = tuple(options.years) if options.years else None
    with output.progress() as progress:
        found = in_background(progress, lambda: compare_maps(
            options.before, options.after, folder=Path.cwd(), zones=options.zones, years=years, recode=recode, progress=progress,
        ))  # fmt: skip
    files = write_change(found, options.out, names) if options.out else []
    _tell_change(found, names, output)
    for path in files:
        output.line(str(path))
    data = found.as_data()
    output.data(
        {
            **data,
            "names": {str(code): names.get(code, "") for code in found.codes},
            "files": [str(path) for path in files],
        }
    )
    return 0


def _tell_change(found: Change, names: dict[int, str], output: Output) -> None:
    for sentence in found.sentences:
        output.say(sentence)
    cells, hectares = found.places[""]
    moved = hectares.sum() - hectares.trace()
    output.line(_("{changed} ha of {all} ha changed ({share}).").format(
        changed=format_number(moved), all=format_number(hectares.sum()), share=format_percent(moved / hectares.sum(), 2)))  # fmt: skip
    output.line()
    rate = _("a year") if found.years else ""
    output.line(f"{_('Class'):28} {_('Before (ha)'):>14} {_('After (ha)'):>14} {_('Gain'):>12} {_('Loss'):>12} {_('Net'):>12} {rate:>9}")  # fmt: skip
    for each in found.classes():
        told = "–" if each.rate is None else format_percent(each.rate, 2)
        output.line(f"{_named(each.code, names):28.28} {format_number(each.before):>14} {format_number(each.after):>14} {format_number(each.gain):>12} {format_number(each.loss):>12} {format_signed(each.net):>12} {told if found.years else '':>9}")  # fmt: skip
    output.line()
    order = sorted(zip(*cells.nonzero(), strict=True), key=lambda pair: -hectares[pair])
    for i, j in [pair for pair in order if pair[0] != pair[1]][:12]:
        output.line(
            f"  {_named(found.codes[i], names)} → {_named(found.codes[j], names)}: {format_number(hectares[i, j], 1)} ha"
        )
    for place in [name for name in found.places if name][:60]:
        _cells, zone = found.places[place]
        moved = zone.sum() - zone.trace()
        output.line(f"{place:32.32} {format_number(moved):>12} ha  {format_percent(moved / zone.sum(), 1):>7}")


def _named(code: int, names: dict[int, str]) -> str:
    return f"{code} {names[code]}" if names.get(code) else str(code)


def _project(options: Any, output: Output) -> int:
    arguments = read_arguments(options.arguments)
    with output.progress() as progress:

        def work() -> Finished:
            ready = prepare(arguments, options.arguments.resolve().parent, progress.part(0.0, 0.1))
            return run(ready, options.out, progress.part(0.1, 1.0), output.say)

        done = in_background(progress, work)
    _tell_projection(done, arguments, output)
    output.data({**done.as_data(), "files": [str(path) for path in done.files]})
    return 0


def _tell_projection(done: Finished, arguments: Arguments, output: Output) -> None:
    hectares = done.ready.maps.grid.cell_area_ha
    names = {int(code): name for code, name in arguments.names.items() if code.lstrip("-").isdigit()}
    start = [int((done.ready.setup.after == k).sum()) for k in range(done.ready.setup.classes)]
    years = sorted(done.projection.maps)
    output.line(f"{_('Class'):28} {arguments.to_year:>14} " + " ".join(f"{year:>14}" for year in years))
    for k, code in enumerate(done.ready.setup.class_codes):
        told = " ".join(f"{format_number(done.projection.areas[year][k] * hectares):>14}" for year in years)
        output.line(f"{_named(code, names):28.28} {format_number(start[k] * hectares):>14} {told}")
    output.line()
    output.line(_("What changed land differed in, in standard deviations from land that stayed:"))
    for rule in sorted(done.projection.rules, key=lambda rule: -rule.cells)[:12]:
        codes = done.ready.setup.class_codes
        what = ", ".join(f"{one.name} {format_signed(one.difference, 1)}" for one in rule.effects[:3])
        auc = "–" if rule.auc is None else format_number(rule.auc, 2)
        output.line(f"  {_named(codes[rule.source], names)} → {_named(codes[rule.target], names)}: {format_number(rule.cells)}  AUC {auc}  {what}")  # fmt: skip
    for sentence in done.sentences()[len(done.ready.sentences) :]:
        output.line(sentence)
    output.line(_("{seconds} s").format(seconds=format_number(done.seconds, 1)))
    for path in done.files:
        output.line(str(path))


def _describe(_options: Any, output: Output) -> int:
    schema = describe_arguments()
    kinds = schema.get("$defs", {})

    def tell(fields: dict[str, Any], needed: list[str], indent: str) -> None:
        for name, field in fields.items():
            options = [field, *field.get("anyOf", []), field.get("items", {}), *field.get("items", {}).get("anyOf", [])]
            words = [each["type"] for each in options if each.get("type") not in (None, "null")]
            words += [" | ".join(map(str, each["enum"])) for each in options if "enum" in each]
            words.append(_("needed") if name in needed else "")
            words.append(field.get("description", ""))
            output.line(f"{indent}{name:16} {'; '.join(word for word in words if word)}".rstrip())
            for each in options:
                inner = kinds.get(each.get("$ref", "").rpartition("/")[2])
                if inner:
                    tell(inner["properties"], inner.get("required", []), indent + "    ")

    tell(schema["properties"], schema.get("required", []), "")
    output.data({"arguments": schema})
    return 0


DEEDS = {"change": _change, "project": _project, "describe": _describe}
