"""What the Evaluate tab shows for each thing that can be done there; whatever goes wrong too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.evaluate_failures import gather_failures
from app.evaluate_markup import (
    describe_difference,
    write_date,
    write_head,
    write_job,
    write_kept,
    write_knobs,
    write_notice,
    write_progress,
    write_refused,
    write_runs,
    write_sets,
)
from app.evaluate_outcome_markup import Told, write_comparison, write_summary
from app.evaluate_runs import SavedRun
from app.evaluate_sets import LARGEST
from app.evaluating import (
    Evaluator,
    State,
    Variation,
    read_variation,
    tell_problem,
    vary_settings,
)
from app.problems import Problem
from ingest.errors import QuestionSetError

_UNREADABLE = {
    "large": f"It is larger than {LARGEST // 1024**2} MB: split it.",
    "encoding": "It is not UTF-8: save it as UTF-8 and upload it again.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of the tab after something was done; those that are nothing stay as they are."""

    running: bool
    sets: str | None = None
    job: str | None = None
    progress: str | None = None
    runs: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluateDesk:
    """Takes what is done in the tab."""

    evaluator: Evaluator

    def write_head(self) -> str:
        """Return what the tab is for."""
        return write_head()

    def write_knobs(self) -> str:
        """Return the settings of a run, as the index is served."""
        return write_knobs(self._plain, reranker=bool(self.evaluator.settings.reranker))

    def write_job(self) -> str:
        """Return the button that starts or cancels."""
        return write_job(self.evaluator.job)

    def open(self, *, bare: bool = False) -> Shown:
        """Return everything as it is now; results only where the tab is `bare` of any."""
        try:
            job = self.evaluator.job
            known = bare and job.state is State.DONE and self._line(job.run) is not None
            last = self.show(job.run).outcome if known else None
            return self._shown(sets=self._sets(), runs=self._runs(), outcome=last)
        except Exception as error:  # noqa: BLE001  (the boundary: no trace reaches the page)
            return self._shown(sets=write_notice(tell_problem(error)))

    def start(self, key: str, chosen: Mapping[str, object]) -> Shown:
        """Begin a run with the values of the form."""
        try:
            values = {str(name): str(value) for name, value in chosen.items()}
            self.evaluator.start(key, read_variation(values, self._plain))
        except Exception as error:  # noqa: BLE001
            notice = write_notice(tell_problem(error))
            return self._shown(job=write_job(self.evaluator.job) + notice)
        return self._shown()

    def cancel(self) -> Shown:
        """Stop the run; the timer shows when it has."""
        self.evaluator.cancel()
        return self._shown()

    def look(self) -> Shown:
        """Return how far the run is; once it is done, its results."""
        job = self.evaluator.job
        if job.state is State.RUNNING:
            return self._shown()
        if job.state is not State.DONE:
            return self._shown(runs=self._runs())
        return self.show(job.run)

    def show(self, run: str) -> Shown:
        """Return a saved run."""
        try:
            summary = self.evaluator.summarise(run)
            failures = gather_failures(summary.run, self.evaluator.service.searcher.report)
            outcome = write_summary(summary, failures, self._told(run))
            return self._shown(runs=self._runs(), outcome=outcome)
        except Exception as error:  # noqa: BLE001
            return self._shown(outcome=write_notice(tell_problem(error)))

    def compare(self, baseline: str, other: str) -> Shown:
        """Return one saved run against another."""
        try:
            compared = self.evaluator.compare(baseline, other)
            outcome = write_comparison(compared, self._told(baseline), self._told(other))
        except Exception as error:  # noqa: BLE001
            outcome = write_notice(tell_problem(error))
        return self._shown(outcome=outcome)

    def keep(self, name: str, text: str, refused: str = "") -> Shown:
        """Check an uploaded set and keep it; say what is wrong with it, by line, where it is not.

        Args:
            name: of its file.
            text: its lines.
            refused: why the browser did not read it, or empty.
        """
        try:
            if refused:
                advice = _UNREADABLE.get(refused, "The browser could not read it.")
                notice = write_notice(Problem("This set was not added", advice))
                return self._shown(sets=self._sets(notice=notice))
            kept = self.evaluator.keep_set(name, text)
            if kept.mistakes:
                return self._shown(sets=self._sets(notice=write_refused(kept)))
            return self._shown(sets=self._sets(kept.key, write_kept(kept)))
        except Exception as error:  # noqa: BLE001
            return self._shown(sets=self._sets(notice=write_notice(tell_problem(error))))

    def remove(self, kind: str, name: str) -> Shown:
        """Delete an uploaded set or a saved run."""
        try:
            self.evaluator.remove(kind, name)
            return self._shown(sets=self._sets(), runs=self._runs())
        except Exception as error:  # noqa: BLE001
            return self._shown(sets=self._sets(notice=write_notice(tell_problem(error))))

    @property
    def _plain(self) -> Variation:
        return vary_settings(self.evaluator.settings)

    def _shown(
        self,
        sets: str | None = None,
        job: str | None = None,
        runs: str | None = None,
        outcome: str | None = None,
    ) -> Shown:
        now = self.evaluator.job
        running = now.state is State.RUNNING
        return Shown(
            running=running,
            sets=sets,
            job=job or write_job(now),
            progress=write_progress(now),
            runs=runs,
            outcome=outcome,
        )

    def _sets(self, chosen: str = "", notice: str = "") -> str:
        uploads = not self.evaluator.service.read_only
        sets = self.evaluator.list_sets()
        return write_sets(sets, uploads=uploads, chosen=chosen, notice=notice)

    def _runs(self) -> str:
        kept = not self.evaluator.service.read_only
        return write_runs(self.evaluator.list_runs(), self._plain, kept=kept)

    def _told(self, name: str) -> Told:
        line = self._line(name)
        if line is None:
            raise QuestionSetError("that run is no longer there: choose another")
        return Told(write_date(line.saved), describe_difference(line.settings, self._plain))

    def _line(self, name: str) -> SavedRun | None:
        return next((one for one in self.evaluator.list_runs() if one.name == name), None)
