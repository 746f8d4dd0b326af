"""What English words mean to an analyst. No word here belongs to a particular table."""

# ruff: noqa: E501 — a pattern is easier to read on one line
from __future__ import annotations

from typing import Final

from services.assistant.builtin.intent import Aggregate, Chart, Grain

AGGREGATES: Final[dict[str, Aggregate]] = {
    "average": Aggregate.MEAN, "averages": Aggregate.MEAN, "avg": Aggregate.MEAN, "mean": Aggregate.MEAN,
    "typical": Aggregate.MEAN,
    "sum": Aggregate.SUM, "sums": Aggregate.SUM, "total": Aggregate.SUM, "totals": Aggregate.SUM,
    "overall": Aggregate.SUM, "combined": Aggregate.SUM, "aggregate": Aggregate.SUM,
    "median": Aggregate.MEDIAN,
    "minimum": Aggregate.MIN, "minimal": Aggregate.MIN, "min": Aggregate.MIN, "lowest": Aggregate.MIN,
    "smallest": Aggregate.MIN, "least": Aggregate.MIN, "earliest": Aggregate.MIN,
    "maximum": Aggregate.MAX, "maximal": Aggregate.MAX, "max": Aggregate.MAX, "highest": Aggregate.MAX,
    "largest": Aggregate.MAX, "biggest": Aggregate.MAX, "greatest": Aggregate.MAX, "most": Aggregate.MAX,
    "latest": Aggregate.MAX, "peak": Aggregate.MAX, "top": Aggregate.MAX,
    "deviation": Aggregate.STD, "std": Aggregate.STD, "stdev": Aggregate.STD,
}  # fmt: skip

AGGREGATE_NAMES: Final[dict[Aggregate, str]] = {
    Aggregate.COUNT: "count", Aggregate.DISTINCT: "distinct", Aggregate.SUM: "total", Aggregate.MEAN: "average",
    Aggregate.MEDIAN: "median", Aggregate.MIN: "minimum", Aggregate.MAX: "maximum",
    Aggregate.STD: "standard deviation of", Aggregate.RATE: "percentage of",
}  # fmt: skip

CHARTS: Final[tuple[tuple[str, Chart], ...]] = (
    (r"stack(?:ed|ing)?[- ]+(?:bar|column)", Chart.STACKED_BAR),
    (r"(?:group(?:ed|ing)?|cluster(?:ed)?|side[- ]by[- ]side)[- ]+(?:bar|column)", Chart.GROUPED_BAR),
    (r"(?:group(?:ed|ing)?|multi(?:ple)?)[- ]+line", Chart.LINE),
    (r"(?:group(?:ed|ing)?)[- ]+scatter", Chart.SCATTER),
    (r"(?:horizontal )?(?:bar|column)", Chart.BAR),
    (r"line", Chart.LINE),
    (r"area", Chart.AREA),
    (r"(?:pie|donut|doughnut)", Chart.PIE),
    (r"(?:scatter|point|dot)", Chart.SCATTER),
    (r"(?:box(?: and whiskers?)?|box-and-whiskers?)", Chart.BOX),
    (r"(?:heat ?map|heat)", Chart.HEATMAP),
    (r"histogram", Chart.HISTOGRAM),
)

GRAINS: Final[dict[str, Grain]] = {
    "day": Grain.DAY, "daily": Grain.DAY, "date": Grain.DAY,
    "week": Grain.WEEK, "weekly": Grain.WEEK,
    "month": Grain.MONTH, "monthly": Grain.MONTH,
    "quarter": Grain.QUARTER, "quarterly": Grain.QUARTER,
    "year": Grain.YEAR, "yearly": Grain.YEAR, "annual": Grain.YEAR, "annually": Grain.YEAR,
    "weekday": Grain.WEEKDAY, "day of the week": Grain.WEEKDAY, "day of week": Grain.WEEKDAY,
    "days of the week": Grain.WEEKDAY, "week day": Grain.WEEKDAY,
    "month of the year": Grain.MONTH_OF_YEAR, "month of year": Grain.MONTH_OF_YEAR,
    "calendar month": Grain.MONTH_OF_YEAR,
    "hour": Grain.HOUR, "hour of the day": Grain.HOUR, "hourly": Grain.HOUR,
}  # fmt: skip

MONTHS: Final = (
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
)  # fmt: skip

SYNONYMS: Final[tuple[frozenset[str], ...]] = tuple(
    frozenset(group.split())
    for group in (
        "salary wage pay compensation", "revenue sales sale turnover", "country nation", "gender sex",
        "job occupation profession", "quantity qty unit", "customer client buyer", "employee staff worker",
        "vendor supplier", "zip zipcode postcode postal", "phone telephone", "latitude lat", "longitude lon lng long",
        "birthday birthdate dob", "child kid", "average avg mean", "expense cost", "person people", "movie film",
        "score rating", "picture image photo", "cellphone mobile", "automobile car", "income earning",
        "mpg mileage", "city town", "kind type", "number num no", "percent percentage pct", "company firm",
        "street address", "manufacturer maker", "teacher instructor", "identifier id", "profit margin",
        "department dept", "manager mgr", "amount amt", "account acct acc", "category cat", "temperature temp",
        "population pop", "organization organisation org", "region reg", "volume vol", "weight wt", "height ht",
        "salary sal", "revenue rev", "invoice inv", "country ctry", "location loc", "maximum max", "minimum min",
        "hour hr", "year yr", "week wk", "month mo", "minute min mins", "second sec", "balance bal", "address addr",
    )
)  # fmt: skip
"""Words that may stand for each other in a column name."""

ADJECTIVES: Final[dict[str, tuple[tuple[str, ...], bool]]] = {
    stem: (tuple(nouns.split()), high)
    for stems, nouns, high in (
        ("old older oldest elder eldest", "age", True), ("young younger youngest", "age", False),
        ("expensive expensivest dearest costly costliest priciest", "price cost fare fee", True),
        ("cheap cheaper cheapest", "price cost fare fee", False),
        ("long longer longest", "length duration distance runtime time", True),
        ("short shorter shortest", "length duration distance runtime height time", False),
        ("tall taller tallest", "height", True),
        ("heavy heavier heaviest", "weight mass", True), ("light lighter lightest", "weight mass", False),
        ("fast faster fastest", "speed horsepower", True), ("slow slower slowest", "speed horsepower", False),
        ("populous", "population pop", True), ("profitable", "profit margin", True),
        ("warm warmer warmest hot hotter hottest", "temperature temp", True),
        ("cold colder coldest cool coolest", "temperature temp", False),
    )
    for stem in stems.split()
}  # fmt: skip
"""Adjective → (column words it speaks of, whether more of it is more)."""

AVERAGED: Final = frozenset(
    """
    percap capita price rate age score rating temperature temp height weight percent percentage pct ratio share speed grade
    gpa index expectancy exp length width depth duration hour density per avg average mean latitude longitude
    altitude elevation humidity pressure margin discount level mpg bmi stars year rank level lat long lng
    """.split()  # noqa: SIM905 — a list of words reads as text
)
"""Column words whose numbers are averaged, not added, when nobody says which."""

ADDED: Final = frozenset(
    """
    sales sale revenue amount quantity qty unit total cost profit count passenger capacity number volume spend
    order visit click view vote population pop medal goal point win budget gross income expense tip bill
    download transaction payment turnover access
    """.split()  # noqa: SIM905 — a list of words reads as text
)
"""Column words whose numbers are added when nobody says which."""

STOP_WORDS: Final = frozenset(
    """
    a an the of in on at to for from by with as and or is are was were be been being do does did have has had
    having that which who whom whose what where when how there their them they it its this these those me my i
    we us our you your please show give tell list display find get return compute calculate create make draw
    plot visualize visualise provide see want need like can could would should will let's lets about all any
    each every per across over between along together using use into out up so then also just only e.g ie etc if
    such many much chart graph figure diagram x y axis than vs versus within throughout among amongst during
    while both either hi hello hey thanks thank ok okay now here again instead s t not no but nor very too one
    ones some number
    """.split()  # noqa: SIM905 — a list of words reads as text
)
"""Words that are grammar only; a column or a value is never one of them alone."""

LIGHT_WORDS: Final = STOP_WORDS | frozenset(
    """
    gave give gives given popular common frequent selling sold ordered well know learn understand wonder interested interest lookup search check me yes name names called result results value values data dataset table column columns field fields record records
    row rows numbers count counts amount kind kinds type types named different distinct unique respective
    respectively corresponding correspond corresponds following visual visualization comparison compare
    comparing relation relationship correlation distribution proportion percentage share portion breakdown trend
    order orders ordered sort sorted rank ranked ranking bin binned group grouped grouping side bar bars line
    pie bring look looking illustrate depict describe summarize summarise summary information info detail
    details based according terms term respect regard against present report thing things select ask question
    answer overview think help view belongs belong belonging exist exists existing available recorded listed
    shown given seen taken made makes came come comes held hold holds occurred occur happened happen happens got
    gets open opens opened started start starts appear appears include includes including included contain
    contains mad flied flew flown own owns owned live lives living lived participate participated participates
    particular certain various several entire whole actually current currently total overall take level label
    color colour colored coloured points point represent represents representing displaying displays showing
    shows reflect reflects reflecting returning listing giving counting plotting finding presenting drawing
    describing containing someone somebody anyone item items entry
    entries observation observations case cases buy buys bought purchase purchases purchased sell sells sold
    place places placed spend spent pay pays paid work works worked study play plays played used uses visit
    visits visited arrive arrives arrived depart departs departed go goes went going say says said
    earn earns earned produce produces produced cost costs alphabetic alphabetical interval
    intervals bucket buckets related compared ever year years month months week weeks day days date dates time
    times ended end ends receive received receives win won wins score scored run runs ran become became keep
    kept travel travels drive drives studies attend attended attends issued issue issues publish published
    """.split()  # noqa: SIM905 — a list of words reads as text
)
"""Words that do not change what a question means once everything else is understood."""

BLOCKERS: Final[tuple[tuple[str, str], ...]] = (
    (r"\b(?:forecast|predict|projection|project next|extrapolat\w+)\b", "tell which forecast is meant"),
    (r"\b(?:why|reasons?|explain|because|cause[sd]?)\b", "explain why something happened"),
    (r"\b(?:significant(?:ly)?|p-?value|hypothesis|t-?test|anova|chi-?square[d]?|regression|cluster(?:s|ing)?|"
     r"classif\w+|shapiro|normality|normally distributed)\b", "tell which test or model is meant"),
    (r"\b(?:delete|drop|remove|rename|fill|replace|clean|impute|merge|join|update|insert|transform|convert)\b",
     "tell which change of the data is meant"),
    (r"\b(?:running (?:total|sum)|cumulative|moving average|rolling|growth|percent(?:age)? change|"
     r"year over year|yoy|month over month|mom|change from|difference between|compared (?:to|with) (?:last|previous))\b",
     "work out changes from one row or period to the next"),
    (r"\b(?:last|past|previous|this|next|current) (?:\w+ )?(?:day|week|month|quarter|year)s?\b|\b(?:yesterday|today|tomorrow)\b",
     "read dates relative to today"),
    (r"\b(?:anomal\w+|unusual)\b", "tell what is unusual"),
    (r"\b(?:ratio|per capita|divided by|minus|times more|percent more|times as)\b", "do arithmetic between columns or results"),
    (r"\b(?:map|choropleth|sankey|treemap|sunburst|violin|radar|waterfall|funnel|bubble|gantt|candlestick)\b", "tell what that chart should show"),
)  # fmt: skip
"""Pattern → what the built-in analyst cannot do."""
