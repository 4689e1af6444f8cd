"""What the help pages say matters most is what the models do, and every model on maps tells its equations."""

from dataclasses import replace
from pathlib import Path

import pytest

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.specs import TableFile
from onekl_desktop.base.workspace import Workspace
from onekl_desktop.engine.models import get_model, list_models, run_model
from onekl_desktop.engine.registry import discover
from onekl_desktop.exchange.invest.batch import figure_of
from onekl_desktop.exchange.invest.compute import Runner, look, run_on
from onekl_desktop.exchange.invest.parameters import read_parameters
from onekl_desktop.exchange.invest.results import Discarded
from onekl_desktop.gui.dialogs.help import model_markdown, read_coefficients
from tests.support.invest import write_arguments

B = Path(__file__).resolve().parents[1] / "golden" / "invest" / "open_b"
RUNS = {"carbon": "carbon", "sdr": "sdr_mfd", "ndr": "ndr_mfd", "annual_water_yield": "annual_water_yield", "habitat_quality": "habitat_quality"}  # fmt: skip
MODELS = {model.id: model for model in list_models(discover())}


@pytest.mark.parametrize("name", RUNS)
def test_influences_are_what_the_models_do(tmp_path, name):
    write_arguments(B, RUNS[name], tmp_path / "args.json")
    spec = get_model(discover(), name)
    with read_parameters(tmp_path / "args.json") as parameters:
        inputs = look(Runner(spec, lambda _work: None), parameters, Progress(), at_once=True)

    def figures(given):
        finished = run_on(Runner(spec, lambda work: run_model(spec, work)), given, Discarded(), Workspace())
        return {measure.output: figure_of(measure) for measure in finished.measures if not measure.kind}

    base = figures(inputs)
    assert spec.influences
    for item in spec.influences:
        if item.input in inputs.options:
            changed = replace(inputs, options={**inputs.options, item.input: inputs.options[item.input] * 1.1})
        else:
            tables = {
                table: {
                    key: {**row, item.input: row[item.input] * 1.1} if item.input in row else row
                    for key, row in rows.items()
                }
                for table, rows in inputs.tables.items()
            }
            changed = replace(inputs, tables=tables)
        percent = (figures(changed)[item.output] / base[item.output] - 1) * 100
        assert percent == pytest.approx(item.percent, abs=0.01), (item.input, item.output)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_each_model_explains_itself(model):
    page = model_markdown(model)
    assert model.equations and all(equation.formula in page for equation in model.equations)
    assert model.source in page
    for item in model.inputs:
        assert f"`{item.id}`" in page
    names = {item.id for item in model.inputs} | {
        column.id for item in model.inputs if isinstance(item, TableFile) for column in item.columns
    }
    outputs = {item.id for item in model.outputs}
    assert all(item.input in names and item.output in outputs for item in model.influences)
    for row in read_coefficients(model.id):
        assert row["coefficient"] in names and row["source"] and row["year"]
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"])


def test_the_catalogue_of_coefficients_names_models():
    path = Path(__file__).resolve().parents[2] / "resources" / "catalogues" / "coefficients.csv"
    assert {line.split(",")[0] for line in path.read_text().splitlines()[1:]} <= set(MODELS)
