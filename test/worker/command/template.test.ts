// Placeholders of commands: which braces are some, and where in a line of the shell a value stands.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, namesIn, parseTemplate, toShellLine } from '../../../src/worker/command/template.js';

const filled = (text: string): string =>
  fillTemplate(parseTemplate(text, 'arguments'), (name) => `<${name}>`);

describe('placeholders', () => {
  it.each([
    ['--lr={lr}', '--lr=<lr>'],
    ['{a}{b}', '<a><b>'],
    ['{optimizer.lr} {val/loss} {β1}', '<optimizer.lr> <val/loss> <β1>'],
    ['{{lr}}', '{lr}'],
    ['{{{lr}}}', '{<lr>}'],
    ['{"lr": {lr}}', '{"lr": <lr>}'],
    ['{"a":{"b":{lr}}}', '{"a":{"b":<lr>}}'],
    ["awk '{print $1}'", "awk '{print $1}'"],
    ['{1..3} {a,b} { x; } {} {', '{1..3} {a,b} { x; } {} {'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  it('leaves variables of the shell alone', () => {
    const names = (form: 'arguments' | 'shell') => namesIn(parseTemplate(`\${HOME}/{lr}`, form));
    expect(names('shell')).toEqual(['lr']);
    expect(names('arguments')).toEqual(['HOME', 'lr']);
  });

  it('gives back text without braces as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = text.replaceAll(/[{}]/g, '');
        expect(filled(plain)).toBe(plain);
      }),
    );
  });
});

describe('a line for the shell', () => {
  it.each([
    ['x {a}', `x "\${A}"`],
    ['x "{a} b"', `x "\${A} b"`],
    ["x '{a} b'", `x ''"\${A}"' b'`],
    ['x \\"{a}', `x \\""\${A}"`],
    ["x # it's\n{a}", `x # it's\n"\${A}"`],
    ["x a#'{a}'", `x a#''"\${A}"''`],
    ["{a}'{b}'{c}", `"\${A}"''"\${B}"''"\${C}"`],
    [`x "$(y "{a}" '{b}') {c}"`, `x "$(y "\${A}" ''"\${B}"'') \${C}"`],
    [`(x "{a}"); case {a} in b) "{a}"`, `(x "\${A}"); case "\${A}" in b) "\${A}"`],
    ['x=$(( ({a} + 1) * {b} )) {c}', `x=$(( (\${A} + 1) * \${B} )) "\${C}"`],
    ['x "$(({a})){b}" {c}', `x "$((\${A}))\${B}" "\${C}"`],
  ])('%s', (text, expected) => {
    expect(toShellLine(parseTemplate(text, 'shell'), (name) => name.toUpperCase())).toBe(expected);
  });
});
