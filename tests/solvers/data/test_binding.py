from pathlib import Path

import numpy as np
import pytest

from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Cells, Dense
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.scalar.interpreter import ScalarInstance

SHOPS = {"name": "Shop", "members": "{a, b}"}
MONTHS = {"name": "Month", "members": "1..3"}


def formulation(*parameters, sets=(SHOPS, MONTHS), **elements):
    return Formulation.model_validate({"sets": list(sets), "parameters": list(parameters), **elements})


def needed(name, index=None, **details):
    return {"name": name, "index": index, "missing": True, **details}


def values(form, name, tables=None, folder=None):
    """What a parameter is worth at every index tuple after binding."""
    return dict(ScalarInstance(form, bind(form, tables, folder=folder)).parameters[name].values)


@pytest.fixture
def written(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(form, tables=None, folder=None):
    with pytest.raises(FormulationError) as error:
        bind(form, tables, folder=folder)
    return error.value.diagnostics


# What stands in the formulation


def test_inline_data_are_bound():
    form = formulation(
        {"name": "p", "index": "Shop", "values": [{"index": ["a"], "value": 3}, {"index": ["b"], "value": None}]},
        {"name": "n", "value": 4},
        {"name": "everywhere", "index": "Shop", "value": 5},
        {"name": "home", "index": "Month", "values": [{"index": [1], "value": "a"}]},
    )
    data = bind(form)
    assert data.cells["p"] == Cells((["a"],), pytest.approx(np.array([3.0])))
    assert data.scalars == {"n": 4, "everywhere": 5}
    assert data.cells["home"].values == ["a"]
    assert values(form, "everywhere") == {("a",): 5, ("b",): 5}


def test_bound_data_replace_inline_ones():
    form = formulation({"name": "n", "value": 4})
    assert values(form, "n", {"n": 7}) == {(): 7}


# Python values


@pytest.mark.parametrize(
    "bound",
    [
        {"a": 1, "b": 2},
        {"b": 2.0, " a ": 1},
        [1, 2],
        (1, 2),
        np.array([1, 2]),
        range(1, 3),
        {"a": np.float64(1), "b": np.int64(2)},
    ],
)
def test_one_index_takes_mappings_and_arrays(bound):
    assert values(formulation(needed("p", "Shop")), "p", {"p": bound}) == {("a",): 1, ("b",): 2}


@pytest.mark.parametrize(
    "bound",
    [
        {("a", 1): 1, ("a", 2): 2, ("b", 3): 6},
        {"a": {1: 1, "2": 2}, "b": {3: 6}},
    ],
)
def test_two_indices_take_tuples_and_nested_mappings(bound):
    found = values(formulation(needed("p", "Shop, Month")), "p", {"p": bound})
    assert found == {("a", 1): 1, ("a", 2): 2, ("b", 3): 6}


def test_an_array_is_in_set_order():
    data = bind(formulation(needed("p", "Shop, Month")), {"p": [[1, 2, 3], [4, 5, 6]]})
    assert isinstance(data.cells["p"], Dense)
    assert data.cells["p"].values.shape == (2, 3)


def test_a_parameter_of_labels_takes_a_list_of_words():
    assert values(formulation(needed("home", "Month")), "home", {"home": ["a", "a", "b"]}) == {
        (1,): "a",
        (2,): "a",
        (3,): "b",
    }


@pytest.mark.parametrize(
    ("bound", "value"), [(5, 5), ("400,000", 400000), ("25%", 0.25), ("Depot", "Depot"), (np.float64(2.5), 2.5)]
)
def test_a_scalar_takes_a_number_a_label_or_a_text_that_is_a_number(bound, value):
    assert values(formulation(needed("p")), "p", {"p": bound}) == {(): value}


def test_one_number_for_an_indexed_parameter_is_the_same_everywhere():
    assert values(formulation(needed("p", "Shop")), "p", {"p": 2}) == {("a",): 2, ("b",): 2}


def test_a_set_takes_a_list_of_labels_or_tuples():
    form = Formulation.model_validate(
        {
            "sets": [{"name": "A", "table": {"path": "a.csv"}}, {"name": "Arc", "table": {"path": "b.csv"}}],
            "parameters": [needed("p", "(i, j) in Arc")],
        }
    )
    bound = {"A": ["x", "y"], "Arc": [("x", "y"), ("y", "x")], "p": {("x", "y"): 3}}
    scope = ScalarInstance(form, bind(form, bound))
    assert scope.sets["A"].members == ("x", "y")
    assert scope.sets["Arc"].members == (("x", "y"), ("y", "x"))


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ({"a": 1, "c": 2}, "unknown-label"),
        ({("a", "b"): 1}, "index-count"),
        ({"a": 1, ("a", "b"): 1}, "index-count"),
        ({"a": float("nan")}, "not-finite"),
        ({"a": [1]}, "wrong-type"),
        ({"a": None}, "wrong-type"),
        ([1, 2, 3], "array-shape"),
        ([[1, 2]], "array-shape"),
        ([1, [2]], "array-shape"),
        ([1, float("nan")], "not-finite"),
        ([1, "x"], "not-a-number"),
        (object(), "wrong-type"),
        (True, "wrong-type"),
    ],
)
def test_values_that_do_not_fit_are_refused(bound, code):
    findings = refused(formulation(needed("p", "Shop")), {"p": bound})
    assert [each.code for each in findings] == [code]
    assert findings[0].element == "parameter p"


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ({"a", "b"}, "wrong-type"),
        (["a", "a"], "duplicate-label"),
        (["a", ("b", "c")], "mixed-tuples"),
        (5, "wrong-type"),
    ],
)
def test_elements_of_a_set_that_are_no_ordered_labels_are_refused(bound, code):
    assert refused(formulation(), {"Shop": bound})[0].code == code


def test_several_values_for_a_scalar_are_refused():
    assert refused(formulation(needed("p")), {"p": [1, 2]})[0].code == "array-shape"


def test_an_unknown_name_is_told_with_its_neighbour():
    finding = refused(formulation(needed("demand", "Shop")), {"demnad": {"a": 1}})[0]
    assert finding.code == "unknown-name"
    assert finding.repair == "did you mean demand?"


def test_an_unknown_label_is_told_with_its_neighbour():
    form = formulation(needed("p", "City"), sets=[{"name": "City", "members": "{Berlin, Hamburg}"}])
    finding = refused(form, {"p": {"Berlln": 1}})[0]
    assert "'Berlln'" in finding.message
    assert finding.repair == 'did you mean "Berlin"?'


def test_findings_of_all_elements_are_told_at_once():
    form = formulation(needed("p", "Shop"), needed("q", "Shop"))
    assert [each.element for each in refused(form, {"p": [1], "q": {"c": 1}})] == ["parameter p", "parameter q"]


# Tables


@pytest.mark.parametrize(
    "text",
    [
        "shop,month,p\na,1,10\nb,3,20\n",
        "P [kg],Month,SHOP\n10,1,a\n20,3,b\n",
        "from,to,amount\na,1,10\nb,3,20\n",
        "note,shop,month,p\nx,a,1,10\ny,b,3,20\n",
        "s,t,p\na,1,10\nb,3,20\n",
        "Shop,1,2,3\na,10,-,-\nb,-,-,20\n",
        ",1,3\na,10,-\nb,-,20\n",
    ],
)
def test_columns_are_matched_by_their_names_or_places(written, text):
    form = formulation(needed("p", "s in Shop, t in Month"))
    assert values(form, "p", {"p": written(text)}) == {("a", 1): 10, ("b", 3): 20}


def test_a_path_may_be_a_text(written):
    form = formulation(needed("p", "Shop"))
    assert values(form, "p", {"p": str(written("shop,p\na,1\n"))}) == {("a",): 1}


def test_three_keys_are_read_from_a_long_table(written):
    form = formulation(needed("p", "s in Shop, t in Month, u in Shop"))
    table = written("s,t,u,value\na,1,b,5\n")
    assert values(form, "p", {"p": table}) == {("a", 1, "b"): 5}


def test_the_keys_of_a_tuple_set_are_several_columns(written):
    arcs = {"name": "Arc", "members": "{(a, b), (b, a)}"}
    form = formulation(needed("cost", "(i, j) in Arc"), sets=[SHOPS, arcs])
    assert values(form, "cost", {"cost": written("i,j,cost\na,b,1\nb,a,2\n")}) == {("a", "b"): 1, ("b", "a"): 2}
    finding = refused(form, {"cost": written("i,j,cost\na,a,1\n")})[0]
    assert finding.code == "unknown-label"


def test_a_table_of_a_set_fills_the_parameters_over_it(written):
    form = formulation(
        needed("opening", "Center", unit="$"),
        needed("capacity", "Center"),
        needed("kind", "c in Center"),
        needed("other", "Shop"),
        sets=[SHOPS, {"name": "Center", "members": "{old}"}],
    )
    table = written("Center,opening [$],Capacity,kind,remark\nNorth,151000,1187,big,x\nSouth,9,8,small,y\n")
    data = bind(form, {"Center": table})
    assert data.members["Center"].columns == (["North", "South"],)
    assert data.cells["opening"].values.tolist() == [151000, 9]
    assert data.cells["kind"].values == ["big", "small"]
    assert "other" not in data.cells


def test_a_data_frame_is_bound_long_wide_or_as_a_series():
    pandas = pytest.importorskip("pandas")
    wide = pandas.DataFrame({1: [10.0, 1.0], 3: [2.0, 20.0]}, index=["a", "b"])
    form = formulation(needed("p", "Shop, Month"))
    expected = {("a", 1): 10, ("a", 3): 2, ("b", 1): 1, ("b", 3): 20}
    assert values(form, "p", {"p": wide}) == expected
    assert values(form, "p", {"p": wide.stack()}) == expected


def test_data_of_sets_that_are_evaluated_later_are_read_too(written):
    pairs = {"name": "Pair", "members": "{(s, t) for s in Shop for t in Month if n > t}"}
    form = formulation(needed("n"), needed("p", "Pair"), sets=[SHOPS, MONTHS, pairs])
    assert values(form, "p", {"n": 2, "p": written("s,t,p\na,1,5\n")}) == {("a", 1): 5}


def test_a_default_stands_for_absent_cells(written):
    form = formulation(needed("p", "Shop", default=9))
    assert values(form, "p", {"p": written("shop,p\na,-\n")}) == {("a",): 9, ("b",): 9}


def test_a_dash_among_labels_is_absent_too(written):
    form = formulation(needed("home", "Month"))
    assert values(form, "home", {"home": written("month,home\n1,a\n2,-\n")}) == {(1,): "a"}


def test_a_single_value_is_read_from_a_table_of_one_row(written):
    form = formulation(needed("p"))
    assert values(form, "p", {"p": written("p,q\n3,4\n")}) == {(): 3}
    assert refused(form, {"p": written("p\n3\n4\n")})[0].code == "array-shape"


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("shop,p\na,1\na,2\n", "duplicate-key", 'row 3, column "shop": "a" is given a second time'),
        ("shop,p\na,1\nc,2\n", "unknown-label", 'row 3, column "shop": "c" is not in Shop'),
        ("shop,p\na,\n", "empty-cell", 'row 2, column "p"'),
        ("shop,p\n,1\n", "empty-cell", 'row 2, column "shop"'),
        ("shop,p\na,1\nb,many\n", "not-a-number", 'row 3, column "p": `many`'),
        ("shop,month,q\na,1,2\n", "wrong-columns", 'the columns "shop", "month", "q"'),
        ("a,3\nb,4\n", "no-head", "the first row of data.csv looks like data"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_with_file_row_and_column(written, text, code, told):
    finding = refused(formulation(needed("p", "Shop")), {"p": written(text)})[0]
    assert finding.code == code
    assert "data.csv" in finding.message
    assert told in finding.message


def test_words_are_refused_where_a_parameter_has_a_unit(written):
    form = formulation(needed("p", "Shop", unit="kg"))
    assert refused(form, {"p": written("shop,p\na,x\n")})[0].code == "not-a-number"


# Files that a formulation names itself


def named(path, columns=(), **details):
    return formulation({"name": "p", "index": "Shop", "table": {"path": path, "columns": list(columns)}, **details})


def test_a_formulation_reads_files_of_its_own_folder(written, tmp_path):
    written("label,amount\na,1\n", "own.csv")
    (tmp_path / "below").mkdir()
    written("label,amount\na,2\n", "below/own.csv")
    assert values(named("own.csv"), "p", folder=tmp_path) == {("a",): 1}
    assert values(named("below/own.csv"), "p", folder=tmp_path) == {("a",): 2}


def test_a_formulation_names_the_columns(written, tmp_path):
    written("x,label,amount,y\n1,a,5,2\n", "own.csv")
    assert values(named("own.csv", ["label", "Amount"]), "p", folder=tmp_path) == {("a",): 5}
    assert refused(named("own.csv", ["label", "amuont"]), folder=tmp_path)[0].repair == 'did you mean "amount"?'
    assert refused(named("own.csv", ["x", "label", "amount"]), folder=tmp_path)[0].code == "wrong-columns"


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/data.csv",
        "../own.csv",
        "below/../../own.csv",
        "..\\own.csv",
        "C:\\own.csv",
        "C:own.csv",
        "\\\\host\\own.csv",
        "~/own.csv",
        "own.csv\0",
        "own\ud800.csv",
    ],
)
def test_a_formulation_reads_nothing_outside_of_its_folder(written, tmp_path, path):
    written("shop,p\na,1\n", "own.csv")
    (tmp_path / "inner" / "below").mkdir(parents=True)
    finding = refused(named(path), folder=tmp_path / "inner")[0]
    assert finding.code == "path-outside"
    assert "--data p=" in finding.repair


def test_a_link_does_not_lead_out_of_the_folder(written, tmp_path):
    target = written("shop,p\na,1\n", "own.csv")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "link.csv").symlink_to(target)
    assert refused(named("link.csv"), folder=tmp_path / "inner")[0].code == "path-outside"


def test_a_file_that_the_user_binds_may_be_anywhere(written, tmp_path):
    target = written("shop,p\na,1\n", "own.csv")
    (tmp_path / "inner").mkdir()
    assert values(named("gone.csv"), "p", {"p": target}, folder=tmp_path / "inner") == {("a",): 1}


def test_a_set_and_its_parameters_from_one_file(written, tmp_path):
    written("Shop,demand\nx,1\ny,2\n", "shops.csv")
    source = {"path": "shops.csv"}
    form = formulation(
        {"name": "demand", "index": "Shop", "table": source},
        sets=[{"name": "Shop", "table": {**source, "columns": []}}],
    )
    assert values(form, "demand", folder=tmp_path) == {("x",): 1, ("y",): 2}


def test_a_family_of_sets_is_read_from_index_and_member_columns(written, tmp_path):
    written("task,worker\nt1,x\nt1,y\nt2,x\n", "can.csv")
    sets = [
        {"name": "Task", "members": "{t1, t2}"},
        {"name": "Can", "index": "t in Task", "table": {"path": "can.csv"}},
    ]
    form = formulation(sets=sets)
    families = ScalarInstance(form, bind(form, folder=tmp_path)).families["Can"]
    assert {key: each.members for key, each in families.items()} == {("t1",): ("x", "y"), ("t2",): ("x",)}


def test_a_set_without_a_column_of_its_name_is_told(written, tmp_path):
    written("x,y\na,b\n", "own.csv")
    form = formulation(sets=[{"name": "Shop", "table": {"path": "own.csv"}}])
    assert refused(form, folder=tmp_path)[0].code == "missing-column"


def test_a_missing_file_is_told_with_its_element():
    finding = refused(named("gone.csv"), folder=Path("nowhere"))[0]
    assert finding.code == "no-file"
    assert finding.element == "parameter p"


@pytest.mark.slow
def test_a_million_rows_are_read(tmp_path):
    size = 1000
    path = tmp_path / "cost.csv"
    rows = (f"s{i},t{j},{(i * j) % 97 + 0.5}\n" for i in range(size) for j in range(size))
    path.write_text("S,T,cost\n" + "".join(rows))
    sets = [
        {"name": name, "members": "{" + ", ".join(f"{name.lower()}{k}" for k in range(size)) + "}"} for name in "ST"
    ]
    cells = bind(formulation(needed("cost", "S, T"), sets=sets), {"cost": path}).cells["cost"]
    assert cells.values.size == size**2
