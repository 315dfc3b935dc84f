"""Planted bugs: they fit the product as it is, say what they break, and are found."""

from concurrent.futures import ThreadPoolExecutor

from tests.simulation.mutate import applies, copy_of_the_tree, patches, search

FEWEST = 40
QUICK = {"released-not-opened": "lost", "card-not-enqueued": "late"}
"""Found in the first world, and by which oracle."""


def test_there_are_enough_and_each_says_what_it_breaks() -> None:
    first_lines = [patch.read_text().splitlines()[0] for patch in patches()]
    assert len(first_lines) >= FEWEST
    assert all(line.startswith("# Breaks: ") and line.endswith(".") for line in first_lines)
    assert len(set(first_lines)) >= FEWEST


def test_each_fits_the_product_as_it_is() -> None:
    with copy_of_the_tree() as tree:
        misfits = [p.name for p in patches() if not applies(p, tree, only_check=True)]
    assert misfits == []


def test_a_world_finds_a_planted_bug() -> None:
    chosen = [patch for patch in patches() if patch.stem.partition("-")[2] in QUICK]
    assert len(chosen) == len(QUICK)
    with ThreadPoolExecutor(len(chosen)) as pool:
        found = list(pool.map(lambda patch: search(patch, [1]), chosen))
    assert [each.oracle for each in found] == list(QUICK.values())
    assert [each.seed for each in found] == [1, 1]
