// What a page cannot do itself: exchange a ticket for a cookie no script can read, and go back to where one wanted to be.
const WANTED = "red-pandas-wanted";
const begun = new Set();

// The same page without what was good once. Never another site's, whatever the address says.
function here(drop) {
  const url = new URL(location.href);
  for (const name of drop) url.searchParams.delete(name);
  return url;
}

function load(url) {
  if (url.origin !== location.origin) return;
  history.replaceState(null, "", url.href);
  location.reload();
}

async function exchange(data, fail) {
  try {
    const answer = await fetch(data.path, {
      method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" },
      body: JSON.stringify({ ticket: data.ticket }),
    });
    if (answer.status === 204) load(here(data.drop)); else fail();
  } catch {
    fail();
  }
}

function remember() {
  try { sessionStorage.setItem(WANTED, location.href); } catch { /* private window */ }
}

function goBack(stay) {
  let wanted = null;
  try {
    wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
  } catch { /* private window */ }
  const url = wanted && URL.canParse(wanted) ? new URL(wanted) : null;
  if (url && url.origin === location.origin && url.href !== location.href) load(url); else stay();
}

export default function ({ data, setStateValue }) {
  const key = data.what + data.ticket;
  if (data.what === "remember") return remember();
  if (begun.has(key)) return;
  begun.add(key);
  if (data.what === "exchange") exchange(data, () => setStateValue("failed", true));
  else goBack(() => setStateValue("back", true));
}
