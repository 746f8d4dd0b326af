"""What every run passes through: the look of the page, the menu, and the page or the reason why there is none."""

import streamlit as st

from components import layout, menu, shell
from components.session import session
from pages import team_dialogs

st.set_page_config(page_title="Red Pandas", page_icon=layout.icon(), layout="wide")

person = shell.person()
MENU = {
    "Analyse": [
        st.Page("analyse/chat.py", title="Chat", icon=":material/forum:", default=True, help="Ask about a table."),
        st.Page("analyse/explore.py", title="Explore", icon=":material/bar_chart:", help="Build charts."),
        st.Page("analyse/statistics.py", title="Statistics", icon=":material/science:", help="Tests and why they fit."),
        st.Page("analyse/forecast.py", title="Forecast", icon=":material/timeline:", help="What comes next."),
        st.Page("analyse/models.py", title="Model", icon=":material/model_training:", help="What tells a column."),
    ],
    "Data": [
        st.Page("data/upload.py", title="Add data", icon=":material/upload_file:", help="Bring your own tables."),
        st.Page("data/datasets.py", title="Datasets", icon=":material/database:", help="Your tables."),
        st.Page("data/table.py", title="Table", icon=":material/table:", help="Rows and columns of a table."),
        st.Page("data/profile.py", title="Profile", icon=":material/troubleshoot:", help="What is in a table."),
        st.Page("data/privacy.py", title="Personal data", icon=":material/shield_person:", help="Find and mask it."),
        st.Page("data/clean.py", title="Clean", icon=":material/cleaning_services:", help="Change a table in steps."),
        st.Page("data/combine.py", title="Combine", icon=":material/join_inner:", help="Join or append tables."),
        st.Page("data/recipes.py", title="Recipes", icon=":material/menu_book:", help="Use steps again."),
        st.Page("data/history.py", title="History", icon=":material/history:", help="Versions of a table."),
    ],
    "Share": [
        st.Page(
            "share/reports.py", title="Reports", icon=":material/description:", help="Documents of what was found."
        ),
        st.Page("share/dashboards.py", title="Dashboards", icon=":material/dashboard:", help="Pins on a grid."),
    ],
    "Team": [
        st.Page("team/members.py", title="Team", icon=":material/groups:", help="Members, activity, usage."),
        st.Page("share/shared.py", title="Shared", icon=":material/folder_shared:", help="What others share with you."),
        st.Page(
            "team/account.py",
            title="Account",
            icon=":material/person:",
            help="Name, password, browsers.",
            visibility="hidden",  # the name at the foot of the menu leads there
        ),
        st.Page(
            "team/people.py",
            title="People",
            icon=":material/group:",
            help="Everybody on this server.",
            visibility="visible" if person and person.runs_server else "hidden",
        ),
        st.Page("team/settings.py", title="Settings", icon=":material/tune:", help="How this installation runs."),
    ],
}
is_bare = not person or st.context.is_embedded or session.board_mode == "full"
page = st.navigation(MENU, position="hidden" if is_bare else "sidebar", expanded=True)
if (session.link and page.url_path == "shared") or (person and is_bare):
    shell.run(page)
elif person:
    st.logo(str(layout.STATIC / "wordmark.svg"), icon_image=str(layout.STATIC / "face.svg"), size="large")
    if person.email:
        team_dialogs.switch(shell.own())
    menu.foot(person)
    shell.run(page)
else:
    shell.ask_in()
