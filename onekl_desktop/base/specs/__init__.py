"""Declarations: say once what a tool, operation, model, page or setting takes and gives.

The Qt form, the command line, validation, the help page and the translators' texts come from these.
"""

from onekl_desktop.base.specs.declarations import (
    Equation,
    IndicatorSpec,
    Influence,
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
    Codes,
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
    RasterFile,
    Reference,
    RowNumbers,
    Schedule,
    Shape,
    TableColumn,
    TableFile,
    Text,
    VectorFile,
    Year,
)

__all__ = [
    "Choice", "Code", "Codes", "Colour", "Condition", "Date", "Equation", "FilePath", "Flag", "IndicatorSpec", "Influence", "Input", "Integer", "JsonValue",
    "ModelSpec", "Number", "Operation", "Option", "Output", "PageSpec", "RasterFile", "Reference", "RowNumbers", "Schedule", "SettingSpec",
    "Shape", "TableColumn", "TableFile", "Text", "Tool", "VectorFile", "Verb", "Year",
]  # fmt: skip
