// The nights of a metric as a picture, and the page that shows it.
import { describe, expect, test } from 'vitest';
import { judgeTonight } from '../../src/nights/gate.js';
import { renderNightPage } from '../../src/nights/page.js';
import { type Drawn, renderNightsSvg } from '../../src/nights/sparkline.js';
import { findXmlFault } from '../report/xml.js';
import { cellOf, nightOf, runOf } from './nights.js';

const DRAWN: Drawn = {
  past: [1, 3, 2],
  tonight: { mean: 5 },
  expected: { low: 0, high: 4 },
  verdict: 'worse',
};

describe('the nights as a picture', () => {
  test('tell in words what they show', () => {
    const svg = renderNightsSvg(DRAWN);
    const words = '3 nights before: 1 to 3, last 2; expected 0 to 4; tonight 5, worse';
    expect(svg).toContain(`role="img" aria-label="${words}"`);
    expect(svg).toContain(`<title>${words}</title>`);
    expect(
      renderNightsSvg({ ...DRAWN, past: [2, 2], expected: null, tonight: null, verdict: 'gone' }),
    ).toContain('"2 nights before: 2, last 2; no value tonight, gone"');
  });

  test('have the band, the line and tonight on one scale', () => {
    // 0 is at the lower edge (28 of 34), 5 at the upper (6); nights are as far apart.
    const svg = renderNightsSvg(DRAWN);
    expect(svg).toContain('<polyline points="6,23.6 52,14.8 98,19.2"');
    expect(svg).toContain('<rect class="band" x="0" y="10.4" width="150" height="17.6"');
    expect(svg).toContain('<path d="M140 2l8 8');
  });

  test.each(['worse', 'better', 'moved', 'noisy'])('each verdict has a form of its own: %s', (verdict) => {
    const marks = ['worse', 'better', 'moved', 'noisy'].map((each) =>
      renderNightsSvg({ ...DRAWN, verdict: each })
        .replace(/.*<\/?polyline[^>]*>/, '')
        .replaceAll(/var\([^)]*\)/g, ''),
    );
    expect(new Set(marks).size).toBe(4);
    expect(renderNightsSvg({ ...DRAWN, verdict })).toContain(verdict);
  });

  test.each<Partial<Drawn>>([
    { past: [], expected: null },
    { past: [1], tonight: { mean: 1 }, expected: { low: 1, high: 1 } },
    { past: Array.from({ length: 60 }, (_, i) => i), tonight: null, expected: null },
    { past: [1e300, -1e300], tonight: { mean: 0 } },
    { past: [1, 2], verdict: '<a "b"&' },
  ])('are a picture whatever there is: %j', (some) => {
    const svg = renderNightsSvg({ ...DRAWN, ...some });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(findXmlFault(svg)).toBeUndefined();
  });

  test('of no night at all are none', () => {
    expect(renderNightsSvg({ past: [], tonight: null, expected: null, verdict: 'gone' })).toBe('');
  });
});

test('the page has a picture for each row, and no line of blocks', () => {
  const metrics = ['loss', 'error'].map((name) => ({
    ...{ name, isBoolean: false, goal: 'min' as const, unit: null, tolerance: null },
  }));
  const night = (day: number, mean: number) =>
    nightOf(day, [runOf([cellOf('loss', mean), cellOf('error', 1)], { metrics })]);
  const nights = [0, 1, 2].map((day) => night(day, 1));
  const gate = judgeTonight(night(3, 2), { nights, faults: [] }, { accepted: [], last: 50 });
  const page = renderNightPage(gate, []);
  expect(page.match(/<td><svg role="img"/g)).toHaveLength(1);
  expect(page).not.toMatch(/[▁▂▃▄▅▆▇█]/);
});
