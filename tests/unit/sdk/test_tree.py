"""The Merkle tree agrees with the published vectors of RFC 6962's reference implementation.

Vectors: google/certificate-transparency, merkletree tests (leaf inputs, roots, paths and proofs of 8 leaves).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.ledger.tree import (
    EMPTY_ROOT,
    append,
    check_consistency,
    consistency_path,
    hash_children,
    hash_leaf,
    inclusion_path,
    root_from_inclusion,
    root_of,
    root_of_leaves,
)

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
INPUTS += ["606162636465666768696a6b6c6d6e6f"]
LEAVES = [hash_leaf(bytes.fromhex(each)) for each in INPUTS]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
LEAF_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
NODE_2_3 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
NODE_4_5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
NODE_6_7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
NODE_4_7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSION = [
    (0, 1, []),
    (0, 8, [LEAF_1, NODE_2_3, NODE_4_7]),
    (5, 8, [LEAF_4, NODE_6_7, ROOTS[3]]),
    (2, 3, [ROOTS[1]]),
    (1, 5, [ROOTS[0], NODE_2_3, LEAF_4]),
]
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [LEAF_1, NODE_2_3, NODE_4_7]),
    (6, 8, [NODE_4_5, NODE_6_7, ROOTS[3]]),
    (2, 5, [NODE_2_3, LEAF_4]),
]
trees = st.lists(st.binary(max_size=4), min_size=1, max_size=70).map(
    lambda data: [hash_leaf(each) for each in data]
)


def test_it_works():
    assert root_of_leaves(LEAVES).hex() == ROOTS[7]


def test_the_empty_tree_has_the_published_root():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert EMPTY_ROOT.hex() == root_of([]).hex() == empty


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_after_each_leaf_is_the_published_one(size):
    assert root_of_leaves(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_frontier_grows_through_all_published_roots():
    frontier: list[bytes] = []
    for size, leaf in enumerate(LEAVES):
        frontier, grown = append(frontier, size, [leaf])
        assert grown == size + 1
        assert root_of(frontier).hex() == ROOTS[size]
        assert len(frontier) == grown.bit_count()


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_paths_are_the_published_ones(index, size, path):
    assert [each.hex() for each in inclusion_path(LEAVES[:size], index)] == path
    hashes = [bytes.fromhex(each) for each in path]
    assert root_from_inclusion(LEAVES[index], index, size, hashes).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("earlier", "size", "path"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(earlier, size, path):
    assert [each.hex() for each in consistency_path(LEAVES[:size], earlier)] == path


@given(trees, st.data())
def test_every_leaf_of_every_tree_can_be_proved(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(leaves, index)
    assert root_from_inclusion(leaves[index], index, len(leaves), path) == root_of_leaves(leaves)


@given(trees, st.data())
def test_a_path_that_is_cut_or_lengthened_leads_nowhere(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(leaves, index)
    for wrong in (path[:-1], [*path, EMPTY_ROOT]):
        if wrong != path:
            with pytest.raises(ValueError, match="path is too"):
                root_from_inclusion(leaves[index], index, len(leaves), wrong)


@given(trees, st.data())
def test_every_tree_extends_each_of_its_beginnings(leaves, data):
    earlier = data.draw(st.integers(1, len(leaves)))
    roots = roots_from_consistency(
        earlier, len(leaves), root_of_leaves(leaves[:earlier]), consistency_path(leaves, earlier)
    )
    assert roots == (root_of_leaves(leaves[:earlier]), root_of_leaves(leaves))


@given(trees, st.data())
def test_the_check_takes_each_proof_and_no_other(leaves, data):
    earlier = data.draw(st.integers(1, len(leaves)))
    told = {
        "earlier": earlier,
        "earlier_root": root_of_leaves(leaves[:earlier]),
        "size": len(leaves),
        "root": root_of_leaves(leaves),
        "path": consistency_path(leaves, earlier),
    }
    check_consistency(**told)
    path = told["path"]
    wrong = [{"path": [*path, EMPTY_ROOT]}, {"root": EMPTY_ROOT}, {"earlier_root": EMPTY_ROOT}]
    wrong += [{"path": path[:-1]}] if path else []
    wrong += [{"earlier": 0}, {"earlier": len(leaves) + 1}]
    for each in wrong:
        with pytest.raises(ValueError, match=r"proof|beginning"):
            check_consistency(**(told | each))


def test_a_proof_that_does_not_use_up_the_size_is_no_proof():
    """Half the size, and a proof that would be right for the half: hash-tree 0.1.1 took it."""
    told = {"earlier": 2, "earlier_root": root_of_leaves(LEAVES[:2])}
    path = consistency_path(LEAVES[:4], 2)
    root = root_of_leaves(LEAVES[:4])
    check_consistency(**told, size=4, root=root, path=path)
    with pytest.raises(ValueError, match="too short"):
        check_consistency(**told, size=8, root=root, path=path)


@given(trees, st.data())
def test_appending_in_two_steps_is_appending_in_one(leaves, data):
    split = data.draw(st.integers(0, len(leaves)))
    first, size = append([], 0, leaves[:split])
    assert append(first, size, leaves[split:]) == append([], 0, leaves)


def roots_from_consistency(earlier, size, earlier_root, path):
    """RFC 9162 §2.1.4.2, written from its text, apart from the code under test."""
    if earlier == size:
        return earlier_root, earlier_root
    proof = [earlier_root, *path] if earlier & (earlier - 1) == 0 else list(path)
    fn, sn = earlier - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = proof[0]
    for each in proof[1:]:
        assert sn != 0
        if fn & 1 or fn == sn:
            old, new = hash_children(each, old), hash_children(each, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = hash_children(new, each)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return old, new
