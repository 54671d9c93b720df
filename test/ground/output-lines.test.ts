// Lines of what a process prints: the same however it comes in pieces, and bounded.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../src/ground/output-lines.js';

function split(chunks: readonly Uint8Array[], longest?: number): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line), longest === undefined ? {} : { longest });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe('lines', () => {
  it('are those of the whole text, wherever it is cut, also within a character', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '🎉', '\n', '\r', ' '), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(80)), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length)])].sort((a, b) => a - b);
        const chunks = places.map((at, i) => bytes.subarray(at, places[i + 1] ?? bytes.length));
        const expected = whole.split('\n').map((line) => line.replace(/\r$/, ''));
        if (expected.at(-1) === '' && !whole.endsWith('\r')) expected.pop();
        expect(split(chunks)).toEqual(expected);
      }),
      { seed: 301, numRuns: 500 },
    );
  });

  it('that are too long are cut with what is left out counted, and the next one is whole', () => {
    expect(split([Buffer.from(`${'x'.repeat(12)}\r\nnext\n`)], 10)).toEqual([
      `${'x'.repeat(10)} … (3 more characters)`,
      'next',
    ]);
    expect(split([Buffer.from('0123456789')], 10)).toEqual(['0123456789']);
    const cuts: boolean[] = [];
    const splitter = createLineSplitter((_, isCut) => cuts.push(isCut), { longest: 3 });
    splitter.push(Buffer.from('abcd\nabc\n'));
    expect(cuts).toEqual([true, false]);
  });

  it('are what stands after their last return, where overwritten text is heard apart', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const heard: string[] = [];
        const splitter = createLineSplitter((line) => heard.push(`line ${line}`), {
          onOverwritten: (text) => heard.push(`over ${text}`),
        });
        for (const each of pieces) splitter.push(Buffer.from(each));
        splitter.end();
        const lines = pieces.join('').split('\n');
        const last = lines.pop()!;
        const states = (line: string) => line.split('\r').filter((state) => state !== '');
        const heardOf = (line: string) => [
          ...states(line)
            .slice(0, -1)
            .map((state) => `over ${state}`),
          `line ${states(line).at(-1) ?? ''}`,
        ];
        const expected = [...lines.flatMap(heardOf), ...(states(last).length === 0 ? [] : heardOf(last))];
        expect(heard).toEqual(expected);
      }),
      { seed: 302, numRuns: 500 },
    );
  });

  it('hear of an overwritten text as soon as the next one begins', () => {
    const heard: string[] = [];
    const splitter = createLineSplitter((line) => heard.push(line), {
      onOverwritten: (text) => heard.push(text),
    });
    splitter.push(Buffer.from('10%\r'));
    expect(heard).toEqual([]); // the end of a line may follow
    splitter.push(Buffer.from('2'));
    expect(heard).toEqual(['10%']);
  });

  it('hold no more than they may while a gigabyte comes without an end', () => {
    const chunk = Buffer.alloc(1 << 20, 'x');
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line));
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1024; i++) splitter.push(chunk);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
    splitter.end();
    expect(lines).toHaveLength(1);
    expect(lines[0]!.length).toBeLessThan(20_000);
    expect(lines[0]).toContain('(1,073,725,440 more characters)');
  });
});
