// Draws each figure from the table beside it, in the colours of the page; the table stays for who cannot see the plot.

"use strict";

const DASHES = [[], [6, 3], [2, 3], [10, 4, 2, 4], [12, 4], [4, 2]];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function series(table, kind) {
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  return heads.map((label, number) => ({
    label,
    stroke: colour(`--line-${number + 1}`),
    fill: kind === "bars" ? colour(`--line-${number + 1}`) : undefined,
    width: kind === "bars" ? 0 : 2,
    dash: kind === "bars" ? undefined : DASHES[number % DASHES.length],
    paths: kind === "bars" ? uPlot.paths.bars({ size: [0.6, 24] }) : undefined,
    points: { show: false },
  }));
}

function axis(more) {
  const grid = { stroke: colour("--line"), width: 1 };
  return { stroke: colour("--soft"), grid, ticks: grid, font: "12px sans-serif", ...more };
}

function day(seconds) {
  return new Date(seconds * 1000).toISOString().slice(5, 10);
}

function whole(seconds) {
  return seconds === null ? "" : new Date(seconds * 1000).toISOString().slice(0, 10);
}

function draw(figure) {
  const table = figure.querySelector(".scroll table");
  const canvas = figure.querySelector(".canvas");
  const rows = [...table.tBodies[0].rows];
  const days = rows.map((row) => Date.parse(row.cells[0].textContent) / 1000);
  const lines = series(table, figure.dataset.kind);
  const numbers = lines.map((_, column) => rows.map((row) => Number(row.cells[column + 1].textContent)));
  const top = Math.max(4, ...numbers.flat());
  const half = figure.dataset.kind === "bars" ? 43200 : 0;
  canvas.replaceChildren();
  return new uPlot({
    width: canvas.clientWidth,
    height: 260,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    cursor: { y: false, points: { size: 6 } },
    scales: { x: { range: [days[0] - half, days[days.length - 1] + half] }, y: { range: [0, top * 1.1] } },
    axes: [
      axis({ values: (_, splits) => splits.map(day), space: 60 }),
      axis({ incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000], size: 44 }),
    ],
    series: [{ label: table.tHead.rows[0].cells[0].textContent, value: (_, seconds) => whole(seconds) }, ...lines],
  }, [days, ...numbers], canvas);
}

for (const figure of document.querySelectorAll("figure.plot")) {
  let plot = draw(figure);
  new ResizeObserver(() => {
    const width = figure.querySelector(".canvas").clientWidth;
    if (width !== plot.width) { plot.setSize({ width, height: 260 }); }
  }).observe(figure);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { plot = draw(figure); });
}
