"""The public names: what `from steepest import ...` promises."""

import steepest

PUBLIC_NAMES = [
    "Answer",
    "Diagnostic",
    "Formulation",
    "FormulationError",
    "InputError",
    "Optimized",
    "Solution",
    "SteepestError",
    "__version__",
    "open_model",
    "optimize",
    "solve",
]


def test_the_public_names_are_these_in_sorted_order() -> None:
    assert list(steepest.__all__) == PUBLIC_NAMES
    assert sorted(PUBLIC_NAMES) == PUBLIC_NAMES


def test_every_public_name_can_be_had() -> None:
    for name in PUBLIC_NAMES:
        assert getattr(steepest, name) is not None


def test_dir_shows_every_public_name_before_it_is_loaded() -> None:
    assert set(PUBLIC_NAMES) <= set(dir(steepest))


def test_an_unknown_name_is_an_attribute_error_and_not_an_import_error() -> None:
    assert not hasattr(steepest, "no_such_name")


def test_the_errors_share_one_root() -> None:
    for error in (steepest.InputError, steepest.FormulationError):
        assert issubclass(error, steepest.SteepestError)
