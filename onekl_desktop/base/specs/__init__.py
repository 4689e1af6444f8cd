"""Declarations: say once what a tool, operation, model, page or setting takes and gives.

The Qt form, the command line, validation, the help page and the translators' texts come from these.
"""

from onekl_desktop.base.specs.declarations import (
    IndicatorSpec,
    ModelSpec,
    Operation,
    Output,
    PageSpec,
    SettingSpec,
    Tool,
    Verb,
)
from onekl_desktop.base.specs.inputs import (
    Choice,
    Code,
    Colour,
    Condition,
    Date,
    FilePath,
    Flag,
    Input,
    Integer,
    JsonValue,
    Number,
    Option,
    Reference,
    Schedule,
    Shape,
    Text,
    Year,
)

__all__ = [
    "Choice", "Code", "Colour", "Condition", "Date", "FilePath", "Flag", "IndicatorSpec", "Input", "Integer", "JsonValue",
    "ModelSpec", "Number", "Operation", "Option", "Output", "PageSpec", "Reference", "Schedule", "SettingSpec",
    "Shape", "Text", "Tool", "Verb", "Year",
]  # fmt: skip
