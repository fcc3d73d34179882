"""The layout of MLPerf Storage v2.0 and later: one folder per run, written by the benchmark.

`results/<system>/training/<model>/run/<start>` and `results/<system>/checkpointing/<model>/<start>`
each hold `summary.json` and `…_metadata.json`; there is no report over the runs of a set. A run is
known by its metadata, so that a submitter's other folders in between do not matter.
"""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from warehouse.sources.batch import LoadRefused, text
from warehouse.sources.mlperf.results import (
    UTILISATION,
    Results,
    Run,
    is_object,
    json_object,
    mean_share,
    placed,
)

# Metric to its name in a summary, of training and of checkpointing.
NAMES = {
    "samples_per_second": "train_throughput_mean_samples_per_second",
    "throughput_mib_per_s": "train_io_mean_MB_per_second",
    "save_throughput_gib_per_s": "save_checkpoint_io_mean_GB_per_second",
    "save_duration_seconds": "save_checkpoint_duration_mean_seconds",
    "load_throughput_gib_per_s": "load_checkpoint_io_mean_GB_per_second",
    "load_duration_seconds": "load_checkpoint_duration_mean_seconds",
}
# How busy the accelerators were, an epoch each; a summary of training has it.
PERCENTAGES = "train_au_percentage"
# Commands that prepare a run and measure nothing.
PREPARING = ("datagen", "datasize", "configview")
# A training result is one warm-up run and the five that count (Submission_guidelines.md v2.0, 6.6).
WITH_WARM_UP = 6


def has_metadata(summary: Path) -> bool:
    """Whether the benchmark's own metadata lies beside a summary."""
    return any(summary.parent.glob("*_metadata.json"))


def read_summaries(summaries: list[Path], results: Results) -> None:
    """Add the run of every summary that has metadata beside it.

    Of a training set with six runs the first is its warm-up. A checkpoint is either written or
    read by a run, or both: what it did not do has no value.
    """
    found: dict[str, list[Run]] = defaultdict(list)
    for summary in sorted(summaries):
        metadata = _metadata(summary.parent, results)
        if metadata["command"] not in PREPARING:
            run = _run(summary, metadata, results)
            found[f"{run.folder} {run.accelerator} {run.num_accelerators}"].append(run)
    for runs in found.values():
        has_warm_up = len(runs) == WITH_WARM_UP and "samples_per_second" in runs[0].values
        for place, run in enumerate(runs):
            results.add(replace(run, is_warmup=has_warm_up and place == 0))


def utilisation(published: dict[str, Any]) -> str | None:
    """How busy the accelerators were, as a share over all epochs; None where it is not told."""
    epochs = published.get(PERCENTAGES)
    return mean_share(epochs) if isinstance(epochs, list) else None


def _run(summary: Path, metadata: dict[str, str | None], results: Results) -> Run:
    folder = PurePosixPath(summary.resolve().parent)
    place = placed(folder)
    if place is None:
        raise LoadRefused(
            f"{summary} does not lie under <division>/<submitter>/results/<system>.",
            "Keep the folders of the results repository; they name the submitter and the system.",
        )
    division, submitter, system, path = place
    value = json_object(summary)
    results.files.append(summary)
    metric = value.get("metric")
    published = metric if is_object(metric) else {}
    values = {name: text(published[key]) for name, key in NAMES.items() if key in published}
    results.names.update({name: NAMES[name] for name in values})
    busy = utilisation(published)
    if busy is not None:
        values[UTILISATION] = busy
        results.names[UTILISATION] = PERCENTAGES
    return Run(
        file=f"{path}/{summary.name}",
        line=1,
        division=division,
        submitter=submitter,
        system=system,
        folder=str(PurePosixPath(path).parent),
        name=folder.name,
        model=metadata["model"],
        accelerator=metadata["accelerator"],
        num_accelerators=text(value.get("num_accelerators")),
        values=values,
        started_at=text(value.get("start")),
        num_hosts=text(value.get("num_hosts")),
    )


def _metadata(folder: Path, results: Results) -> dict[str, str | None]:
    """Command, model and emulated accelerator of a run; v2.0 keeps them among the arguments."""
    said: dict[str, Any] = {}
    for file in sorted(folder.glob("*_metadata.json")):
        results.files.append(file)
        value = json_object(file)
        arguments = value.get("args")
        said |= (arguments if is_object(arguments) else {}) | value
    accelerator = said.get("accelerator") or said.get("accelerator_type")
    return {
        "command": text(said.get("command")),
        "model": text(said.get("model")),
        "accelerator": text(accelerator),
    }
