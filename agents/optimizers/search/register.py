"""The register of a search's candidates: each has a number, and those of equal values are one."""

from collections.abc import Mapping

from steepest.agents.optimizers.fitting import fit, fit_change
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.digests import Digests
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.protocols import Proposal
from steepest.agents.optimizers.search.records import StepRecord, changed_values
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component, Rejection, Value, Values, digest_of, short
from steepest.errors import InputError, SteepestError
from steepest.traces.failures import CodeNotRunError

__all__ = ["Register"]


class Register:
    """Makes candidates.

    Attributes:
        components: What they differ in, by name.
        made: How many there are, the seed among them.
    """

    def __init__(self, components: Mapping[str, Component]) -> None:
        self.components = components
        self.made = 0
        self._known = Digests()

    def seed(self, values: Values) -> Candidate:
        """The first candidate.

        Raises:
            SteepestError: Its values are none that the components can have.
        """
        fitting = {name: self.judged(name, value) for name, value in values.items()}
        seed = Candidate(0, fitting, digest_of(fitting))
        self._known.add(seed.digest, 0)
        self.made = 1
        return seed

    def child(self, parent: Candidate, proposal: Proposal, *, step: int, model: str = "") -> Candidate | Rejection:
        """A candidate with a parent's values but for some, or why it can't be had.

        Raises:
            CodeNotRunError: A value can't be judged, which says nothing about it.
        """
        if proposal.no_change:
            return Rejection("the proposer would change nothing")
        fitting: dict[str, Value] = {}
        for name, value in proposal.changes.items():
            try:
                fitting[name] = fit_change(self._component(name), parent.values.get(name), value)
            except CodeNotRunError:
                raise
            except SteepestError as error:
                return Rejection(str(error), name, short(value))
        values = {**parent.values, **fitting}
        digest = digest_of(values)
        known = self._known.find(digest)
        if known is not None:
            words = "it changes nothing" if digest == parent.digest else f"it is candidate {known} again"
            return Rejection(words, ", ".join(fitting), short(list(fitting.values())))
        made = Candidate(
            self.made,
            values,
            digest,
            (parent.number, *proposal.others),
            step,
            proposal.origin,
            tuple(changed_values(fitting, parent.values)),
            proposal.reasoning,
            model,
        )
        self._known.add(digest, made.number)
        self.made += 1
        return made

    def judged(self, name: str, value: Value) -> Value:
        """A value as a component would have it.

        Raises:
            SteepestError: It can't have it, or there is no such component.
        """
        return fit(self._component(name), value)

    def _component(self, name: str) -> Component:
        if name not in self.components:
            raise InputError(f"there is no component {name!r}: there are {', '.join(self.components)}")
        return self.components[name]

    def restore(self, record: StepRecord, pool: Pool) -> None:
        """Have the candidates and scores of a recorded step, without any of its work."""
        for birth in record.births:
            parent = pool[birth.parents[0]].values if birth.parents else {}
            values = {**parent, **birth.values}
            child = Candidate(
                birth.number,
                values,
                digest_of(values),
                birth.parents,
                record.step,
                birth.origin,
                tuple(birth.values) if birth.parents else (),
                birth.note,
                birth.model,
            )
            self._known.add(child.digest, child.number)
            pool.add(child)
        for each in record.evaluated:
            rollouts = [
                Rollout(key, score, objectives=each.objectives.get(key, {})) for key, score in each.scores.items()
            ]
            pool.record(each.number, each.split, rollouts)
        for tried in record.tried:
            values = {**pool[tried.parents[0]].values, **tried.changes}
            self._known.add(digest_of(values), tried.number)
        self.made = record.next_number
