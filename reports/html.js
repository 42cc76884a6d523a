"use strict";
// Draws the charts from the numbers in the page; colours are names that the style sheet fills in.
(() => {
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const places = [...document.querySelectorAll("[data-chart]")];
  const names = /^(background|surface|text|quiet|border|primary|band|series[0-5])$/;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const plain = (said) => said.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const isColour = (key) => /color$/.test(key) || key === "color";
  function painted(value, key) {
    if (Array.isArray(value)) return value.map((one) => painted(one, key));
    if (value && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, painted(one, inner)]));
    if (typeof value !== "string") return value;
    if (isColour(key)) return names.test(value) ? colour(value) : value;
    return value;
  }
  function safe(chart) {
    for (const note of chart.layout.annotations || []) note.text = plain(note.text);
    for (const trace of chart.data) {
      if (trace.name) trace.name = plain(trace.name);
      if (trace.type === "bar") trace.x = trace.x.map(plain);
    }
    return chart;
  }
  charts.forEach(safe);
  function draw() {
    for (const place of places) {
      const { data, layout } = charts[Number(place.dataset.chart)];
      Plotly.react(place, painted(data), painted(layout), { displayModeBar: false, responsive: true });
    }
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  // On paper the charts are as wide as the paper, and light.
  addEventListener("beforeprint", () => { draw(); for (const place of places) Plotly.relayout(place, { width: 660 }); });
  addEventListener("afterprint", () => { for (const place of places) Plotly.relayout(place, { width: null, autosize: true }); draw(); });
})();
