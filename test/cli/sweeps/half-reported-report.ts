import { defineReport } from '../../../src/report/define.js';

export default defineReport({
  name: 'half',
  title: 'One table of two',
  tables: [
    { name: 'whole', about: 'all trials', sql: 'SELECT trial FROM trials' },
    { name: 'broken', about: 'a column that is none', sql: 'SELECT nothing_like_it FROM trials' },
  ],
});
