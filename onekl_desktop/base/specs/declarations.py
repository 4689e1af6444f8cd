"""Tools and what they declare: operations, verbs, models, indicators, pages, settings."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Literal

from pydantic import SerializeAsAny, field_validator, model_validator

from onekl_desktop.base.specs.inputs import Declaration, Input

_ID = re.compile(r"^[a-z][a-z0-9_]*$")


def _check_id(value: str) -> str:
    if not _ID.match(value):
        raise ValueError(f"an id is lower case letters, digits and underscores: {value!r}")
    return value


class Named(Declaration):
    """Something with a stable id and a title for people."""

    id: str
    title: str
    about: str = ""

    _valid_id = field_validator("id")(_check_id)


class WithInputs(Named):
    """Something that takes inputs with distinct ids."""

    inputs: tuple[SerializeAsAny[Input], ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> WithInputs:
        ids = [field.id for field in self.inputs]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.id} declares an input twice")
        for field in self.inputs:
            if field.when is not None and field.when.field not in ids:
                raise ValueError(f"{self.id}.{field.id} depends on an unknown input {field.when.field}")
        return self

    def get_input(self, id: str) -> Input:
        """The input of that id; KeyError when there is none."""
        for field in self.inputs:
            if field.id == id:
                return field
        raise KeyError(id)


class Operation(WithInputs):
    """A named change to the project: `operations.<id>` of its tool.

    `does` is the sentence for journal and undo menu, with {inputs} as blanks. `long` operations (imports)
    are meant to run as jobs: they take a `progress`.
    """

    does: str = ""
    long: bool = False
    hidden: bool = False

    @property
    def changes(self) -> bool:
        """Whether it changes a record, so that what is not given stays as it is."""
        return self.id.startswith("change_")

    def inputs_for(self, given: Collection[str]) -> tuple[Input, ...]:
        """The inputs as they count for what was given: a change has no defaults, which would replace what nobody named."""
        if not self.changes:
            return self.inputs
        return tuple(
            field.model_copy(update={"default": None, "when": field.when if field.when is not None and field.when.field in given else None})
            for field in self.inputs
        )  # fmt: skip


class Verb(Declaration):
    """A short spelling on the command line: words -> operation id of the tool."""

    words: str
    operation: str


class Output(Named):
    """A raster or table that a model promises; `unit` as in `base.units`. An intermediate one is made when asked for.

    `measure`: what is told of it by zone: its `mean`, or the `total` of a raster per hectare; `direction` as of an indicator.
    """

    unit: str = ""
    kind: str = "raster"
    intermediate: bool = False
    file: str = ""
    measure: Literal["", "mean", "total"] = ""
    direction: int = 0

    @property
    def measured_unit(self) -> str:
        """Of its total (tonnes of a raster in tonnes per hectare), or of its mean."""
        return self.unit if self.measure != "total" else self.unit.replace("/(ha yr)", "/yr").replace("/ha", "")

    @property
    def base_name(self) -> str:
        """Name of its file without ending."""
        return self.file or self.id


class Equation(Declaration):
    """What a model computes, in symbols, and where it comes from."""

    title: str
    formula: str
    source: str = ""


class Influence(Declaration):
    """By how many percent the figure of an output changes when an input is ten percent higher, all else the same.

    Computed on an invented landscape and checked by a test; it says what to measure first, not what holds elsewhere.
    """

    input: str
    output: str
    percent: float


class IndicatorSpec(Named):
    """An indicator that a model computes. `direction` is +1 where more is better, -1 where less is, 0 neutral."""

    unit: str = ""
    direction: int = 0
    decimals: int = 0
    by_class: bool = False


class ModelSpec(WithInputs):
    """Arithmetic with a version: raise it whenever results change.

    A model on files has `run` (dotted name of a function of a `Work`), perhaps `check` (of its options: what is wrong
    with them together), the id that InVEST gives it, and the raster on
    whose grid all others are brought (`aligned_on`): within its own extent, or where all rasters and zones meet
    (`meets`). `reads_once`: each cell of each raster is read once, so that it can be judged on the way.
    `bytes_per_cell`: workspace of a model that holds the landscape; 0 for one that works block by block.
    `cluster`: how several machines share a run: its `blocks`, its `watersheds`, or the `whole` on one of them;
    `cluster_needs`: a flag without which it runs on one machine; `gather`: two functions, what a watershed adds to figures
    of the whole, and what these are.
    """

    version: int
    run: str = ""
    check: str = ""
    invest_id: str = ""
    aligned_on: str = ""
    meets: bool = False
    reads_once: bool = False
    bytes_per_cell: int = 0
    cluster: str = "whole"
    cluster_needs: str = ""
    gather: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    indicators: tuple[IndicatorSpec, ...] = ()
    equations: tuple[Equation, ...] = ()
    influences: tuple[Influence, ...] = ()
    source: str = ""


class PageSpec(Named):
    """A report: `build` is the dotted name (within the tool) of a function session -> Page.

    With `of` it is about one record of that kind: the function takes its name, too. `slides` is one that is shown, not read.
    """

    build: str
    of: str = ""
    slides: bool = False


class SettingSpec(Declaration):
    """A setting of the application or of a project."""

    input: SerializeAsAny[Input]
    scope: str = "application"

    @property
    def id(self) -> str:
        """The setting's id."""
        return self.input.id


class Tool(Named):
    """What the registry reads of a tool; everything heavy is a dotted name within the tool's package."""

    icon: str
    order: int = 100
    element: str = "understanding"
    operations: tuple[Operation, ...] = ()
    verbs: tuple[Verb, ...] = ()
    models: tuple[str, ...] = ()
    pages: tuple[PageSpec, ...] = ()
    settings: tuple[SettingSpec, ...] = ()
    panel: str = ""
    starts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Tool:
        names = [operation.id for operation in self.operations]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.id} declares an operation twice")
        for verb in self.verbs:
            if verb.operation not in names:
                raise ValueError(f"verb {verb.words} names an unknown operation {verb.operation}")
        return self

    def get_operation(self, id: str) -> Operation:
        """The operation of that id; KeyError when there is none."""
        for operation in self.operations:
            if operation.id == id:
                return operation
        raise KeyError(id)


def describe(declaration: Declaration) -> dict[str, Any]:
    """A declaration as plain data, for `--json` listings."""
    return declaration.model_dump(mode="json", exclude_defaults=True)
