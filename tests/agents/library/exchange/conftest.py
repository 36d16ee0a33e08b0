"""Files of the shape that AlphaOPT's are."""

import pytest


@pytest.fixture
def alphaopt_library():
    """A `library.json` with all that such files hold: several labels, one id or many, texts with signs, lineage."""
    none = {"positive": [], "negative": [], "unretrieved": [], "irrelevant": [], "invalid": []}
    return [
        {
            "insight_id": 33,
            "taxonomy": {"Domain Modeling": {"Packaging": ["Knapsack Constraints"], "Selection": ["Binary Selection"]}},
            "condition": "This insight applies when items share one capacity.\nThis does NOT apply to flows.  ",
            "explanation": "Best practice: one row for the capacity, \u2265 and \u2264 as told.",
            "example": "# Wrong\nx >= 0\n\n# Correct\n```python\nmodel.addConstr(w @ x <= W)\n```\n",
            "iteration": 0,
            "version": 1,
            "task_id": "E021",
            "occurrence": 4,
            "distribution": {
                **none,
                "positive": ["E001", "B016"],
                "negative": ["A186"],
                "irrelevant": ["E014", "E001"],
            },
        },
        {
            "insight_id": 6,
            "taxonomy": {"General Formulation": {"Explicit Bounds": []}, "Code Implementation": {"Syntax": ["x > y"]}},
            "condition": "applies to bounds",
            "explanation": "set them",
            "example": None,
            "iteration": 2,
            "version": 3,
            "task_id": ["E017", "E019"],
            "occurrence": 0,
            "distribution": none,
            "merged_from": [3, 4],
            "lineage": [[1, 2], 4],
            "of a later version": {"kept": [1, None, 0.5]},
        },
        {"insight_id": 7, "taxonomy": {}, "condition": "it has no label", "explanation": "a merge of AlphaOPT's"},
    ]


@pytest.fixture
def alphaopt_taxonomy():
    """A dictionary of labels, with what drifts in one: empty ones, one without a text, another spelling."""
    return {
        "Domain Modeling": {
            "Packaging": {
                "Knapsack Constraints": {"definition": "capacity \u2211 w x \u2264 C", "condition": "Applies when ..."},
                "knapsack constraints": {"definition": "again"},
                "No Text": {},
                "Null": None,
            },
            "Routing": {"Strict x < y": {"definition": "d", "condition": "c", "more": [1]}},
        },
        "General Formulation": {"Explicit Bounds": {}, "Units > Scaling": {"Big-M": "a text alone"}},
        "Code Implementation": {},
    }
