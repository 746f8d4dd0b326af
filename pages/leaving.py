"""The end of the account page: take all one's data out, and leave for good."""

from __future__ import annotations

import streamlit as st

from components import notice, words
from services import departure
from services.errors import AppError
from services.workspace import Workspace

MOST_HELD = 200_000_000
"""Bytes of an archive that may pass through the page."""


def show(ws: Workspace) -> None:
    """Draws both ways."""
    st.subheader("Your data")
    st.caption("One ZIP file with everything you made, in every team: tables, files as they came, conversations.")
    if st.button("Prepare the archive", icon=":material/folder_zip:"):
        with st.spinner("Packing", show_time=True), departure.archive(ws) as path:
            if path.stat().st_size > MOST_HELD:
                notice.problem(
                    f"The archive has {words.size(path.stat().st_size)}.", "Ask who runs this server for it."
                )
            else:
                st.download_button("Download it", path.read_bytes(), "red-pandas.zip", "application/zip")
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
