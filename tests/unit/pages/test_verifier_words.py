"""What a bundle does not prove is said in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from deliberation.bundle.verify import verify
from traces.templatetags.verifier_words import not_proven_words

GOLDEN = sorted((Path(__file__).parents[2] / "golden" / "bundles").glob("*.zip"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_it_works(path: Path) -> None:
    with path.open("rb") as file:
        report = verify(file)
    for sentence in report.not_proven:
        assert not_proven_words(sentence) == sentence
        with translation.override("de"):
            assert not_proven_words(sentence) != sentence, sentence
    [about] = [each for each in report.not_proven if report.runs[0].run in each]
    with translation.override("de"):
        assert report.runs[0].run in not_proven_words(about)


def test_a_sentence_of_another_version_stays_as_it_is() -> None:
    with translation.override("de"):
        assert not_proven_words("that {run} is round") == "that {run} is round"
