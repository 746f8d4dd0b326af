// Links that the browser saves itself: nothing of the file passes through the page.
const probed = new WeakSet();

function line(file, said) {
  const item = document.createElement("li");
  const link = document.createElement(file.href ? "a" : "div");
  if (file.href) {
    link.href = file.href;
    link.download = "";
    link.onclick = () => { said.textContent = file.wait; };
  } else link.className = "off";
  for (const part of ["name", "note"]) {
    const text = document.createElement("span");
    text.className = part;
    text.textContent = file[part];
    link.append(text);
  }
  item.append(link);
  return item;
}

export default function ({ data, parentElement, setStateValue }) {
  const list = parentElement.querySelector(".files");
  const said = parentElement.querySelector(".said");
  list.replaceChildren(...data.files.map((file) => line(file, said)));
  if (probed.has(list)) return;
  probed.add(list);
  fetch(data.probe, { method: "POST", headers: { "x-ticket": data.ticket }, credentials: "same-origin" })
    .then((answer) => { if (answer.status !== 204) setStateValue("reachable", false); })
    .catch(() => setStateValue("reachable", false));
}
