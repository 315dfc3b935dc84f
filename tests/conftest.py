"""How tests are shared out between processes: file by file, and worlds one by one."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file go to one process, for they share what is slow to start.

    A world of the simulation shares nothing and takes half a minute: each goes to whichever
    process is free.
    """
    for item in items:
        if item.get_closest_marker("shares_nothing") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))
