// Charts from rows. Each names the columns it draws and returns a Chart, so that a figure is a few lines; whoever wants
// more edits the option. A chart refuses what it cannot draw, and its figure then says why.
export { type BarChartSpec, barChart } from './bar-chart.js';
export { type LineChartSpec, lineChart } from './line-chart.js';
export { type ScatterChartSpec, scatterChart } from './scatter-chart.js';
