// Draws one figure with plotly.js on the document of dom.js; `settle` is called until `drawn` holds the outcome.
"use strict";
globalThis.drawn = null;
globalThis.draw = (data, layout) => {
  globalThis.drawn = null;
  document.body.textContent = "";
  const place = document.body.appendChild(document.createElement("div"));
  place.setAttribute("id", "figure");
  Plotly.newPlot(place, data, layout, { staticPlot: true, responsive: false })
    .then(() => { globalThis.drawn = { svg: Plotly.Snapshot.toSVG(place, "svg") }; Plotly.purge(place); })
    .catch((error) => { globalThis.drawn = { error: String((error && error.stack) || error) }; });
};
globalThis.settle = () => {
  for (let turn = 0; turn < 1000 && waiting.length; turn++) waiting.shift()[1]();
  return drawn === null ? null : JSON.stringify(drawn);
};
