"""One demonstration office for those that need a furnished one."""

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, Page

from db.seed import PASSWORD
from tests.browser.hands import NOWHERE, OPEN, Enter, Visits, inside, visits
from tests.serving import Server, furnish_demo, start_server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep pictures of how a story failed, in tests/pictures/."""
    report = yield
    if report.when == "call" and report.failed:
        for found in OPEN:
            found.pictures(item.name)
    return report


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The program with the demonstration office in it."""
    folder = tmp_path_factory.mktemp("demo")
    furnish_demo(folder)
    with start_server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def people(browser: Browser, demo: Server) -> Iterator[Visits]:
    """Browsers for the people of the demonstration office."""
    with visits(browser, demo) as found:
        yield found


@pytest.fixture(scope="session")
def signed_in() -> dict[tuple[str, bool], Page]:
    """The people of the demonstration office who have signed in already, at a desk or by phone."""
    return {}


@pytest.fixture
def enter(people: Visits, signed_in: dict[tuple[str, bool], Page]) -> Iterator[Enter]:
    """A browser in which somebody is signed in: `enter("wangmin", "/incoming")`."""

    def page_of(account: str, at: str = "/", *, phone: bool = False) -> Page:
        page = signed_in.get((account, phone))
        if page is None:
            page = signed_in[account, phone] = people.person(account, PASSWORD, at, phone=phone)
        else:
            page.goto(at)
            inside(page)
        return page

    yield page_of
    for page in signed_in.values():
        page.goto(NOWHERE)
    assert people.broken == []
