// The script of `sweepline serve`: which page is shown stands in the address. It asks nobody but the server that it came
// from, and a run's texts are never markup.
import { showCompare } from './compare.js';
import { showList } from './list.js';
import { showRun } from './run.js';

const root = document.getElementById('live')!;
const { pathname, search } = location;
const [, run] = /^\/run\/(.*?)\/?$/.exec(pathname) ?? [];
if (run !== undefined) showRun(root, run.split('/').map(decodeURIComponent).join('/'));
else if (pathname === '/compare') {
  const asked = new URLSearchParams(search);
  showCompare(root, asked.get('a') ?? '', asked.get('b') ?? '');
} else showList(root);
