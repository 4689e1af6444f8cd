import pytest
from pydantic import ValidationError

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import (
    Choice,
    Colour,
    Condition,
    Flag,
    Integer,
    Number,
    Operation,
    Option,
    Shape,
    Text,
    Tool,
)
from onekl_desktop.engine.validate import validate


def test_unknown_keys_and_doubled_ids_are_refused_where_they_are_written():
    with pytest.raises(ValidationError):
        Text(id="a", title="A", colour="red")
    with pytest.raises(ValidationError):
        Operation(id="a", title="A", inputs=(Text(id="x", title="X"), Text(id="x", title="X")))
    with pytest.raises(ValidationError):
        Tool(id="Not an id", title="T", icon="i")


@pytest.mark.parametrize(
    ("field", "good", "value", "bad"),
    [
        (Number(id="n", title="N", minimum=0, maximum=5), "2.5", 2.5, ["6", "-1", "nan", "inf", "x", True]),
        (Integer(id="n", title="N"), "7", 7, ["7.5", ""]),
        (Flag(id="n", title="N"), "ya", True, ["perhaps"]),
        (Colour(id="n", title="N"), "#AABBCC", "#aabbcc", ["red", "#12", "#gggggg"]),
        (Choice(id="n", title="N", options=(Option(id="a", title="A"),)), "a", "a", ["b"]),
        (Text(id="n", title="N", max_length=3), " ab\x00c ", "abc", ["abcd"]),
    ],
)
def test_values_are_read_or_refused_with_their_field(field, good, value, bad):
    assert field.read(good) == value
    for item in bad:
        with pytest.raises(UserError) as told:
            field.read(item)
        assert told.value.problems[0].field == "n"


def test_shapes_come_as_geojson_wkt_or_shape():
    shape = Shape(id="g", title="G").read('{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}')
    assert shape.equals(Shape(id="g", title="G").read(shape.wkt))
    for bad in ("POINT (1 2)", "POLYGON ((0 0", "{}", "{not json"):
        with pytest.raises(UserError):
            Shape(id="g", title="G").read(bad)


def test_validation_returns_all_problems_and_never_raises():
    inputs = [
        Text(id="a", title="A"),
        Number(id="b", title="B", default=3),
        Number(id="c", title="C", when=Condition(field="a", values=("x",))),
    ]
    values, problems = validate(inputs, {"c": "nonsense"})
    assert values == {"b": 3, "c": None} and [problem.field for problem in problems] == ["a"]
    values, problems = validate(inputs, {"a": "x", "c": "nonsense"})
    assert [problem.field for problem in problems] == ["c"]
