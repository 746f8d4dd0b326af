"""What this browser tab points at: ids, and the model it asks. The address holds the ids too, so a link returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from services.domain import ModelChoice


class Session:
    """One typed door to `st.session_state` and the query parameters; holds nothing itself."""

    @property
    def dataset_id(self) -> str:
        """The open dataset, or ""."""
        return self._read("dataset")

    @property
    def conversation_id(self) -> str:
        """The open conversation, or ""."""
        return self._read("conversation")

    @property
    def view(self) -> str:
        """How the person looks at the open table, as JSON, or ""."""
        return str(st.query_params.get("view", ""))

    def look(self, view: str) -> None:
        """Keeps how the person looks at the open table, in the address."""
        if view:
            st.query_params["view"] = view
        else:
            st.query_params.pop("view", None)

    @property
    def readings(self) -> str:
        """What is about to be saved on the upload page, as JSON, or ""."""
        return str(st.query_params.get("readings", ""))

    @property
    def job_id(self) -> str:
        """The job the upload page stays with, or ""."""
        return str(st.query_params.get("job", ""))

    @staticmethod
    def reading(readings: str, job_id: str = "") -> dict[str, str]:
        """What the address of the upload page says about what is saved, and the job that saves it."""
        return {"readings": readings, "job": job_id}

    def read(self, readings: str, job_id: str = "") -> None:
        """Keeps that in the address."""
        for name, value in self.reading(readings, job_id).items():
            if value:
                st.query_params[name] = value
            else:
                st.query_params.pop(name, None)

    def hold(self, what: str, job_id: str) -> None:
        """Remembers the job that tries this, until the next one."""
        st.session_state["held"] = (what, job_id)

    def held(self, what: str) -> str:
        """The job that tries this, or ""."""
        known, job_id = st.session_state.get("held", ("", ""))
        return str(job_id) if known == what else ""

    @staticmethod
    def marks(key: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The marks of a chart that were clicked, and the areas that were drawn on it, as Plotly tells them."""
        found = (st.session_state.get(key) or {}).get("selection", {})
        return list(found.get("points", [])), list(found.get("box", []))

    @property
    def board_id(self) -> str:
        """The open dashboard, or "". In the address alone, as the next two."""
        return str(st.query_params.get("dashboard", ""))

    @property
    def board_mode(self) -> str:
        """How it is looked at: "arrange", "full", or ""."""
        return str(st.query_params.get("mode", ""))

    @property
    def filters(self) -> str:
        """The filters chosen on it, as JSON, or "" when it is seen as it is set."""
        return str(st.query_params.get("filters", ""))

    def go_to_board(self, dashboard_id: str, mode: str = "") -> None:
        """Opens a dashboard in a mode, or none with ""; the filters stay with the same one."""
        chosen = {"dashboard": dashboard_id, "mode": mode}
        chosen["filters"] = self.filters if dashboard_id == self.board_id else ""
        for name, value in chosen.items():
            if value:
                st.query_params[name] = value
            else:
                st.query_params.pop(name, None)

    def filter(self, filters: str) -> None:
        """Keeps the chosen filters in the address."""
        if filters:
            st.query_params["filters"] = filters
        else:
            st.query_params.pop("filters", None)

    @property
    def rejected(self) -> Sequence[str]:
        """The suggestions that were rejected in this tab."""
        return tuple(st.session_state.get("rejected", ()))

    def reject(self, suggestion_id: str) -> None:
        """Leaves a suggestion out of the list from now on."""
        st.session_state["rejected"] = (*self.rejected, suggestion_id)

    @property
    def uploads(self) -> int:
        """How many files this tab has taken: part of the upload form's key, so that the form empties itself."""
        return int(st.session_state.get("uploads", 0))

    @property
    def team_id(self) -> str:
        """The team this tab works in, or "" for the person's own workspace."""
        return self._read("team")

    def go_to_team(self, team_id: str) -> None:
        """Works in another team from now on, with nothing of the last one open."""
        self._write("team", team_id)
        self.open("")
        st.query_params.pop("shared", None)

    def stay(self) -> None:
        """Keeps the team of the address for the pages to come, and in the address for a refresh: the menu's links and
        a change of page carry none."""
        self._write("team", self.team_id)

    @property
    def share_id(self) -> str:
        """The share by which the tab looks at a thing of others, or "". In the address alone: the menu leads home."""
        return str(st.query_params.get("shared", ""))

    @staticmethod
    def guest(share_id: str, dataset_id: str, conversation_id: str) -> dict[str, str]:
        """What the address says of a page on which somebody works with a thing of others."""
        found = {"shared": share_id, "dataset": dataset_id, "conversation": conversation_id}
        return {name: value for name, value in found.items() if value}

    @property
    def link(self) -> str:
        """The token of a published link, or ""."""
        return str(st.query_params.get("link", ""))

    @property
    def invitation(self) -> str:
        """The token of an invitation to a team, or ""."""
        return str(st.query_params.get("invitation", ""))

    def accepted(self) -> None:
        """Takes the invitation out of the address."""
        st.query_params.pop("invitation", None)

    @property
    def deleted_id(self) -> str:
        """The dataset this tab has just deleted, or ""."""
        return str(st.session_state.get("deleted", ""))

    def deleted(self, dataset_id: str) -> None:
        """Notes what can be undone; "" for nothing."""
        st.session_state["deleted"] = dataset_id

    @property
    def report_id(self) -> str:
        """The open report, or ""."""
        return str(st.query_params.get("report", ""))

    def open_report(self, report_id: str) -> None:
        """Opens a report, or the list of them, in the address."""
        if report_id:
            st.query_params["report"] = report_id
        else:
            st.query_params.pop("report", None)

    @property
    def taken_out(self) -> str:
        """The section this tab has just taken out of its report, or ""."""
        return str(st.session_state.get("taken-out", ""))

    def took_out(self, section_id: str) -> None:
        """Notes what can be put back; "" for nothing."""
        st.session_state["taken-out"] = section_id

    @property
    def bound(self) -> tuple[str, str]:
        """The cookie this connection came with, as a mark, and the sign-in it stood for; empty when nobody is known."""
        mark, session_id = st.session_state.get("bound", ("", ""))
        return str(mark), str(session_id)

    def bind(self, mark: str, session_id: str) -> None:
        """Notes for whom this connection speaks. Kept on the server: no browser can write it."""
        st.session_state["bound"] = (mark, session_id)

    @property
    def ticket(self) -> str:
        """What this browser is about to exchange for its cookie, or ""."""
        return str(st.session_state.get("ticket", ""))

    def hand(self, ticket: str) -> None:
        """Notes what the browser shall exchange; "" for nothing."""
        st.session_state["ticket"] = ticket

    @property
    def model(self) -> ModelChoice | None:
        """The language model that the person brought, or None. With its key, so in the memory of the server alone."""
        found = st.session_state.get("model")
        return found if isinstance(found, ModelChoice) else None

    def bring(self, model: ModelChoice | None) -> None:
        """Asks this model from now on; None for the server's analyst."""
        st.session_state["model"] = model

    def open(self, dataset_id: str, conversation_id: str = "") -> None:
        """Points the tab at this dataset and conversation."""
        self._write("dataset", dataset_id)
        self._write("conversation", conversation_id)

    def uploaded(self) -> None:
        """Counts one more file taken."""
        st.session_state["uploads"] = self.uploads + 1

    def _read(self, name: str) -> str:
        return str(st.query_params.get(name) or st.session_state.get(name, ""))

    def _write(self, name: str, value: str) -> None:
        st.session_state[name] = value
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value:
            st.query_params.pop(name, None)


session = Session()
