// The one page of the dashboard: a shell that its script fills. The script and style are files of their own, so that the
// page's policy needs no exception.
import type { MiddlewareHandler } from 'hono';
import { readBundle } from '../report/explore/section.js';
import { PAGE_STYLE } from '../report/page-style.js';

/** No other origin, nothing inline, no frame around it, no form. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sweepline</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/live.css">
<script defer src="/assets/live.js"></script>
</head>
<body>
<main id="live"><noscript><p>This page needs its script.</p></noscript></main>
</body>
</html>
`;

/** What `npm run build` made of src/explore, and the colours that reports have. */
export const ASSETS: Readonly<Record<string, () => { readonly type: string; readonly text: string }>> = {
  'live.js': () => ({ type: 'text/javascript; charset=utf-8', text: readBundle('live.js') }),
  'live.css': () => ({ type: 'text/css; charset=utf-8', text: `${PAGE_STYLE}\n${readBundle('live.css')}` }),
};

/** On whatever is answered; an answer may have a stricter policy of its own. */
export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  const headers = {
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  };
  for (const [name, value] of Object.entries(headers))
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
};
