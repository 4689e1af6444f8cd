"""What the scenarios tool offers."""

from onekl_desktop.base.specs import (
    Choice,
    Code,
    Colour,
    Flag,
    Integer,
    JsonValue,
    Number,
    Operation,
    Option,
    PageSpec,
    Reference,
    RowNumbers,
    Schedule,
    Shape,
    Text,
    Tool,
    Verb,
    Year,
)
from onekl_desktop.base.translate import N_

SCENARIO = Reference(id="scenario", title=N_("Scenario"), of="scenario")
PRACTICE = Reference(id="practice", title=N_("Practice"), of="practice")
INTERVENTION = Reference(id="intervention", title=N_("Intervention"), of="intervention")
PRACTICE_VALUES = (
    Text(id="description", title=N_("Description"), required=False, long=True),
    Colour(id="colour", title=N_("Colour"), required=False),
    Code(id="class_code", title=N_("Land becomes class"), required=False, about=N_("Code of the legend; empty: the land keeps its class.")),
    Text(id="from_classes", title=N_("Only from classes"), required=False, max_length=400,
         about=N_("Codes separated by commas; other land inside a shape keeps its class. Empty: all land changes.")),
    Integer(id="years_to_class", title=N_("After"), unit="years", minimum=0, maximum=100, required=False),
    Number(id="capital_cost_per_ha", title=N_("Capital cost"), unit="per ha", minimum=0, maximum=1e7, required=False),
    Number(id="operating_cost_per_ha_year", title=N_("Operating cost"), unit="per ha and year", minimum=0, maximum=1e7, required=False),
    Number(id="labour_start_days_per_ha", title=N_("Labour to start"), unit="person-days/ha", minimum=0, maximum=10_000, required=False),
    Number(id="labour_days_per_ha_year", title=N_("Yearly labour"), unit="person-days/ha", minimum=0, maximum=10_000, required=False),
    Text(id="source", title=N_("Source of the values"), required=False),
    Text(id="product", title=N_("Product"), required=False, max_length=80, about=N_("What it yields, for example dry cocoa beans.")),
    Number(id="yield_t_per_ha_year", title=N_("Yield"), unit="t/(ha yr)", minimum=0, maximum=1000, required=False, about=N_("In a year in which it bears.")),
    Integer(id="years_to_yield", title=N_("First harvest after"), unit="years", minimum=0, maximum=100, required=False),
    Number(id="price_per_t", title=N_("Price at the farm gate"), unit="per t", minimum=0, maximum=1e7, required=False),
    Number(id="spread", title=N_("May be off by"), unit="fraction", minimum=0, maximum=0.99, required=False, decimals=2,
           about=N_("How far costs, labour, yield and price may be off either way; results get a band.")),
    Number(id="price_average", title=N_("Mean price of ten years"), unit="per t", minimum=0, maximum=1e7, required=False, about=N_("At the farm gate, in the same prices; empty: not known.")),
    Number(id="trees_per_ha", title=N_("Trees planted"), unit="per ha", minimum=0, maximum=100_000, required=False, decimals=0),
    Number(id="survival", title=N_("Trees that survive"), unit="fraction", minimum=0, maximum=1, required=False, decimals=2),
)  # fmt: skip
PROJECTION = Reference(id="projection", title=N_("Projection"), of="projection")
PROJECTION_VALUES = (
    Reference(
        id="earlier",
        title=N_("Earlier land cover"),
        of="layer",
        required=False,
        about=N_("Empty: the newest map that is older than the land cover."),
    ),
    Choice(
        id="rule",
        title=N_("How much changes"),
        required=False,
        default=None,
        options=(
            Option(id="markov", title=N_("As before, by shares of each class")),
            Option(id="trend", title=N_("As before, by hectares")),
            Option(id="stated", title=N_("Stated hectares a year")),
        ),
    ),
    Text(
        id="yearly",
        title=N_("Hectares a year"),
        required=False,
        max_length=1000,
        about=N_("From class to class, for example 1>5 120, 2>5 40; codes or names."),
    ),
    Text(
        id="drivers",
        title=N_("What decides where"),
        required=False,
        max_length=1000,
        about=N_(
            "Layers with what is measured, for example Roads distance; Elevation value; Elevation slope. Empty: roads, rivers and heights of the project; - none."
        ),
    ),
    Text(
        id="keep",
        title=N_("Protected land"),
        required=False,
        max_length=1000,
        about=N_(
            "Layers separated by commas; nothing changes there by itself. Empty: the protected areas of the project; - none."
        ),
    ),
    Choice(
        id="holes",
        title=N_("Land without a value of a driver"),
        required=False,
        default=None,
        options=(
            Option(id="keep", title=N_("Keeps its class")),
            Option(id="nearest", title=N_("Takes the nearest value")),
            Option(id="refuse", title=N_("Is refused")),
        ),
    ),
    Choice(
        id="method",
        title=N_("Learned by"),
        required=False,
        default=None,
        options=(
            Option(id="logistic", title=N_("Logistic regression")),
            Option(id="random_forest", title=N_("Random forest")),
            Option(id="gradient_boosting", title=N_("Gradient boosting")),
        ),
    ),
    Integer(id="seed", title=N_("Seed"), minimum=0, maximum=2**31 - 1, required=False),
    Number(
        id="randomness",
        title=N_("Randomness"),
        minimum=0,
        maximum=10,
        decimals=2,
        required=False,
        about=N_("0 takes the likeliest cells, 1 draws them by their likelihood."),
    ),
    Text(id="note", title=N_("Note"), required=False, long=True),
)
SCENARIO_TEXTS = (
    Text(
        id="description",
        title=N_("Story"),
        required=False,
        long=True,
        about=N_("What would have to happen, in a few sentences."),
    ),
    Text(id="proposed_by", title=N_("Proposed by"), required=False, max_length=120),
    Colour(id="colour", title=N_("Colour"), required=False),
)

TOOL = Tool(
    id="scenarios", title=N_("Scenarios"), icon="scenarios", order=30, element="vision",
    about=N_("Draw what you want to do and see what it brings and costs, beside doing nothing."),
    operations=(
        Operation(
            id="add_practices", title=N_("Take practices from the catalogue"), does=N_("Took {count} practices from the catalogue"),
            about=N_("Copies practices with their costs and labour into the project, where they can be changed to local figures."),
            inputs=(Text(id="codes", title=N_("Codes"), required=False, about=N_("Separated by commas; empty: all.")),)),
        Operation(
            id="add_practice", title=N_("Add a practice"), does=N_("Added the practice {name}"),
            about=N_("A kind of action of your own."),
            inputs=(Text(id="name", title=N_("Name"), max_length=120), *PRACTICE_VALUES)),
        Operation(
            id="change_practice", title=N_("Change a practice"), does=N_("Changed the practice {name}"),
            about=N_("Local costs and labour in place of illustrative ones."),
            inputs=(PRACTICE, Text(id="name", title=N_("Name"), required=False, max_length=120), *PRACTICE_VALUES)),
        Operation(
            id="remove_practice", title=N_("Remove a practice"), does=N_("Removed the practice {name}"),
            about=N_("Only when no intervention uses it."), inputs=(PRACTICE,)),
        Operation(
            id="add_scenario", title=N_("Add a scenario"), does=N_("Added the scenario {name}"), about=N_("A named set of interventions."),
            inputs=(Text(id="name", title=N_("Name"), max_length=80), *SCENARIO_TEXTS)),
        Operation(
            id="copy_scenario", title=N_("Copy a scenario"), does=N_("Copied the scenario {scenario} as {name}"),
            about=N_("With all its interventions, to try a change."), inputs=(SCENARIO, Text(id="name", title=N_("Name of the copy"), max_length=80))),
        Operation(
            id="change_scenario", title=N_("Describe a scenario"), does=N_("Described the scenario {name}"), about=N_("Name, story and colour."),
            inputs=(SCENARIO, Text(id="name", title=N_("Name"), required=False, max_length=80), *SCENARIO_TEXTS,
                    Flag(id="locked", title=N_("Decided: lock it"), default=None))),
        Operation(
            id="remove_scenario", title=N_("Remove a scenario"), does=N_("Removed the scenario {name}"),
            about=N_("With its interventions."), inputs=(SCENARIO,)),
        Operation(
            id="optimise", long=True, title=N_("Let the computer propose a scenario"), does=N_("Proposed the scenario {name}"),
            about=N_("Chooses practices for units of land so that what you care about is largest within a budget, targets and fair shares; the choice becomes a scenario of its own, which you can change."),
            inputs=(
                Text(id="name", title=N_("Name"), max_length=80),
                Reference(id="units", title=N_("Units of land"), of="layer", required=False, about=N_("A layer of polygons; empty: squares.")),
                Number(id="cell_ha", title=N_("Size of the squares"), unit="ha", minimum=0.01, maximum=1e6, required=False),
                Text(id="practices", title=N_("Practices"), required=False, max_length=1000, about=N_("Names separated by commas; empty: all.")),
                Text(id="maximise", title=N_("Make large"), required=False, max_length=200,
                     about=N_("One or more of carbon_gain, natural_forest, net_income, jobs, production, area, with weights: carbon_gain=2, jobs=1. Empty: carbon_gain.")),
                Number(id="budget", title=N_("Budget"), minimum=0, maximum=1e15, required=False, about=N_("Present value of capital and operating cost.")),
                Number(id="most_area", title=N_("At most"), unit="ha", minimum=0, maximum=1e9, required=False),
                Text(id="targets", title=N_("Targets"), required=False, max_length=400, about=N_("At least so much, for example natural_forest=500, jobs=120.")),
                Reference(id="exclude", title=N_("Excluded land"), of="layer", required=False, about=N_("Polygons where nothing may be proposed, such as customary land without consent.")),
                Number(id="fair_share", title=N_("Each zone gets at least"), unit="fraction", minimum=0, maximum=1, required=False, decimals=3, about=N_("Share of the money for each zone of the project.")),
                Number(id="edge_penalty", title=N_("Hold places together"), unit="fraction", minimum=0, maximum=1e6, required=False, decimals=3,
                       about=N_("What the longest border between chosen and other land costs, in units of the best gain of one unit.")),
                Year(id="start_year", title=N_("First year"), required=False),
                Integer(id="years", title=N_("Spread over"), unit="years", minimum=1, maximum=50, default=1, required=False),
                Integer(id="front", title=N_("Steps of the front"), minimum=0, maximum=51, default=0, required=False, about=N_("With two things to make large: that many choices between the best of one and the best of the other, and how often each unit is chosen.")),
                Number(id="gap", title=N_("Proved to"), unit="fraction", minimum=0, maximum=0.5, default=0.0001, required=False, decimals=5, about=N_("No choice is better by more than this share.")),
            )),
        Operation(
            id="add_projection", title=N_("Project the land into the future"), does=N_("Added the projection {name}"),
            about=N_("How the land goes on changing by itself: how much, learned from an earlier map or stated; where, by what lies near. Scenarios build on it."),
            inputs=(Text(id="name", title=N_("Name"), max_length=80), *PROJECTION_VALUES)),
        Operation(
            id="change_projection", title=N_("Change a projection"), does=N_("Changed the projection {name}"),
            about=N_("What it learns from, how much changes, and where."),
            inputs=(PROJECTION, Text(id="name", title=N_("Name"), required=False, max_length=80), *PROJECTION_VALUES)),
        Operation(
            id="remove_projection", title=N_("Remove a projection"), does=N_("Removed the projection {name}"),
            about=N_("Only when no scenario builds on it."), inputs=(PROJECTION,)),
        Operation(
            id="set_outlook", title=N_("Say what the land does by itself"), does=N_("Said what the land does by itself in {name}"),
            about=N_("An assumption of a scenario: the land beside its interventions stays as on the map, or changes as projected, at a pace of its own."),
            inputs=(
                SCENARIO,
                Reference(id="projection", title=N_("Projection"), of="projection", required=False, about=N_("Empty: as in the baseline; in the baseline itself, the land stays as on the map.")),
                Flag(id="stays", title=N_("The land stays as on the map"), default=False, required=False),
                Number(id="pace", title=N_("Pace"), unit="fraction", minimum=0, maximum=10, decimals=2, default=1.0, required=False,
                       about=N_("How fast it changes: 1 as projected, 0.5 half as fast.")),
            )),
        Operation(
            id="add_chain_model", title=N_("Run a model on every scenario"), does=N_("Added {name} to the chain"),
            about=N_("A model on maps (sediment, water, habitat…) that is computed on the land cover of each scenario, beside carbon and money."),
            inputs=(
                Text(id="name", title=N_("Name"), max_length=80),
                Text(id="model", title=N_("Model"), max_length=80, about=N_("Its id, InVEST's or ours.")),
                Text(id="land_input", title=N_("Input for the land cover"), required=False, max_length=80),
                JsonValue(id="arguments", title=N_("Other inputs"), required=False),
                Text(id="years", title=N_("Years"), required=False, max_length=200, about=N_("Separated by commas; empty: the last year.")),
            )),
        Operation(
            id="remove_chain_model", title=N_("No longer run a model on every scenario"), does=N_("Took {name} out of the chain"),
            about=N_("Its last figures stay until others take their place."), inputs=(Reference(id="chain_model", title=N_("Model of the chain"), of="chain_model"),)),
        Operation(
            id="set_weights", title=N_("Say what a group cares for"), does=N_("Wrote down what {name} care for"),
            about=N_("How much each indicator counts for a group when scenarios are put in an order. Empty: the group has not said."),
            inputs=(
                Reference(id="people_group", title=N_("Group"), of="group"),
                Text(id="weights", title=N_("Weights"), required=False, max_length=1000, about=N_("For example jobs=2, carbon_gain=1.")),
            )),
        Operation(
            id="choose_plan", title=N_("Choose a scenario as the plan"), does=N_("Chose {name} as the plan"),
            about=N_("The one that the partnership carries out: impact is measured against its forecast."), inputs=(SCENARIO,)),
        Operation(
            id="adopt", title=N_("Carry out a scenario"), does=N_("{name} is carried out: {actions} actions, {targets} targets"),
            about=N_("Makes a computed scenario the plan and locks it; each intervention becomes an action with years and cost, and its figures in the last year become targets that impact is measured against."),
            inputs=(SCENARIO,)),
        Operation(
            id="add_intervention", title=N_("Add an intervention"), does=N_("Added {name} ({area})"),
            about=N_("A practice on a place over years. The shape is repaired and cut to the landscape."),
            inputs=(
                SCENARIO, PRACTICE,
                Shape(id="geometry", title=N_("Place")),
                Text(id="name", title=N_("Name"), required=False, max_length=120),
                Year(id="start_year", title=N_("First year"), required=False),
                Integer(id="years", title=N_("Spread over"), unit="years", minimum=1, maximum=50, default=1, required=False,
                        about=N_("The same share of the land each year.")),
                Schedule(id="schedule", title=N_("Schedule"), required=False, about=N_("Shares by year, instead of the two fields above.")),
                Text(id="note", title=N_("Note"), required=False, long=True),
            )),
        Operation(
            id="draw_by_rule", long=True, title=N_("Draw an intervention by rule"), does=N_("Drew {name} by rule ({area})"),
            about=N_("For example a buffer of 30 m along streams on slopes over 15 %. The place is worked out from layers of the project and drawn once."),
            inputs=(
                SCENARIO, PRACTICE,
                Text(id="name", title=N_("Name"), required=False, max_length=120),
                Reference(id="along", title=N_("Near the shapes of"), of="layer", required=False),
                Number(id="within", title=N_("Within"), unit="m", minimum=0, maximum=100_000, required=False, about=N_("Distance from the shapes; polygons themselves count as near.")),
                Reference(id="heights", title=N_("Heights"), of="layer", required=False),
                Number(id="slope_over", title=N_("Slopes over"), unit="%", minimum=0, maximum=1000, required=False),
                Text(id="only_classes", title=N_("Only on classes"), required=False, max_length=400, about=N_("Codes separated by commas.")),
                Reference(id="inside", title=N_("Inside the polygons of"), of="layer", required=False),
                Reference(id="outside", title=N_("Outside the polygons of"), of="layer", required=False),
                Number(id="least_ha", title=N_("Patches of at least"), unit="ha", minimum=0, maximum=1e6, required=False),
                Year(id="start_year", title=N_("First year"), required=False),
                Integer(id="years", title=N_("Spread over"), unit="years", minimum=1, maximum=50, default=1, required=False),
            )),
        Operation(
            id="take_from_layer", long=True, title=N_("Take interventions from a layer"), does=N_("Took {count} interventions from {layer}"),
            about=N_("Each area of a layer becomes an intervention of the practice, named as in the layer; repaired and cut to the landscape."),
            inputs=(
                SCENARIO, PRACTICE,
                Reference(id="layer", title=N_("Layer"), of="layer"),
                RowNumbers(id="shapes", title=N_("Only the shapes"), required=False, default=(), about=N_("The numbers that the table of the layer shows; empty: all.")),
                Year(id="start_year", title=N_("First year"), required=False),
                Integer(id="years", title=N_("Spread over"), unit="years", minimum=1, maximum=50, default=1, required=False),
            )),
        Operation(
            id="change_intervention", title=N_("Change an intervention"), does=N_("Changed {name}"),
            about=N_("Practice, years or name; the place stays."),
            inputs=(
                INTERVENTION,
                Reference(id="practice", title=N_("Practice"), of="practice", required=False),
                Text(id="name", title=N_("Name"), required=False, max_length=120),
                Schedule(id="schedule", title=N_("Schedule"), required=False),
                Text(id="note", title=N_("Note"), required=False, long=True),
            )),
        Operation(
            id="reshape_intervention", title=N_("Reshape an intervention"), does=N_("Reshaped {name} ({area})"),
            about=N_("A new place; repaired and cut to the landscape."), inputs=(INTERVENTION, Shape(id="geometry", title=N_("Place")))),
        Operation(
            id="remove_intervention", title=N_("Remove an intervention"), does=N_("Removed {name}"),
            about=N_("From its scenario."), inputs=(INTERVENTION,)),
    ),
    verbs=(
        Verb(words="intervention add", operation="add_intervention"), Verb(words="scenario add", operation="add_scenario"),
        Verb(words="scenario clone", operation="copy_scenario"), Verb(words="scenario optimise", operation="optimise"), Verb(words="scenario adopt", operation="adopt"),
    ),
    models=(
        "onekl_desktop.models.landcover.spec:MODEL", "onekl_desktop.models.carbon.spec:MODEL",
        "onekl_desktop.models.livelihoods.spec:MODEL", "onekl_desktop.models.carbon.spec:MAPS", "onekl_desktop.models.soil.spec:MODEL",
        "onekl_desktop.models.water.spec:MODEL", "onekl_desktop.models.nutrients.spec:MODEL",
        "onekl_desktop.models.habitat.spec:MODEL", "onekl_desktop.models.proximity.spec:MODEL",
        "onekl_desktop.models.hydrology.spec:MODEL", "onekl_desktop.models.landcover.spec:CHANGE",
    ),
    pages=(PageSpec(id="summary", title=N_("Landscape summary"), build="pages:summary",
                    about=N_("Map, legend, scenarios side by side, by zone, and how it was computed.")),
           PageSpec(id="scenarios", title=N_("Scenario report"), build="report:scenario_report",
                    about=N_("Stories, maps, figures with their ranges, trade-offs, goals, who gains and who loses, assumptions, coefficients with sources; as a workbook, the figures behind it.")),),
    panel="panel:ScenariosPanel",
)  # fmt: skip
