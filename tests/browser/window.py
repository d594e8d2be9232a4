"""One browser window and everything that goes wrong in it: console errors, foreign requests."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page

from tests.browser.clinic import COOKIE, LetIn

SECONDS = 20


@dataclass(frozen=True)
class Frame:
    """What a browser is told once: size of the window, language, whether pages may be kept."""

    width: int = 1280
    height: int = 800
    locale: str = "en-GB"
    keeps_the_shell: bool = False


class Browsers:
    """Browser profiles for one window at a time, with the scripts that others have loaded.

    A profile is used again once all of a window is gone from it but what may be cached, as when
    the next person sits down at a workstation. So is its page, whose process then need not
    compile the same scripts again: a third of what opening a reading room takes.
    """

    def __init__(self, browser: Browser, address: str, let_in: LetIn) -> None:
        self.browser, self.address, self.let_in = browser, address, let_in
        self._free: dict[str, list[BrowserContext]] = {}

    def take(self, frame: Frame) -> BrowserContext:
        free = None if frame.keeps_the_shell else self._free.get(frame.locale)
        return free.pop() if free else self._make(frame)

    def _make(self, frame: Frame) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.address,
            accept_downloads=True,
            locale=frame.locale,
            # pages that come from the kept shell cannot be watched on their way
            service_workers="allow" if frame.keeps_the_shell else "block",
        )
        context.set_default_timeout(SECONDS * 1000)
        return context

    def give_back(self, frame: Frame, context: BrowserContext, first: Page | None) -> None:
        """Close all but the first page; what is kept for the person goes, or all of a kept shell.

        Without a first page one is opened for whoever comes next.
        """
        if frame.keeps_the_shell:
            context.close()
            return
        for page in context.pages:
            if page is not first:
                page.close()
        context.set_offline(False)
        page = self._leave(first) if first else context.new_page()
        kept = {"origin": self.address, "storageTypes": "local_storage,indexeddb,cache_storage"}
        session = context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", kept)
        session.send("Page.resetNavigationHistory")
        session.detach()
        context.clear_cookies()
        self._free.setdefault(frame.locale, []).append(context)

    def _leave(self, page: Page) -> Page:
        """Go from the application to an address of the same origin where nothing runs."""
        page.unroute_all()
        page.mouse.move(0, 0)
        page.goto("/healthz")
        page.evaluate("sessionStorage.clear()")
        return page


class Window:
    """A signed-in person's window with a memory for troubles."""

    def __init__(self, browsers: Browsers, frame: Frame) -> None:
        self.browsers, self.frame = browsers, frame
        self.address = browsers.address
        self.context = browsers.take(frame)
        self.seen: list[str] = []
        self.expected: list[str] = []
        self.requests: list[str] = []
        self.arrived: list[str] = []
        self._is_altered = False
        self._watches: dict[Any, Callable[[Any], None]] = {
            "console": self._hear,
            "pageerror": lambda error: self.seen.append(f"page error: {error}"),
            "request": lambda request: self._look_at(request.url),
            "requestfinished": lambda request: self.arrived.append(request.url),
        }
        kept = self.context.pages
        self.page = self.watch(self._sized(kept[0]) if kept else self._new())

    def tab(self) -> Page:
        """Another page of the same browser: it shares cookies and the local database."""
        return self.watch(self._new())

    def _new(self) -> Page:
        return self._sized(self.context.new_page())

    def _sized(self, page: Page) -> Page:
        page.set_viewport_size({"width": self.frame.width, "height": self.frame.height})
        return page

    def watch(self, page: Page) -> Page:
        """Remember the troubles of a page, also of one that a page opened."""
        for event, hear in self._watches.items():
            page.on(event, hear)
        return page

    def alter(self) -> Page:
        """The page, to be changed so that it cannot be given to the next test."""
        self._is_altered = True
        return self.page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.seen.append(f"console: {message.text} {message.location['url']}")

    def _look_at(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith((self.address, "data:", "blob:")):
            self.seen.append(f"request that leaves the origin: {url}")

    def expect_trouble(self, pattern: str) -> None:
        """The browser itself logs refused requests; a test says which ones it provokes."""
        self.expected.append(pattern)

    def troubles(self) -> list[str]:
        return [
            text
            for text in self.seen
            if not any(re.search(pattern, text) for pattern in self.expected)
        ]

    def sign_in(self, email: str) -> None:
        secret = self.browsers.let_in(email)
        self.context.add_cookies([{"name": COOKIE, "value": secret, "url": self.address}])

    def go(self, path: str) -> None:
        self.page.goto(path)

    def button(self, name: str | re.Pattern[str], **options: Any) -> Locator:
        return self.page.get_by_role("button", name=name, **options)

    def see(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until the text is on the page."""
        found = self.page.get_by_text(text).first
        # `expect` would describe the whole page each time it looks in vain
        found.wait_for()
        return found

    def until(self, look: Callable[[], object]) -> None:
        """Wait for something that the page's events bring about."""
        deadline = time.monotonic() + SECONDS
        while not look():
            assert time.monotonic() < deadline, f"not seen within {SECONDS} s"
            self.page.wait_for_timeout(50)

    @contextmanager
    def offline(self) -> Iterator[None]:
        """No network inside the block; the browser logs each attempt."""
        self.expect_trouble(
            "ERR_INTERNET_DISCONNECTED|Failed to fetch|page error: (XMLHttpRequest|frame)"
        )
        self.context.set_offline(True)
        yield
        self.context.set_offline(False)

    def close(self) -> None:
        is_fit = not self._is_altered and not self.page.is_closed()
        for event, hear in self._watches.items():
            self.page.remove_listener(event, hear)
        self.browsers.give_back(self.frame, self.context, self.page if is_fit else None)
