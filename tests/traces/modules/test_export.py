import importlib.util
import itertools
import json
import linecache
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.modules.export import exported_source
from steepest.traces.modules.module import Module, model
from steepest.traces.parameters import node, update

HEAD = """
from steepest.traces.bundle import bundle
from steepest.traces.modules.module import Module, model
from steepest.traces.parameters import node
"""
_numbers = itertools.count()


class Exporting:
    """Writes a module of Python, and runs what is exported from it in another process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exported = ""

    def module(self, source, head=HEAD):
        name = f"exporting_{next(_numbers)}"
        path = self.folder / f"{name}.py"
        path.write_text(head + dedent(source), "utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        made = importlib.util.module_from_spec(spec)
        sys.modules[name] = made
        spec.loader.exec_module(made)
        return made

    def ran(self, module, expression, **environment):
        """What an expression gives in a fresh process; `agent` is the exported module of names."""
        path = self.folder / "learned.py"
        module.export(path)
        self.exported = path.read_text("utf-8")
        program = f"import json, learned as agent; print(json.dumps({expression}))"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr + self.exported
        return json.loads(done.stdout)


@pytest.fixture
def exporting(tmp_path):
    before = set(sys.modules)
    yield Exporting(tmp_path)
    for name in set(sys.modules) - before:
        if name.startswith("exporting_"):
            del sys.modules[name]


AGENT = '''
    import math as m
    import os.path

    # How large it may be.
    LIMIT = 3
    TABLE = {}
    TABLE["a"] = LIMIT
    UNUSED = object()


    def helper(x):
        return m.floor(x) + TABLE["a"]


    @model
    class Agent:
        """An agent."""

        def __init__(self, style="kind"):
            self.style = style
            self.prompt = node(f"Answer {style}.", "prompt", trainable=True, description="what it is told")
            self.limit, self.rate = node(1, trainable=True), node(value=0.5, trainable=True)
            self.untouched = node("as " "it was", trainable=True)

        @bundle(trainable=True, trust=True)
        def rank(self, x):
            """Rank it."""
            return x + 1

        def forward(self, x):
            return helper(self.rank(x).value) if x > 0 else self.prompt.value
'''
PROMPT = 'You are a "planner".\nUse \\ and \'ünïcode\' \U0001f600 {braces} """three""".\n\tEnd.\n' + "long words " * 40


def test_what_was_learned_is_in_place_and_runs(exporting):
    agent = exporting.module(AGENT).Agent()
    update(agent.prompt, PROMPT)
    update(agent.limit, 7)
    update(agent.rate, 1e-9)
    update(agent.rank.parameters[0], "def rank(self, x):\n    # learned\n    return x * 10")

    probe = "[agent.Agent()(-1), agent.Agent()(1.5), agent.Agent().limit.value, agent.Agent().rate.value]"
    assert exporting.ran(agent, probe) == [agent(-1), agent(1.5), 7, 1e-9]
    assert agent(-1) == PROMPT
    assert agent(1.5) == 18


def test_the_source_is_readable(exporting):
    agent = exporting.module(AGENT).Agent()
    update(agent.prompt, "Be brief.\nBe right.\n")
    update(agent.rank.parameters[0], "def rank(self, x):\n    # learned\n    return x * 10")
    text = exported_source(agent)
    head = f"# Exported by steepest: {type(agent).__module__}.Agent with what was learned.\n"
    assert text.startswith(head + "# Code in it was written by an optimizer. Here it runs in your process, with all")
    assert "optimizer" not in exported_source(type(agent)())
    assert text.partition("\n\n")[2] == dedent('''\
        import math as m

        from steepest.traces.bundle import bundle
        from steepest.traces.modules.module import model
        from steepest.traces.parameters import node

        # How large it may be.
        LIMIT = 3
        TABLE = {}
        TABLE["a"] = LIMIT


        def helper(x):
            return m.floor(x) + TABLE["a"]


        @model
        class Agent:
            """An agent."""

            def __init__(self, style="kind"):
                self.style = style
                self.prompt = node((
                    "Be brief.\\n"
                    "Be right.\\n"
                ), "prompt", trainable=True, description="what it is told")
                self.limit, self.rate = node(1, trainable=True), node(value=0.5, trainable=True)
                self.untouched = node("as " "it was", trainable=True)

            @bundle(trainable=True, trust=True)
            def rank(self, x):
                # learned
                return x * 10

            def forward(self, x):
                return helper(self.rank(x).value) if x > 0 else self.prompt.value
        ''')


def test_what_was_exported_can_go_on_learning(exporting):
    agent = exporting.module(AGENT).Agent()
    update(agent.prompt, "better")
    probe = "[sorted(agent.Agent().named_parameters()), agent.Agent().prompt.trainable.description]"
    assert exporting.ran(agent, probe) == [["limit", "prompt", "rank.code", "rate", "untouched"], "what it is told"]


def test_an_exported_module_can_be_exported_again(exporting):
    agent = exporting.module(AGENT).Agent()
    update(agent.limit, 5)
    again = exporting.module(exported_source(agent), head="").Agent()
    update(again.prompt, "more")
    assert exporting.ran(again, "[agent.Agent().limit.value, agent.Agent()(-1)]") == [5, "more"]


def test_a_module_that_learned_nothing_keeps_its_source(exporting):
    agent = exporting.module(AGENT).Agent()
    assert exporting.ran(agent, "agent.Agent('brief')(-1)") == "Answer brief."


NESTED = """
    class Step(Module):
        def __init__(self, prompt="go"):
            self.prompt = node(prompt, trainable=True)

        @bundle(trainable=True, trust=True)
        def work(self, x):
            return x + self.prompt.value


    class Single(Module):
        def __init__(self):
            self.size = node(1, trainable=True)


    class Agent(Module):
        def __init__(self, count=3):
            self.steps = [Step("a"), Step("b")]
            self.single = Single()
            self.listed = [node("l0", trainable=True), node("l1", trainable=True)]
            self.table = {"x": node(1, trainable=True), "y": (node(2, trainable=True),)}
            self.many = [node(number, trainable=True) for number in range(count)]
            for name in ("first", "second"):
                setattr(self, name, node(name, trainable=True))

        def forward(self, x):
            for step in self.steps:
                x = step.work(x).value
            return x
"""


def test_nested_modules_containers_and_loops(exporting):
    agent = exporting.module(NESTED).Agent()
    for name, value in {
        "steps[0].prompt": "A\n",
        "steps[1].prompt": "B",
        "single.size": 9,
        "listed[1]": "L1",
        "table['x']": 10,
        "table['y'][0]": 20,
        "many[2]": 22,
        "second": "2nd",
        "steps[0].work.code": "def work(self, x):\n    return x * 2 + self.prompt.value",
    }.items():
        assert update(agent.named_parameters()[name], value).outcome == "committed"

    probe = "[agent.Agent()('x'), {name: each.value for name, each in agent.Agent().named_parameters().items()}]"
    expected = {name: each.value for name, each in agent.named_parameters().items()}
    assert exporting.ran(agent, probe) == [agent("x"), expected]
    assert "self.size = node(9, trainable=True)" in exporting.exported
    assert "self.prompt = node(prompt, trainable=True)" in exporting.exported
    assert "set_parameter(self.many[2], 22)" in exporting.exported
    assert "many[0]" not in exporting.exported


def test_inheritance_and_shared_and_class_parameters(exporting):
    module = exporting.module("""
        class Base(Module):
            top = node("top", trainable=True)

            def __init__(self):
                self.prompt = node("base", trainable=True)

            @bundle(trainable=True, trust=True)
            def work(self, x):
                return x


        class Child(Base):
            def __init__(self):
                super().__init__()
                self.own = node("own", trainable=True)

            def forward(self, x):
                return [self.work(x).value, self.prompt.value, self.own.value, self.top.value]
    """)
    child = module.Child()
    for name, value in {
        "prompt": "P",
        "own": "O",
        "top": "T",
        "work.code": "def work(self, x):\n    return -x",
    }.items():
        update(child.named_parameters()[name], value)
    assert exporting.ran(child, "agent.Child()(1)") == [-1, "P", "O", "T"]


def test_an_inherited_init_gets_one_that_sets_what_was_learned(exporting):
    module = exporting.module("""
        class Base(Module):
            def __init__(self, count):
                self.many = [node(number, trainable=True) for number in range(count)]


        class Child(Base):
            pass
    """)
    child = module.Child(2)
    update(child.many[1], 5)
    assert exporting.ran(child, "[each.value for each in agent.Child(2).many]") == [0, 5]


def test_dataclasses_enumerations_and_records(exporting):
    module = exporting.module("""
        from dataclasses import dataclass, field
        from enum import Enum
        from typing import Any


        class Color(Enum):
            RED = 1
            BLUE = 2


        @dataclass(frozen=True)
        class Point:
            x: float
            color: Color


        @model
        @dataclass
        class Agent:
            prompt: Any = field(default_factory=lambda: node("p", trainable=True))
            color: Any = field(default_factory=lambda: node(Color.RED, trainable=True))
            points: Any = field(default_factory=lambda: [node(Point(1, Color.RED), trainable=True)])
            many: Any = field(default_factory=lambda: [node(n, trainable=True) for n in range(2)])
    """)
    agent = module.Agent()
    update(agent.prompt, "q")
    update(agent.color, module.Color.BLUE)
    update(agent.points[0], module.Point(2.5, module.Color.BLUE))
    update(agent.many[0], 9)
    probe = "[agent.Agent().prompt.value, agent.Agent().color.value.name, agent.Agent().points[0].value.x, "
    probe += "agent.Agent().many[0].value]"
    assert exporting.ran(agent, probe) == ["q", "BLUE", 2.5, 9]


def test_names_of_the_module_are_followed(exporting):
    module = exporting.module(
        '''
        import json, re as regular
        from collections import (
            OrderedDict as Ordered,
            defaultdict,
        )
        from typing import TYPE_CHECKING
        try:
            import tomllib as toml
        except ImportError:
            toml = None
        if TYPE_CHECKING:
            from decimal import Decimal

        WORDS = """
        one
          two
        """
        PROMPT = node("global", trainable=True)


        @bundle(trainable=True, trust=True)
        def shout(x):
            return x.upper()


        def _deep(x: Decimal) -> Ordered:
            return Ordered(words=WORDS, x=x, found=bool(regular.match("a", x)), toml=toml is not None)


        class Unneeded:
            pass


        class Agent(Module):
            def forward(self, x: defaultdict) -> Unknown:
                return json.dumps([_deep(x), PROMPT.value, shout(x).value])


        if __name__ == "__main__":
            Agent()("never")
    ''',
        head="from __future__ import annotations\n" + HEAD,
    )
    agent = module.Agent()
    update(module.PROMPT, "learned")
    update(module.shout.parameters[0], "def shout(x):\n    return x + '!'")
    assert exporting.ran(agent, "agent.Agent()('abc')") == agent("abc")
    assert json.loads(agent("abc"))[1:] == ["learned", "abc!"]
    assert "Unneeded" not in exporting.exported
    assert "never" not in exporting.exported


def test_imports_of_the_package_become_absolute(exporting):
    package = exporting.folder / "exporting_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "parts.py").write_text(
        HEAD + "class Step(Module):\n    def __init__(self):\n        self.prompt = node('p', trainable=True)\n"
    )
    (package / "agents.py").write_text(
        HEAD + "from .parts import Step\nfrom .parts import *\n\nclass Agent(Module):\n    def __init__(self):\n"
        "        self.step = Step()\n"
    )
    sys.path.insert(0, str(exporting.folder))
    try:
        agents = importlib.import_module("exporting_package.agents")
    finally:
        sys.path.remove(str(exporting.folder))
    agent = agents.Agent()
    update(agent.step.prompt, "learned")
    assert exporting.ran(agent, "agent.Agent().step.prompt.value") == "learned"
    assert "from exporting_package.parts import Step" in exporting.exported


def test_learned_code_brings_its_imports_and_helpers_along(exporting):
    module = exporting.module('''
        MOST = 100


        class Agent(Module):
            @bundle(trainable=True, trust=True)
            def rank(self, x: int = 3, *, most: int = MOST) -> int:
                """As it was."""
                return x
    ''')
    agent = module.Agent()
    code = dedent('''\
        import math
        from collections import Counter

        MOST = 5
        TEXT = """a
          b"""


        def _helper(x):
            return math.sqrt(x) + MOST


        def rank(self, x: int = 3, *, most: int = 100) -> int:
            """As it is."""
            # With care.
            return _helper(x) + len(Counter(TEXT))
    ''')
    assert update(agent.rank.parameters[0], code).outcome == "committed"
    assert exporting.ran(agent, "agent.Agent().rank(16).value") == agent.rank(16).value == 13
    assert '"""As it is."""' in exporting.exported


def test_a_signature_that_needs_a_helper_is_refused(exporting):
    module = exporting.module("""
        class Agent(Module):
            @bundle(trainable=True, trust=True)
            def rank(self, x=3):
                return x
    """)
    agent = module.Agent()
    assert update(agent.rank.parameters[0], "THREE = 3\ndef rank(self, x=THREE):\n    return x").outcome == "committed"
    with pytest.raises(TraceError, match="signature of its learned code uses THREE"):
        exported_source(agent)


def test_functions_on_a_line(exporting):
    module = exporting.module("""
        class Agent(Module):
            def __init__(self): self.many = [node(number, trainable=True) for number in range(2)]
            @bundle(trainable=True, trust=True)
            def rank(self, x): return x
    """)
    agent = module.Agent()
    update(agent.many[1], 8)
    update(agent.rank.parameters[0], "import math\ndef rank(self, x): return math.sqrt(x) + self.many[1].value")
    assert exporting.ran(agent, "agent.Agent().rank(4).value") == agent.rank(4).value == 10


def test_tabs_and_signs_that_end_no_line_of_python(exporting):
    module = exporting.module(
        'SIGNS = "\u2028 \x85"\n\x0c\n'
        "class Agent(Module):\n"
        "\tdef __init__(self):\n"
        '\t\tself.prompt = node("\u2028", trainable=True)\n'
        "\t@bundle(trainable=True, trust=True)\n"
        "\tasync def rank(self, x):\n"
        "\t\treturn SIGNS\n"
    )
    agent = module.Agent()
    update(agent.prompt, "a\u2029\nb")
    code = "import math\nasync def rank(self, x):\n    return SIGNS + str(math.floor(x))"
    assert update(agent.rank.parameters[0], code).outcome == "committed"
    probe = "[agent.Agent().prompt.value, __import__('asyncio').run(agent.Agent().rank(1.5)).value]"
    assert exporting.ran(agent, probe) == ["a\u2029\nb", "\u2028 \x851"]


def test_a_class_that_was_defined_in_a_function(exporting):
    factor, words = 3, ["a", "b"]

    def scaled(x):
        return factor * x

    class Part(Module):
        def __init__(self):
            self.text = node(
                """two
lines""",
                trainable=True,
            )

    @model
    class Inner:
        def __init__(self):
            self.part = Part()
            self.prompt = node("p", trainable=True)

        @bundle(trainable=True)
        def rank(self, x):
            return scaled(x) + len(words)

        def forward(self, x):
            return [self.rank(x).value, self.prompt.value, self.part.text.value, Path("a").name]

    inner = Inner()
    update(inner.prompt, "learned")
    assert exporting.ran(inner, "agent.Inner()(2)") == inner(2) == [8, "learned", "two\nlines", "a"]


def test_a_class_of_a_notebook(exporting, monkeypatch):
    cells = [
        HEAD + "import math as m\nfrom typing import Any, Optional\nLIMIT = [1, 2]\n",
        "def helper(x: Optional[int]) -> Any:\n    return m.floor(x) + sum(LIMIT)\n",
        "@bundle\ndef doubled(x):\n    return 2 * x\n",
        "class Agent(Module):\n    def __init__(self):\n        self.prompt = node('p', trainable=True)\n\n"
        "    def forward(self, x):\n        return [helper(x), self.prompt.value, doubled(x).value]\n",
    ]
    notebook = ModuleType("exporting_notebook")
    monkeypatch.setitem(sys.modules, notebook.__name__, notebook)
    for number, cell in enumerate(cells):
        monkeypatch.setitem(linecache.cache, f"<cell {number}>", (len(cell), None, cell.splitlines(True), ""))
        exec(compile(cell, f"<cell {number}>", "exec"), vars(notebook))  # noqa: S102
    agent = notebook.Agent()
    update(agent.prompt, "learned")
    assert exporting.ran(agent, "agent.Agent()(1.5)") == agent(1.5) == [4, "learned", 3.0]


def test_what_is_registered_elsewhere_in_the_module_comes_along(exporting):
    module = exporting.module("""
        TOOLS = {}
        ORDER = []


        def tool(name):
            def put(function):
                TOOLS[name] = function
                return function

            return put


        def note(name):
            ORDER.append(name)


        @tool("double")
        def _double(x):
            return 2 * x


        @tool("triple")
        def _triple(x):
            return 3 * x


        note("triple")


        class Agent(Module):
            def forward(self, x):
                return [TOOLS[name](x) for name in [*TOOLS, *ORDER]]
    """)
    assert exporting.ran(module.Agent(), "agent.Agent()(2)") == [4, 6, 6]


def test_names_that_come_with_a_star(exporting):
    module = exporting.module("""
        from math import *


        class Agent(Module):
            def forward(self, x):
                return floor(x)
    """)
    assert exporting.ran(module.Agent(), "agent.Agent()(1.5)") == 1
    assert "from math import floor" in exporting.exported


def test_what_can_not_be_carried_over_is_named(exporting):
    client = object()

    class Needy(Module):
        def forward(self, x):
            return client

    with pytest.raises(TraceError, match=r"it uses client, which is <object object>.*make it in __init__"):
        exported_source(Needy())


def test_a_value_that_is_no_literal_is_named(exporting):
    agent = exporting.module(NESTED).Agent()
    agent.single.size._value = object
    update(agent.single.size, int)
    with pytest.raises(
        TraceError, match=r"the parameter single\.size can't be exported: <class 'int'> is of type type"
    ):
        exported_source(agent)


def test_a_place_that_can_not_be_written_is_named(exporting):
    module = exporting.module("""
        class Agent(Module):
            def __init__(self):
                self.tags = {node(name, trainable=True) for name in "ab"}
    """)
    agent = module.Agent()
    update(agent.parameters()[0], "c")
    with pytest.raises(TraceError, match=r"tags\{0\} can't be exported: it is in a set"):
        exported_source(agent)


def test_only_modules_of_known_source_are_exported(exporting):
    with pytest.raises(TraceError, match="only modules are exported, not a int"):
        exported_source(3)
    namespace = {"Module": Module, "__name__": __name__}
    exec("class Typed(Module):\n    def forward(self, x):\n        return x", namespace)  # noqa: S102
    with pytest.raises(TraceError, match="Typed can't be exported: its source can't be had"):
        exported_source(namespace["Typed"]())


def test_the_result_is_the_same_each_time(exporting):
    agent = exporting.module(NESTED).Agent()
    update(agent.listed[0], "x")
    assert exported_source(agent) == exported_source(agent)


def test_unused_names_of_steepest_stay_away(exporting):
    module = exporting.module("""
        class Plain:
            def __init__(self, prompt):
                self.prompt = prompt

            def forward(self, x):
                return self.prompt
    """)
    plain = model(module.Plain)(node("x", trainable=True))
    assert "steepest.traces" not in exported_source(plain)
    assert "class Plain:" in exported_source(plain)


def test_bundles_in_attributes(exporting):
    module = exporting.module("""
        def tool(x):
            return x


        class Agent(Module):
            def __init__(self):
                self.tool = bundle(tool, trainable=True, trust=True)
    """)
    agent = module.Agent()
    update(agent.tool.parameters[0], "def tool(x):\n    return x + 1")
    assert exporting.ran(agent, "agent.Agent().tool(1).value") == 2
