// Files on their way live outside the component, so that a rerun or another page does not cut them off.
const PIECE = 8 * 1024 * 1024;
const WAITS = [1, 2, 4, 8, 15, 15, 30, 30, 60];
const places = (globalThis.redPandasUploads ??= new Map());
const boxes = new WeakMap();

class Refused extends Error {}

function size(bytes) {
  if (bytes < 1e6) return Math.max(1, Math.round(bytes / 1e3)).toLocaleString("en") + " kB";
  return bytes < 1e9 ? (bytes / 1e6).toFixed(1) + " MB" : (bytes / 1e9).toFixed(2) + " GB";
}

function time(seconds) {
  if (!isFinite(seconds)) return "";
  if (seconds < 60) return Math.max(1, Math.round(seconds)) + " s left";
  return Math.round(seconds / 60) + " min left";
}

// One call of the route. `body` may be a piece of a file; `progress` is told how many bytes of it have gone.
function call(entry, method, path, ticket, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    entry.request = request;
    request.open(method, entry.data.prefix + path);
    request.setRequestHeader("x-ticket", ticket);
    request.timeout = 120000;
    if (progress) request.upload.onprogress = (event) => progress(event.loaded);
    request.onerror = request.ontimeout = () => reject(new Error("cut"));
    request.onabort = () => reject(new Refused("Cancelled"));
    request.onload = () => {
      let told = {};
      try { told = JSON.parse(request.responseText || "{}"); } catch { /* a proxy answered */ }
      if (request.status >= 200 && request.status < 300) resolve(told);
      else if (request.status >= 500 || request.status === 429 || !told.message) reject(new Error("cut"));
      else reject(Object.assign(new Refused((told.message + " " + (told.hint || "")).trim()), { status: request.status }));
    };
    request.send(body);
  });
}

const mark = (file) => "red-pandas-upload:" + [file.name, file.size, file.lastModified].join(":");
const recall = (file) => { try { return localStorage.getItem(mark(file)); } catch { return null; } };
const note = (file, id) => {
  try { id ? localStorage.setItem(mark(file), id) : localStorage.removeItem(mark(file)); } catch { /* private window */ }
};

// Where the upload stands on the server: the one begun before, by this page or an earlier one, else a new one.
async function open(entry) {
  const known = entry.id || recall(entry.file);
  if (known) {
    try {
      return await call(entry, "POST", "/" + encodeURIComponent(known) + "/resume", entry.data.ticket);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      note(entry.file, null);
      entry.id = null;
    }
  }
  const told = JSON.stringify({ name: entry.file.name, size: entry.file.size });
  return call(entry, "POST", "", entry.data.ticket, told);
}

async function send(place, entry) {
  const begun = await open(entry);
  entry.id = begun.id;
  note(entry.file, begun.id);
  if (begun.received > entry.sent) entry.resumed = entry.tries > 0 || begun.received > 0;
  entry.sent = begun.received;
  entry.state = "sending";
  entry.since = { at: performance.now(), sent: entry.sent };
  const own = "/" + encodeURIComponent(begun.id);
  while (entry.sent < entry.file.size) {
    const from = entry.sent;
    const piece = entry.file.slice(from, from + PIECE);
    const got = await call(entry, "PUT", own + "?at=" + from, begun.ticket, piece, (gone) => {
      entry.sent = from + Math.min(gone, piece.size);
      draw(place);
    });
    entry.sent = got.received;
    entry.tries = 0;
    draw(place);
  }
  entry.state = "checking";
  draw(place);
  if (!begun.whole) await call(entry, "POST", own + "/finish", begun.ticket);
  note(entry.file, null);
}

async function carry(place, entry) {
  for (;;) {
    try {
      await send(place, entry);
      entry.state = "done";
      return;
    } catch (error) {
      if (error instanceof Refused || entry.tries >= WAITS.length) {
        entry.state = "failed";
        entry.why = error instanceof Refused ? error.message : "The connection was lost for too long.";
        return;
      }
      entry.state = "waiting";
      await rest(place, entry, WAITS[entry.tries++]);
      if (entry.state === "failed") return;
    }
  }
}

// Waits, or goes on at once when the browser says that the network is back.
function rest(place, entry, seconds) {
  return new Promise((resolve) => {
    const end = Date.now() + seconds * 1000;
    const stop = () => { clearInterval(timer); removeEventListener("online", stop); resolve(); };
    const timer = setInterval(() => {
      entry.left = Math.ceil((end - Date.now()) / 1000);
      if (entry.left <= 0 || entry.state === "failed") stop(); else draw(place);
    }, 250);
    addEventListener("online", stop);
  });
}

async function work(place) {
  if (place.busy) return;
  place.busy = true;
  for (let entry; (entry = place.files.find((each) => each.state === "queued")); ) {
    await carry(place, entry);
    draw(place);
  }
  place.busy = false;
  hand(place);
}

// Tells the page which files are here, once none is on its way any more.
function hand(place) {
  const done = place.files.filter((entry) => entry.state === "done");
  if (!done.length || place.busy || !place.tell) return;
  place.files = place.files.filter((entry) => entry.state !== "done");
  say(place, done.length === 1 ? done[0].file.name + " is here." : done.length + " files are here.");
  place.tell(done.map((entry) => entry.id));
  draw(place);
}

// What is wrong with a file, before a byte of it is sent.
function objection(place, file) {
  const limits = place.data;
  const waiting = place.files.filter((entry) => entry.state !== "failed").reduce((sum, each) => sum + each.file.size, 0);
  if (!file.size) return "The file is empty.";
  if (file.size > limits.most) return "It has " + size(file.size) + "; a file may have " + size(limits.most) + ".";
  if (file.size + waiting > limits.left)
    return "It has " + size(file.size) + "; there is room for " + size(Math.max(0, limits.left - waiting)) +
      ". Delete datasets you do not need.";
  return "";
}

function add(place, files) {
  for (const file of files) {
    const why = objection(place, file);
    place.files.push({ file, data: place.data, id: null, sent: 0, tries: 0, why, state: why ? "failed" : "queued" });
    if (why) say(place, file.name + ": " + why);
  }
  draw(place);
  work(place);
}

function drop(place, entry) {
  entry.request?.abort();
  if (entry.id && entry.state !== "done") {
    const quiet = { data: entry.data };
    call(quiet, "POST", "/" + entry.id + "/resume", entry.data.ticket)
      .then((begun) => call(quiet, "DELETE", "/" + entry.id, begun.ticket)).catch(() => {});
  }
  note(entry.file, null);
  entry.state = "failed";
  place.files = place.files.filter((each) => each !== entry);
  draw(place);
}

function facts(entry) {
  const all = size(entry.file.size);
  if (entry.state === "failed") return entry.why;
  if (entry.state === "queued") return all + " · waiting";
  if (entry.state === "checking") return all + " · checking";
  if (entry.state === "waiting") return "Connection lost · trying again in " + (entry.left ?? 1) + " s";
  const passed = (performance.now() - entry.since.at) / 1000;
  const speed = (entry.sent - entry.since.sent) / passed;
  const pace = passed > 0.5 && speed > 0 ? " · " + size(speed) + "/s · " + time((entry.file.size - entry.sent) / speed) : "";
  return size(entry.sent) + " of " + all + pace + (entry.resumed ? " · resumed" : "");
}

function row(place, entry) {
  const item = document.createElement("li");
  const top = document.createElement("div");
  top.className = "top";
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = name.title = entry.file.name;
  const end = document.createElement("button");
  end.type = "button";
  end.className = "link";
  const again = document.createElement("button");
  again.type = "button";
  again.className = "link again";
  again.textContent = "Try again";
  top.append(name, again, end);
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", "Sent of " + entry.file.name);
  const words = document.createElement("div");
  words.className = "facts";
  item.append(top, bar, words);
  end.onclick = () => drop(place, entry);
  again.onclick = () => { entry.tries = 0; entry.state = "queued"; draw(place); work(place); };
  entry.row = { item, bar, words, end, again };
  return item;
}

function draw(place) {
  const list = place.box?.querySelector(".files");
  if (!list) return;
  for (const entry of place.files) {
    if (entry.row?.item.parentNode !== list) list.append(row(place, entry));
    const failed = entry.state === "failed";
    entry.row.item.className = failed ? "bad" : "";
    entry.row.bar.value = entry.sent / entry.file.size || 0;
    entry.row.words.textContent = facts(entry);
    entry.row.end.textContent = failed ? "Remove" : "Cancel";
    entry.row.end.setAttribute("aria-label", (failed ? "Remove " : "Cancel ") + entry.file.name);
    entry.row.again.hidden = !failed || entry.file.size > place.data.most;
  }
  const kept = new Set(place.files.map((entry) => entry.row.item));
  for (const item of [...list.children]) if (!kept.has(item)) item.remove();
}

function say(place, text) {
  const said = place.box?.querySelector(".said");
  if (said) said.textContent = text;
}

function pasted(text) {
  const ending = text.includes("\t") ? "tsv" : /^\s*[[{]/.test(text) ? "json" : "csv";
  const now = new Date();
  const stamp = now.toTimeString().slice(0, 5).replace(":", ".");
  return new File([text], "Pasted table " + stamp + "." + ending, { lastModified: now.getTime() });
}

const isTyping = (event) => event.composedPath().some((each) => each.matches?.("input, textarea, [contenteditable=true]"));

function wire(box, place) {
  const find = (selector) => box.querySelector(selector);
  const zone = find(".zone"), input = find("input"), form = find(".pasting"), area = find("textarea");
  zone.onclick = () => input.click();
  input.onchange = () => { add(place, [...input.files]); input.value = ""; };
  box.ondragover = (event) => { event.preventDefault(); zone.classList.add("over"); };
  box.ondragleave = (event) => { if (!box.contains(event.relatedTarget)) zone.classList.remove("over"); };
  box.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    add(place, [...event.dataTransfer.files]);
  };
  const show = (visible) => { form.hidden = !visible; find(".paste").setAttribute("aria-expanded", visible); };
  find(".paste").onclick = () => { show(form.hidden); if (!form.hidden) area.focus(); };
  find(".close").onclick = () => show(false);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!area.value.trim()) return;
    add(place, [pasted(area.value)]);
    area.value = "";
    show(false);
  };
  const paste = (event) => {
    if (isTyping(event) || !place.box) return;
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => !file.type.startsWith("image/"));
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (files.length) add(place, files);
    else if (/[\t\n,;]/.test(text.trim())) add(place, [pasted(text)]);
  };
  const leave = (event) => { if (place.busy) event.preventDefault(); };
  document.addEventListener("paste", paste);
  addEventListener("beforeunload", leave);
  return () => {
    document.removeEventListener("paste", paste);
    removeEventListener("beforeunload", leave);
    place.box = place.tell = null;
  };
}

async function probe(place, setStateValue) {
  try {
    const answer = await fetch(place.data.prefix + "/probe", {
      method: "POST", headers: { "x-ticket": place.data.ticket }, credentials: "same-origin",
    });
    if (answer.status !== 204) setStateValue("reachable", false);
  } catch {
    setStateValue("reachable", false);
  }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const box = parentElement.querySelector(".box");
  let place = places.get(data.place);
  if (!place) places.set(data.place, (place = { files: [], busy: false }));
  place.data = data;
  for (const entry of place.files) entry.data = data;
  box.querySelector(".types").textContent = data.types;
  box.querySelector("input").accept = data.accept;
  box.querySelector(".aside").hidden = !data.paste;
  place.tell = (ids) => setTriggerValue("uploaded", ids);
  if (!boxes.has(box)) {
    place.box = box;
    boxes.set(box, wire(box, place));
    probe(place, setStateValue);
  }
  place.box = box;
  draw(place);
  hand(place);
  return boxes.get(box);
}
