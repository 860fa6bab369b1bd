"""What each figure of a verifier is, after whom, what it counts, and where that leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from traces.analytics.clustered_share import Share
from traces.analytics.undefined import Estimate, Undefined, is_known
from traces.analytics.wilson import Interval
from traces.queries.judgements import Truth
from traces.queries.undefined_words import UNDEFINED
from traces.queries.verifier import Verifier
from traces.queries.verifier_cells import Cell, Right

TRUTHS: dict[str, Promise] = {
    Truth.OUTCOME: _("its source says whether the answer is right"),
    Truth.REFERENCE: _("another verifier that saw the reference answer"),
    Truth.EXACT_CHECK: _("another verifier that executes or calculates, and is independent"),
    Truth.PERSON: _("a person"),
}
FAWCETT = "Fawcett 2006"
RATES: dict[str, tuple[Promise, Promise, tuple[Cell, Cell]]] = {
    "precision": (
        _("Precision"),
        _("Of what it accepted, the share that is right: TP / (TP + FP)."),
        (Cell.TRUE_ACCEPT, Cell.FALSE_ACCEPT),
    ),
    "recall": (
        _("Recall"),
        _("Of what is right, the share that it accepted: TP / (TP + FN)."),
        (Cell.TRUE_ACCEPT, Cell.FALSE_REJECT),
    ),
    "false_accept_rate": (
        _("False-accept rate"),
        _("Of what is wrong, the share that it let through: FP / (FP + TN)."),
        (Cell.FALSE_ACCEPT, Cell.TRUE_REJECT),
    ),
    "false_discovery_rate": (
        _("False-discovery rate"),
        _(
            "Of what it let through, the share that is wrong: FP / (FP + TP). Some papers print it as FP."
        ),
        (Cell.FALSE_ACCEPT, Cell.TRUE_ACCEPT),
    ),
}
SIDES: dict[Cell, Promise] = {
    Cell.TRUE_ACCEPT: _("right and accepted (TP)"),
    Cell.FALSE_ACCEPT: _("wrong and accepted (FP)"),
    Cell.FALSE_REJECT: _("right and rejected (FN)"),
    Cell.TRUE_REJECT: _("wrong and rejected (TN)"),
}
CELLS: dict[Cell, Promise] = {
    Cell.ALL: _("all"),
    Cell.ACCEPT: _("accepted"),
    Cell.REJECT: _("rejected"),
    Cell.UNSURE: _("it abstained"),
    Cell.ERROR: _("it broke"),
    Cell.TIMEOUT: _("it ran out of time"),
    Cell.BROKEN: _("it broke, or ran out of time"),
    Cell.UNDECIDED: _("it did not decide"),
    Cell.KNOWN: _("it decided, and the truth is known"),
    Cell.UNKNOWN: _("it decided, and nothing says what is true"),
    **SIDES,
    Cell.SCORED: _("scored, and the truth is known"),
    Cell.CALIBRATED: _("scored on a scale from 0 to 1, and the truth is known"),
    Cell.RANKED: _("samples of runs all of whose samples are scored and known"),
    Cell.SAW_REFERENCE: _("it had seen the reference answer"),
    Cell.SAME_MODEL: _("the model that wrote the answer judged it"),
    Cell.PRICED: _("the verdict states its cost"),
    Cell.BOTH: _("both decided"),
    Cell.DIFFER: _("they say the opposite"),
}
RIGHTS: dict[Right, Promise] = {
    Right.YES: _("right"),
    Right.NO: _("wrong"),
    Right.UNKNOWN: _("not known to be right or wrong"),
}
SOURCES = {
    "precision": FAWCETT,
    "recall": FAWCETT,
    "false_accept_rate": FAWCETT,
    "false_discovery_rate": "Shinn et al. 2023, arXiv 2303.11366",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A number with what it counts in words, and the address of what it counts, if there is one."""

    number: str
    words: str
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A figure: its name, its value or why there is none, how sure it is, what it counts, what it is and after whom."""

    name: str | Promise
    value: str | None
    lack: str | Promise | None
    sure: str
    counts: list[Counted]
    definition: str | Promise
    source: str


class Address(Protocol):
    """Says where the nodes of a cell are listed, narrowed by more of `traces.views.verifier_form`."""

    def __call__(self, cell: Cell, **more: str) -> str:
        """Return the address."""


def told_rates(found: Verifier, address: Address) -> list[Told]:
    """Return the rates of acceptance."""
    counts = {
        Cell.TRUE_ACCEPT: found.confusion.true_accepts,
        Cell.FALSE_ACCEPT: found.confusion.false_accepts,
        Cell.FALSE_REJECT: found.confusion.false_rejects,
        Cell.TRUE_REJECT: found.confusion.true_rejects,
    }
    return [
        Told(
            name=name,
            **_estimate(found.shares[rate].value, share_words),
            sure=sure_words(found.shares[rate]),
            counts=[
                Counted(number=f"{counts[cell]:,}", words=str(SIDES[cell]), address=address(cell))
                for cell in cells
            ],
            definition=definition,
            source=SOURCES[rate],
        )
        for rate, (name, definition, cells) in RATES.items()
    ]


def told_scores(found: Verifier, address: Address) -> list[Told]:
    """Return what can be said of its scores without a threshold."""
    return [_told_area(found, address), *_told_calibration(found, address)]


def _told_area(found: Verifier, address: Address) -> Told:
    area, within = found.area, ""
    if is_known(area.within):
        within = ngettext(
            "{area} on the mean within {n} run that holds both",
            "{area} on the mean within {n} runs that hold both",
            area.runs,
        ).format(area=f"{area.within:.3f}", n=f"{area.runs:,}")
    scored = Counted(
        number=f"{area.right + area.wrong:,}",
        words=gettext("scored, and the truth is known"),
        address=address(Cell.SCORED),
    )
    return Told(
        name=_("AUC"),
        **_estimate(area.value, lambda value: f"{value:.3f}"),
        sure=within,
        counts=[scored],
        definition=_(
            "The chance that a right one scores higher than a wrong one, ties half: 0.5 is a lot that is drawn."
        ),
        source=FAWCETT,
    )


def _told_calibration(found: Verifier, address: Address) -> list[Told]:
    told = found.calibration
    calibrated = Counted(
        number=f"{told.count:,}",
        words=gettext("on a scale from 0 to 1"),
        address=address(Cell.CALIBRATED),
    )
    figures = [
        (
            _("Expected calibration error"),
            told.error,
            _("The mean distance between score and share that is right, in ten equal bins."),
            "Guo et al. 2017, arXiv 1706.04599",
        ),
        (
            _("Brier score"),
            told.brier,
            _("The mean squared distance between score and truth."),
            "Brier 1950",
        ),
    ]
    return [
        Told(
            name=name,
            **_estimate(value, lambda value: f"{value:.4f}"),
            sure="",
            counts=[calibrated],
            definition=definition,
            source=source,
        )
        for name, value, definition, source in figures
    ]


def told_choice(found: Verifier, address: Address) -> list[Told]:
    """Return what choosing by its score comes to."""
    curve = found.selection.curve
    last, turning = curve.last, curve.turning
    lack = curve.lack or Undefined.NO_SAMPLES
    tasks = [
        Counted(
            number=f"{found.selection.samples:,}",
            words=ngettext(
                "samples of {n} run all of whose samples are scored and known",
                "samples of {n} runs all of whose samples are scored and known",
                found.selection.runs,
            ).format(n=f"{found.selection.runs:,}"),
            address=address(Cell.RANKED),
        )
    ]
    best = max((each.n for each in curve.points), default=0) if turning is None else turning.at
    return [
        Told(
            name=_("Best N"),
            **_estimate(float(best) if curve.points else lack, lambda value: f"{value:.0f}"),
            sure="" if turning is None else gettext("more makes it worse"),
            counts=tasks,
            definition=_(
                "How many samples to let it choose among: beyond the turning point trusting it more makes it worse."
            ),
            source="Stroebl et al. 2024, arXiv 2411.17501",
        ),
        Told(
            name=_("Selection regret"),
            **_estimate(last.regret if last else lack, share_words),
            sure=gettext("at N = {n}").format(n=last.n) if last else "",
            counts=tasks,
            definition=_(
                "What its choice gives away: how often any of N samples is right, less how often its choice is."
            ),
            source="Cobbe et al. 2021, arXiv 2110.14168",
        ),
    ]


def share_words(share: float) -> str:
    """Return a share in percent with one decimal, as papers print it."""
    return f"{share * 100:.1f}\N{NO-BREAK SPACE}%"


def sure_words(share: Share) -> str:
    """Return the interval in words, and over how many tasks it is."""
    if not share.of:
        return ""
    if not isinstance(share.interval, Interval):
        return str(UNDEFINED[share.interval.value])
    return ngettext(
        "{low} to {high} (95 in 100), over {n} task",
        "{low} to {high} (95 in 100), over {n} tasks",
        share.tasks,
    ).format(
        low=share_words(share.interval.low),
        high=share_words(share.interval.high),
        n=f"{share.tasks:,}",
    )


def _estimate(value: Estimate, words: Callable[[float], str]) -> dict[str, Any]:
    if isinstance(value, Undefined):
        return {"value": None, "lack": UNDEFINED[value.value]}
    return {"value": words(value), "lack": None}
