"""What an Inspect log says of all its samples (`inspect_ai/log/_log.py`): `EvalSpec`, plan, status.

{"version", "status": started | success | cancelled | error, "eval": {"task", "model", "dataset", "config", …},
 "plan": {"steps", "config"}, "results", "stats", "error", "samples"}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from ingest.importers.base import NotImportable
from ingest.importers.inspect_archive import Archive
from ingest.importers.inspect_shapes import Sample
from ingest.importers.json_text import json_text
from ingest.mapping.take import as_count

HEADER, START = "header.json", "_journal/start.json"
STARTED = "started"
LISTED = ("samples", "reductions", "plan", "eval")
MAX_NAMED = 20
KILLED = "the log was not finished: its evaluation was still running, or was killed"
MISSING = "{count} of {total} samples began or were to begin and are not in the log: {names}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The members of a log beside its samples. `status` is None where the log has no header."""

    spec: Mapping[str, Any]
    plan: Mapping[str, Any]
    status: str | None
    rest: Mapping[str, Any]

    @property
    def is_finished(self) -> bool:
        """True when Inspect wrote the log to its end, whichever way the evaluation went."""
        return self.status not in (None, STARTED)

    @property
    def task(self) -> str:
        """The task's name."""
        return str(self.spec.get("task") or "task")

    @property
    def model(self) -> str | None:
        """The model under evaluation, with its provider."""
        model = self.spec.get("model")
        return model if isinstance(model, str) and model else None

    @property
    def config(self) -> Mapping[str, Any]:
        """Limits, epochs and the rest of how it was run."""
        return mapping(self.spec.get("config"))

    @property
    def generation(self) -> Mapping[str, Any]:
        """How the model was asked to generate: temperature, effort."""
        return {
            **mapping(self.spec.get("model_generate_config")),
            **mapping(self.plan.get("config")),
        }

    @property
    def epochs(self) -> int:
        """How often each sample was to run."""
        return as_count(self.config.get("epochs")) or 1

    @property
    def tags(self) -> list[str]:
        """Of the evaluation; those that were changed later stand beside it."""
        tags = self.rest.get("tags", self.spec.get("tags"))
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []

    def known_by(self, sample: Sample) -> str:
        """Return the name of a sample's run: the same in an `.eval`, in its `.json`, and once the log has grown.

        Samples before 0.3.70 have no id of their own: they are known by their evaluation and their place in it.
        """
        own = sample.about.get("uuid")
        names = ("run_id", "task_id", "created", "task")
        place = [self.spec.get(name) for name in names]
        said = [own] if isinstance(own, str) and own else [*place, sample.id, sample.epoch]
        digest = blake2b(json_text(["inspect", *said]).encode("utf-8", "replace"), digest_size=16)
        return f"import:{digest.hexdigest()}"

    def session(self, sample: Sample) -> str | None:
        """Return what the epochs of one sample share; None where each sample runs once."""
        if self.epochs < 2:
            return None
        run = self.spec.get("run_id") or self.spec.get("eval_id") or self.task
        return f"{run} {self.spec.get('task_id') or self.task} {sample.id}"

    def missing(self, seen: set[tuple[str, int]], known: set[tuple[str, int]]) -> Iterator[str]:
        """Yield the warnings of a log that does not hold all that it names.

        `seen` are the samples that it holds, `known` those that its summaries tell of, by id and epoch.
        """
        if not self.is_finished:
            yield KILLED
        listed = mapping(self.spec.get("dataset")).get("sample_ids")
        wanted = dict.fromkeys(sorted(known))
        if self.status != "success":
            epochs = range(1, self.epochs + 1)
            ids = listed if isinstance(listed, list) else []
            wanted |= dict.fromkeys((str(own), epoch) for epoch in epochs for own in ids)
        left = [each for each in wanted if each not in seen]
        if left:
            named = [f"{own} (epoch {epoch})" for own, epoch in left[:MAX_NAMED]]
            more = [f"and {len(left) - MAX_NAMED} more"] if len(left) > MAX_NAMED else []
            text = ", ".join([*named, *more])
            yield MISSING.format(count=len(left), total=len(left) + len(seen), names=text)


def log_of(plain: Mapping[str, Any], *, is_whole: bool = True) -> Log:
    """Return what a header, a start record or a whole `.json` log says."""
    status = plain.get("status")
    return Log(
        spec=mapping(plain.get("eval")),
        plan=mapping(plain.get("plan")),
        status=status if is_whole and isinstance(status, str) else None,
        rest={name: value for name, value in plain.items() if name not in LISTED},
    )


def log_in(archive: Archive, warnings: list[str]) -> Log:
    """Return what an archive's header says; without a readable one its start record, else nothing."""
    for name in (HEADER, START):
        if name in archive.names:
            try:
                return log_of(mapping(archive.value(name)), is_whole=name == HEADER)
            except NotImportable as error:
                warnings.append(error.sentence)
    return log_of({}, is_whole=False)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object, an empty one for what is none."""
    return value if isinstance(value, Mapping) else {}
