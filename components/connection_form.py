"""Draws the sources that data is read from where it lies: choose one or name a new one, choose what to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components import layout, notice, words
from services.domain import Address, Connection, ConnectionKind, TableThere
from services.errors import AppError

KINDS = {
    ConnectionKind.FOLDER: ":material/folder:",
    ConnectionKind.BUCKET: ":material/cloud:",
    ConnectionKind.DATABASE: ":material/database:",
}
HELP = "A path in a folder the owner of this server allowed, s3://…, postgresql://… or sqlite:////…"
SECONDS = 60
"""How long the list of tables of a source is kept."""

Look = Callable[[str], Sequence[TableThere]]


Add = Callable[[str, Address], Connection]
Remove = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What to read from a source: a table, or what a SELECT gives."""

    connection_id: str
    table: str
    statement: str
    name: str


def show(there: Sequence[Connection], look: Look, add: Add, remove: Remove) -> Wish | None:
    """What the person wants read, or None. The others say what a source holds, keep one and forget one."""
    with st.expander("From a database, a bucket or a folder", icon=":material/link:"):
        try:
            return _draw({each.id: each for each in there}, look, add, remove)
        except AppError as error:
            notice.show(error)
    return None


def _draw(there: Mapping[str, Connection], look: Look, add: Add, remove: Remove) -> Wish | None:
    picked = there and st.selectbox(
        "Source",
        [*there, ""],
        format_func=words.telling(["", *there], lambda each: words.clean(there[each].name) if each else "New source …"),
        key="source",
    )
    if not picked:
        _add(add)
        return None
    source = there[picked]
    with layout.line():
        st.caption(f"{KINDS[source.kind]} {words.literal(source.location, 200)}", width="content")
        st.space("stretch")
        forget = st.button("Forget this source", type="tertiary", icon=":material/link_off:")
    if forget:
        remove(source.id)
        st.rerun()
    return _read(source, look)


def _read(source: Connection, look: Look) -> Wish | None:
    with st.spinner("Looking what is there", show_time=True):
        tables = _tables(look, source.id)
    is_database = source.kind is ConnectionKind.DATABASE
    with st.form("read-source", border=False):
        table = st.selectbox("Table" if is_database else "File", tables, key="source-table")
        select = {"label": "Or a SELECT", "placeholder": "SELECT … FROM … WHERE …", "key": "source-select"}
        statement = st.text_area(**select) if is_database else ""
        name = st.text_input("Name of the dataset", placeholder="As the table", max_chars=120, key="source-name")
        wanted = st.form_submit_button("Read", type="primary", icon=":material/download:")
    return Wish(source.id, table or "", statement, name) if wanted else None


def _add(add: Add) -> None:
    if new := _new():
        with st.spinner("Connecting", show_time=True):
            add(*new)
        st.rerun()


def _new() -> tuple[str, Address] | None:
    with st.form("new-source", border=False):
        url = st.text_input("Address", placeholder="postgresql://user@host/database", help=HELP, key="new-url")
        secret = st.text_input("Password, or secret of the key", type="password", key="new-secret")
        name = st.text_input("Name", placeholder="As the address", max_chars=120, key="new-name")
        st.caption("For a bucket that is not open to everybody, or not Amazon's:")
        left, middle, right = st.columns(3)
        key_id = left.text_input("Name of the key", key="new-key")
        endpoint = middle.text_input("Service", placeholder="https://s3.example.org", key="new-endpoint")
        region = right.text_input("Region", key="new-region")
        if not st.form_submit_button("Connect", type="primary", icon=":material/link:") or not url.strip():
            return None
    address = Address(url=url, endpoint=endpoint, region=region, key_id=key_id, secret=secret)
    return name.strip() or _short(url), address


def _short(url: str) -> str:
    """A name for a source without one: the end of its address, behind any password."""
    return url.strip().partition("?")[0].rstrip("/").rpartition("@")[2].rpartition("/")[2][:120] or "Source"


@st.cache_data(ttl=SECONDS, scope="session", show_spinner=False)
def _tables(_look: Look, connection_id: str) -> list[str]:
    return [table.name for table in _look(connection_id)]
