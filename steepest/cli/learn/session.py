"""A run of learning put together: problems, models, solver, library, folder."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.evolution.evolving import Evolution, EvolutionSettings
from steepest.agents.library.learning.attempts import Student
from steepest.agents.library.learning.figures import IterationFigures, figures_of
from steepest.agents.library.learning.journal import Journal, StepRecord, TaskRecord
from steepest.agents.library.learning.online import LearningSettings, OnlineLearning
from steepest.agents.library.learning.report import report_page
from steepest.agents.library.learning.run_folder import LearningEntry, LearningFolder, write_whole
from steepest.agents.library.learning.starting import begin_labels
from steepest.agents.library.library import Library
from steepest.agents.library.tasks import Grade, LibraryTask
from steepest.agents.llm.budget import Budget, Budgeted
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.kept_replies import KeptModel, Paid, ReplyFile
from steepest.agents.llm.redaction import redact
from steepest.cli.console import Console
from steepest.cli.learn.live import shown
from steepest.cli.learn.problems import digest, grade_of, read_gold, read_tasks, tasks_of
from steepest.cli.learn.progress import Progress
from steepest.errors import InputError
from steepest.evals.engines.solver_pool import SolverPool
from steepest.evals.methods.settings import Sampling
from steepest.settings import Settings, read_settings
from steepest.solvers.options import SolveOptions

SOLVER_SECONDS = 60.0


@dataclass(frozen=True)
class Learned:
    """What a run came to."""

    entry: LearningEntry
    iterations: list[IterationFigures]
    paid: Paid
    report: Path


@dataclass(frozen=True)
class _Models:
    """Who solves and who teaches, and what both have taken."""

    student: ChatModel
    teacher: ChatModel
    replies: ReplyFile


def learn(arguments: argparse.Namespace, console: Console) -> Learned:
    """Learn from all problems, as often as is wanted; what is done is not done again.

    Raises:
        InputError: Something that is named is not there, or the folder holds another run.
        LLMError: A model can't be asked, for good, or the budget is spent.
        KeyboardInterrupt: It was stopped; all that was done is kept.
    """
    settings = read_settings()
    problems = read_tasks(arguments, console)
    tasks, grade = tasks_of(problems, read_gold(arguments, problems)), grade_of(problems)
    folder = LearningFolder(arguments.out)
    with ExitStack() as stack:
        stack.enter_context(folder.locked())
        models = stack.enter_context(_opened_models(arguments, settings, folder))
        entry = folder.require(_entry(arguments, settings, models, tasks))
        library = stack.enter_context(Library.open(arguments.library, author="learn", run=entry.run))
        journal = Journal(folder.journal)
        if journal.records and not library.store.number():
            raise InputError(
                f"{entry.library} is empty, but the run in {folder.path} has learned: name another folder."
            )
        solvers = stack.enter_context(closing(_solvers(arguments, settings)))
        progress = Progress(len(tasks), arguments.iterations, journal, models.replies.paid)
        online = OnlineLearning(
            library,
            _student(arguments, settings, models, solvers, grade),
            models.teacher,
            HashedNgrams(),
            journal,
            settings=_settings(arguments),
            say=progress.say,
        )
        evolution = Evolution(online, EvolutionSettings(most=arguments.most))
        begin_labels(library)
        try:
            with shown(progress, console, _title(arguments, entry)):
                asyncio.run(_all(evolution, tasks, arguments.iterations, progress))
        finally:
            _write_report(folder, entry, journal.records, library, models.replies.paid())
        return Learned(entry, figures_of(journal.records), models.replies.paid(), folder.report)


async def _all(evolution: Evolution, tasks: list[LibraryTask], iterations: int, progress: Progress) -> None:
    for iteration in range(iterations):
        progress.iteration = iteration
        await evolution.learn(tasks, iteration)


def _entry(
    arguments: argparse.Namespace, settings: Settings, models: _Models, tasks: list[LibraryTask]
) -> LearningEntry:
    chosen = _settings(arguments)
    return LearningEntry(
        library=redact(str(arguments.library)),
        model=models.student.name,
        teacher=models.teacher.name,
        settings={
            **{name: getattr(chosen, name) for name in ("attempts", "rounds", "proofs", "guards", "compares", "batch")},
            "most": arguments.most,
            "repairs": _repairs(arguments, settings),
            "solver_seconds": _seconds(arguments, settings),
        },
        seed=arguments.seed,
        iterations=arguments.iterations,
        tasks={each.id: digest(each) for each in tasks},
    )


@contextmanager
def _opened_models(arguments: argparse.Namespace, settings: Settings, folder: LearningFolder) -> Iterator[_Models]:
    """Models whose replies are kept in the folder and charged to the run's budget; those kept before count too."""
    from steepest.agents.llm.specs import open_model

    name = arguments.model or settings.model
    student = open_model(name)
    teacher = open_model(arguments.teacher) if arguments.teacher and arguments.teacher != name else student
    budget = Budget(arguments.budget or settings.max_cost, arguments.max_tokens or settings.max_tokens)
    with closing(ReplyFile(folder.replies)) as replies:
        paid = replies.paid()
        budget.charge(paid.money, paid.tokens)
        asked = [KeptModel(Budgeted(each, budget), replies) for each in (student, teacher)]
        yield _Models(asked[0], asked[1] if teacher is not student else asked[0], replies)


def _student(
    arguments: argparse.Namespace, settings: Settings, models: _Models, solvers: SolverPool, grade: Grade
) -> Student:
    temperature = Sampling().temperature_for(models.student, varied=True)
    return Student(models.student, solvers.solve, grade, _repairs(arguments, settings), temperature)


def _solvers(arguments: argparse.Namespace, settings: Settings) -> SolverPool:
    """A process of its own, which can be killed."""
    options = SolveOptions(time_limit=_seconds(arguments, settings), threads=1, seed=arguments.seed)
    return SolverPool(options, processes=1)


def _settings(arguments: argparse.Namespace) -> LearningSettings:
    return LearningSettings(
        attempts=arguments.attempts,
        rounds=arguments.rounds,
        proofs=arguments.proofs,
        guards=arguments.guards,
        compares=not arguments.without_comparison,
        batch=arguments.batch,
    )


def _repairs(arguments: argparse.Namespace, settings: Settings) -> int:
    return settings.repairs if arguments.repairs is None else int(arguments.repairs)


def _seconds(arguments: argparse.Namespace, settings: Settings) -> float:
    return float(arguments.time_limit or settings.time_limit or SOLVER_SECONDS)


def _title(arguments: argparse.Namespace, entry: LearningEntry) -> str:
    names = ", ".join(Path(each).name for each in arguments.datasets)
    teacher = [f"taught by {entry.teacher}"] if entry.teacher != entry.model else []
    return " · ".join([f"learning from {names}", entry.model, *teacher])


def _write_report(
    folder: LearningFolder, entry: LearningEntry, records: list[TaskRecord | StepRecord], library: Library, paid: Paid
) -> None:
    titles = {each.insight.id: each.insight.title for each in library.entries()}
    write_whole(folder.report, report_page(records, entry, titles, paid))
