"""The end of the account page: take all one's data out, and leave for good."""

from __future__ import annotations

import streamlit as st

from components import downloads, notice, words
from components.downloads import File
from services import departure, tickets
from services.errors import AppError
from services.workspace import Workspace

ADDRESS = "/transfer/archive?ticket="
PACKING = "The archive is being packed; much data takes a minute or two. The download then begins by itself."
MOST_HELD = 50_000_000
"""Bytes of an archive that may pass through the page, where the browser cannot reach the server's own downloads."""


def show(ws: Workspace) -> None:
    """Draws both ways."""
    st.subheader("Your data")
    st.caption("One ZIP file with all you made, in every team: tables, files, conversations, reports, dashboards.")
    everything = File("red-pandas.zip", "Packed when you click", ADDRESS + tickets.give(ws, "archive"), PACKING)
    if not downloads.show([everything], tickets.give(ws, "upload"), "archive"):
        _through_the_page(ws)
    with st.expander("Delete this account", icon=":material/delete_forever:"):
        st.text("Your own workspace goes for good, with its files, and what is private to you in teams.")
        st.text("What your teams see stays theirs, without your name.")
        typed = st.text_input(f"Type {words.literal(ws.user.email, 254)} to confirm", autocomplete="off")
        if st.button("Delete my account", type="primary", disabled=not typed.strip()):
            try:
                departure.delete_account(ws, typed)
            except AppError as error:
                notice.show(error)
                return
            st.rerun()


def _through_the_page(ws: Workspace) -> None:
    """Offers what is small enough, held in memory."""
    if not st.button("Prepare the archive", icon=":material/folder_zip:"):
        return
    with st.spinner("Packing", show_time=True), departure.archive(ws) as path:
        size = path.stat().st_size
        if size > MOST_HELD:
            notice.problem(f"The archive has {words.size(size)}.", "Ask who runs this server for it.")
        else:
            st.download_button("Download it", path.read_bytes(), "red-pandas.zip", "application/zip")
