"""The server: the pages, the routes beside them, and what is opened at the start and closed at the end."""

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import cache
from threading import Event, Thread
from uuid import uuid4

import streamlit as st
from starlette.middleware import Middleware
from streamlit import runtime

from sandbox.messages import RunRequest
from services import wiring
from services.routes import downloads, health, sign_in, uploads
from services.routes.local_only import LocalOnly
from services.routes.wall import Wall
from services.settings import Settings

log = logging.getLogger("red_pandas")


@cache
def settings() -> Settings:
    """Read at the start and not before: Streamlit then has put its secrets into the environment."""
    return Settings()


def has_accounts() -> bool:
    """Whether people sign in; without, only a browser on this machine is answered."""
    return settings().sign_in != "local"


def base() -> str:
    """What Streamlit puts before every path, such as "/pandas"; mostly ""."""
    given = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return given and f"/{given}"


def showing(file_id: str) -> Collection[str]:
    """Ids of the tabs that show the media file; Streamlit itself hands it to anybody who knows its address."""
    manager = runtime.get_instance().media_file_mgr
    with manager._lock:
        return [tab for tab, files in manager._files_by_session_and_coord.items() if file_id in files.values()]


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Opens the database, the sandbox and the runner of jobs; on the way out, closes them."""
    backends = wiring.backends(settings())
    over = Event()
    Thread(target=warm, daemon=True).start()
    Thread(target=wiring.keep_house, args=(backends, over), daemon=True).start()
    Thread(target=wiring.keep_up, args=(backends, over), daemon=True).start()
    yield
    over.set()
    wiring.close(backends)


def warm() -> None:
    """Runs nothing: the first run of a process waits seconds for pandas, and nobody should."""
    wiring.backends(settings()).sandbox.run(RunRequest(id="warm", code="result = None"))


def report(error: Exception) -> bool:
    """Logs a bug under an id and shows the person the id: never a traceback."""
    reference = uuid4().hex[:8]
    log.error("Error %s on a page", reference, exc_info=error)
    st.error(f"Something went wrong here. It is logged as **{reference}**.", icon=":material/error:")
    st.caption("Reload the page. If it happens again, tell whoever runs this server the number above.")
    return True


app = st.App(
    "pages/frame.py",
    routes=[
        route
        for part in (health, uploads, downloads, sign_in)
        for route in part.routes(lambda: wiring.backends(settings()))
    ],
    middleware=[
        Middleware(LocalOnly, trusts_network=lambda: settings().trust_network or has_accounts()),
        Middleware(
            Wall, backends=lambda: wiring.backends(settings()), is_needed=has_accounts, base=base, showing=showing
        ),
    ],
    lifespan=lifespan,
    on_script_error=report,
)
