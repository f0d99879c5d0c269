// What forms need in which much is filled in: rules between fields, rows, files, tables of scores, sums, acts that
// take long.
export { watchMatrices } from './matrix.js';
export { watchProgress } from './progress.js';
export { watchReading } from './reading.js';
export { watchRows } from './rows.js';
export { watchRules } from './rules.js';
export { watchSums } from './sums.js';
export { watchUploads } from './uploads.js';
