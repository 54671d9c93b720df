// Who may ask for what. Requests must name a host that is ours (a page of somebody else may have its own name lead to
// this machine), elsewhere than on this machine alone they need the token, and what changes something must come from a
// page of ours.
import { createHash, timingSafeEqual } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { REQUEST_HEADER } from '../explore/live/contract.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const EVERYWHERE = ['0.0.0.0', '::', '[::]'];

/** A host as it stands in an address. */
export function inAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** 421 for a `Host` that is none of ours. */
export function checkHost(host: string, port: () => number): MiddlewareHandler {
  const names = new Set([...LOOPBACK, inAddress(host).toLowerCase()]);
  if (EVERYWHERE.includes(host)) {
    names.add(hostname().toLowerCase());
    for (const { address } of Object.values(networkInterfaces()).flatMap((each) => each ?? []))
      names.add(inAddress(address.replace(/%.*/, '')));
  }
  return async (c, next) => {
    const asked = (c.req.header('host') ?? '').toLowerCase();
    const own = `:${port()}`;
    const name = asked.endsWith(own) ? asked.slice(0, -own.length) : asked;
    // Without a port it is that of HTTP.
    const isOurs = names.has(name) && (name !== asked || port() === 80);
    return isOurs ? next() : c.text('this server has another name', 421);
  };
}

/**
 * 401 without the token: `Authorization: Bearer`, or the cookie that a first visit with `?token=` leaves. That visit is
 * sent on to the same address without it.
 */
export function checkToken(token: string, port: () => number): MiddlewareHandler {
  const cookie = () => `sweepline-${port()}`;
  const proof = digest(`cookie ${token}`).toString('base64url');
  return async (c, next) => {
    const url = new URL(c.req.url);
    const given = url.searchParams.get('token');
    if (given !== null && c.req.method === 'GET') {
      if (!isSame(given, token)) return refuse(c);
      setCookie(c, cookie(), proof, { httpOnly: true, sameSite: 'Strict', path: '/' });
      url.searchParams.delete('token');
      // An address that begins with two slashes would be another host.
      return c.redirect(`${url.pathname.replace(/^\/+/, '/')}${url.search}`, 303);
    }
    const [, bearer] = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '') ?? [];
    if (bearer !== undefined && isSame(bearer, token)) return next();
    const kept = getCookie(c, cookie());
    return kept !== undefined && isSame(kept, proof) ? next() : refuse(c);
  };
}

function refuse(c: Context): Response {
  return c.text('open the address that `sweepline serve` has printed: it holds the token', 401);
}

/** 403 for a request that another page may have sent: its origin is another, or it lacks our header. */
export const checkOrigin: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  const site = c.req.header('sec-fetch-site');
  const isOurs =
    (origin === undefined || origin === `http://${c.req.header('host')}`) &&
    (site === undefined || site === 'same-origin') &&
    c.req.header(REQUEST_HEADER) !== undefined;
  return isOurs ? next() : c.text('only pages of this server may ask for that', 403);
};

/** Takes as long whatever is given. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
