"""The short way to a node's address gives what `reverse` gives, whatever the id."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from traces.templatetags.addresses import node_address

RUN = "01a19467-e800-70c9-b5e3-daf556194335"


@pytest.mark.parametrize(
    "node", ["a", "..", ".", "a/b", "100%", "a b?c#d&e='\"<", "ä", "//x", "a:b@c"]
)
def test_it_works(node: str) -> None:
    assert node_address(node, RUN) == reverse("node", args=[RUN, node])


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
        lambda text: "\n" not in text
    )
)
def test_every_id_has_the_address_that_reverse_gives(node: str) -> None:
    assert node_address(node, RUN) == reverse("node", args=[RUN, node])
