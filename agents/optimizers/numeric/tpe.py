"""Where to look next by the tree-structured Parzen estimator (Bergstra et al. 2011), Optuna's, over all components at
once (Falkner et al. 2018). What it suggests is a function of the trials and a seed.
"""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from steepest.agents.optimizers.numeric.space import Space, bounds_of, count_of, options_of, place_of, within
from steepest.agents.optimizers.search.values import Component, Value, Values

if TYPE_CHECKING:
    import optuna

__all__ = ["Parzen"]

_NAME = "steepest"
_ATTEMPTS = 8
"""Suggestions that were all tried before, after which a point is drawn at random."""
_DRAWS = 200


class Parzen:
    """The estimator over a space, told of trials as they come, so that each is taken in once.

    Args:
        space: What it is over.
        startup: Trials before it is asked at all; until then points are drawn at random.
    """

    def __init__(self, space: Space, startup: int = 10) -> None:
        self.space = space
        self.startup = startup
        self._seen: set[str] = set()
        self._waiting: list[tuple[Values, float]] = []
        self._count = 0
        self._storage: optuna.storages.InMemoryStorage | None = None

    def tell(self, values: Values, score: float) -> None:
        """Take in a trial."""
        self._seen.add(self.space.key(values))
        self._waiting.append((values, score))
        self._count += 1

    def suggest(self, source: random.Random, besides: Sequence[Values] = ()) -> dict[str, Value] | None:
        """A point that was not tried; None where there is none left that could be found.

        Args:
            source: Its seed; the same trials and the same seed give the same point.
            besides: Points that will be tried in any case.
        """
        for _ in range(0 if self._count < self.startup else _ATTEMPTS):
            values = self._sampled(source.getrandbits(32))
            if self.is_new(values, besides):
                return values
        return self.draw(source, besides)

    def draw(self, source: random.Random, besides: Sequence[Values] = ()) -> dict[str, Value] | None:
        """A point from anywhere that was not tried; None where there is none left that could be found."""
        taken = {self.space.key(each) for each in besides}
        if self.space.size is not None and len(self._seen | taken) >= self.space.size:
            return None
        for _ in range(_DRAWS):
            values = self.space.draw(source)
            if self.is_new(values, besides):
                return values
        return None

    def is_new(self, values: Values, besides: Sequence[Values] = ()) -> bool:
        """Whether a point was neither tried nor is it among some others."""
        key = self.space.key(values)
        return key not in self._seen and all(self.space.key(each) != key for each in besides)

    def _sampled(self, seed: int) -> dict[str, Value]:
        import optuna

        storage = self._up_to_date()
        # A sampler for each question: its state is its seed, so a search that goes on later asks the same. And a study
        # for each: it keeps the trials that it was first asked for until a trial of its own begins.
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=False)
        study = optuna.load_study(study_name=_NAME, storage=storage, sampler=sampler)
        several = {each.name: _distribution(each) for each in self.space.components if count_of(each) != 1}
        trial = optuna.trial.create_trial(state=optuna.trial.TrialState.RUNNING)
        found = sampler.sample_relative(study, trial, several)
        return {each.name: _value(each, found.get(each.name)) for each in self.space.components}

    def _up_to_date(self) -> "optuna.storages.InMemoryStorage":
        import optuna

        if self._storage is None:
            self._storage = _new_storage()
        study = optuna.load_study(study_name=_NAME, storage=self._storage)
        distributions = {each.name: _distribution(each) for each in self.space.components}
        for values, score in self._waiting:
            params = {each.name: _param(each, values[each.name]) for each in self.space.components}
            trial = optuna.trial.create_trial(params=params, distributions=distributions, value=score)
            study.add_trial(trial)
        self._waiting.clear()
        return self._storage


def _new_storage() -> "optuna.storages.InMemoryStorage":
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # that there is a study now is nobody's news
    try:
        storage = optuna.storages.InMemoryStorage()
        optuna.create_study(study_name=_NAME, storage=storage, direction="maximize")
    finally:
        optuna.logging.set_verbosity(verbosity)
    return storage


def _distribution(component: Component) -> "optuna.distributions.BaseDistribution":
    """Options are told by their place: they may be anything that JSON can say."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if options := options_of(component):
        return CategoricalDistribution(range(len(options)))
    low, high = bounds_of(component)
    if component.kind == "integer":
        return IntDistribution(round(low), round(high), log=component.log)
    return FloatDistribution(low, high, log=component.log)


def _param(component: Component, value: Value) -> Any:
    options = options_of(component)
    return place_of(options, value) if options else value


def _value(component: Component, found: Any) -> Value:
    """What Optuna's value means; it gives none where there is a single one."""
    if options := options_of(component):
        return options[found or 0]
    return within(component, bounds_of(component)[0] if found is None else found)
