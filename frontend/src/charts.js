// Charts of the figures: each is drawn from the table below it, in the colours of the page's theme. The table stays
// for who doesn't see it.
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from 'chart.js';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip, Legend);
const token = name => getComputedStyle(document.documentElement).getPropertyValue(`--tw-${name}`).trim();
const ROW = 30,
  FRAME = 64; // pixels: of one bar with its space, and of the axis with the legend
const MOST = 24; // bars of one chart

/** The words and the values of a table: its text columns name a bar, its columns with data-bar are drawn. */
function read(table) {
  const heads = [...table.tHead.rows[0].cells],
    rows = [...table.tBodies[0].rows].slice(0, MOST);
  const names = heads.map((head, at) => at).filter(at => !heads[at].classList.contains('tw-number'));
  return {
    labels: rows.map(row => names.map(at => row.cells[at].textContent.trim()).join(' · ')),
    columns: heads
      .map((head, at) => ({ at, name: head.textContent.trim(), tone: head.dataset.bar }))
      .filter(column => column.tone),
    value: (row, at) => Number(rows[row].cells[at].dataset.value),
    said: (row, at) => rows[row].cells[at].textContent.trim(),
    count: rows.length
  };
}

function draw(canvas) {
  const table = document.getElementById(canvas.dataset.chart),
    { labels, columns, value, said, count } = read(table),
    stacked = 'stacked' in table.dataset;
  canvas.parentElement.style.height = `${FRAME + count * ROW * (stacked ? 1 : Math.max(1, columns.length * 0.7))}px`;
  const soft = token('soft'),
    line = token('line'),
    share = 'share' in table.dataset;
  return new Chart(canvas, {
    type: 'bar',
    data: {
      labels,
      datasets: columns.map(column => ({
        label: column.name,
        at: column.at,
        data: labels.map((label, row) => value(row, column.at)),
        backgroundColor: token(column.tone),
        borderRadius: 3,
        maxBarThickness: 22
      }))
    },
    options: {
      indexAxis: 'y',
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      font: { family: getComputedStyle(document.body).fontFamily },
      scales: {
        x: {
          stacked,
          beginAtZero: true,
          grid: { color: line },
          border: { display: false },
          ticks: {
            color: soft,
            precision: share ? undefined : 0,
            callback: number => (share ? `${Math.round(number * 100)}%` : number)
          }
        },
        y: {
          stacked,
          grid: { display: false },
          border: { color: line },
          ticks: { color: token('ink'), autoSkip: false }
        }
      },
      plugins: {
        legend: { display: columns.length > 1, labels: { color: token('ink'), boxWidth: 12 } },
        tooltip: { callbacks: { label: item => `${item.dataset.label}: ${said(item.dataIndex, item.dataset.at)}` } }
      }
    }
  });
}

let charts = [];
function redraw() {
  charts.forEach(chart => chart.destroy());
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  charts = [...document.querySelectorAll('canvas[data-chart]')].map(draw);
  document.documentElement.dataset.charts = charts.length;
}
redraw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
