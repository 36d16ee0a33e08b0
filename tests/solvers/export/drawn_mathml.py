"""What MathML draws of an expression, form by form."""

from xml.etree import ElementTree

from steepest.solvers.export.mathml import expression_mathml
from steepest.solvers.language.expressions import Expression
from tests.solvers.export.reader import Item

_SIGNS = {
    "≤": "<=", "≥": ">=", "=": "==", "≠": "!=", "<": "<", ">": ">", "∈": "in", "∉": "not in", "∪": "|", "∩": "&",
    "+": "+", "−": "-", "∧": "and", "∨": "or", "⇒": "implies", ":": ":", ",": ",", "\u2062": "thin", "⋅": "*",
    "¬": "not", "…": "dots",
}  # fmt: skip
_BRACKETS = {"(": (")", "("), "{": ("}", "{"), "|": ("|", "|"), "‖": ("‖", "norm")}


def drawn(expression: Expression) -> tuple[Item, ...]:
    """The items of an expression."""
    return _inside(ElementTree.fromstring(expression_mathml(expression))[0])  # noqa: S314  # our own


def _inside(row: ElementTree.Element) -> tuple[Item, ...]:
    """The items of a row; of another element, the element itself."""
    if row.tag.rpartition("}")[2] != "mrow" or _is_bracketed(row):
        return _items(row)
    return tuple(item for each in row for item in _items(each))


def _is_bracketed(row: ElementTree.Element) -> bool:
    return len(row) > 1 and row[0].text in _BRACKETS and row[0].tag.endswith("mo")


def _items(element: ElementTree.Element) -> tuple[Item, ...]:
    text = element.text or ""
    match element.tag.rpartition("}")[2]:
        case "mspace":
            return ()
        case "mo":
            return (Item("sign", _SIGNS[text]),)
        case "mn":
            digits = Item("number", text.removeprefix("−"))
            return (Item("sign", "-"), digits) if text.startswith("−") else (digits,)
        case "mi":
            is_name = element.get("data-name") is not None or text == "π"
            return (Item("name", "pi" if text == "π" else text) if is_name else Item("function", text),)
        case "mrow":
            return (_bracketed(element),)
        case "munder":
            name = element[0].text or ""
            return (Item("big", "sum" if name == "∑" else name, (_inside(element[1]),)),)
    return (_form(element),)


def _bracketed(row: ElementTree.Element) -> Item:
    if row[1].tag.endswith("mtable"):
        cells = [tuple(item for each in cell if not each.tag.endswith("mtext") for item in _items(each))
                 for line in row[1] for cell in line]  # fmt: skip
        return Item("cases", "", tuple(cells[:3]))
    end, kind = _BRACKETS[row[0].text or ""]
    assert row[-1].text == end
    return Item("group", kind, (tuple(item for each in row[1:-1] for item in _items(each)),))


def _form(element: ElementTree.Element) -> Item:
    parts = tuple(_inside(each) for each in element)
    match element.tag.rpartition("}")[2]:
        case "msub" if element.get("data-name") is not None:
            return Item("name", "".join(each.text for part in parts for each in part))
        case "msub":
            return parts[0][0] if parts[0][0].text == "norm" else Item("below", "", parts)
        case "msup":
            return Item("power", "", parts)
        case "mfrac":
            return Item("fraction", "", parts)
        case "msqrt":
            return Item("root", "", (tuple(item for part in parts for item in part),))
    raise AssertionError(f"no reading of {element.tag}")
