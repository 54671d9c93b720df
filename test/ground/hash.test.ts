// The hash against vectors of the reference implementation: made with Python's mmh3 5 (which wraps the original C++),
// itself checked to give SMHasher's published verification value for MurmurHash3_x86_128, 0xB3ECE62A.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash128, mix32 } from '../../src/ground/hash.js';

const lanes = new Uint32Array(4);

function hex(text: string, seed: number): string {
  hash128(text, seed, lanes);
  return Array.from(lanes, (lane) => lane.toString(16).padStart(8, '0')).join(' ');
}

/** Vector n: the first n letters of the alphabet below, seed n * 2654435761 mod 2^32. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const BY_LENGTH = [
  '00000000 00000000 00000000 00000000',
  'c46a27a1 b5f99dac b5f99dac b5f99dac',
  'c2be5c1a 314ab69a 314ab69a 314ab69a',
  '4681d1d6 98e2e023 98e2e023 98e2e023',
  '176d4553 38ed6fa1 38ed6fa1 38ed6fa1',
  '93b23a3d ffcd7f57 a4d012c4 a4d012c4',
  'a878f17d fb71a998 f61bb189 f61bb189',
  '29728129 3868a96c db8892c5 db8892c5',
  '62f31f35 f0ddcb8c acf86127 acf86127',
  'adba8921 cbeb5660 43d4fd3b 330bc17a',
  'e59c3004 8b5b45cc cbc68cce 206c42eb',
  'fae7e12b 27d3720f d9427820 02b92735',
  '0a44b671 f1bdbc78 adcd5518 06733bae',
  '5700a8e7 b5cd0986 50a80d86 f5ab8ccf',
  'e4df6438 3610cb96 de1fb0f7 d4251e93',
  '6fb873ff ed58d5b3 094d31c8 ee18b30c',
  '35322bab 539d08a8 9ee3f722 71b86476',
  '687b5dd3 1bcde464 fb82ecb7 fa733778',
  '60dd0df3 7f87bffa 94cb2943 ef0d839f',
  '566ce2e7 656e8859 c5186253 7e26e73c',
  '875ed986 4dba63d7 0089477b 1acaf311',
  'ca014679 57f73b62 ea65ccc4 4c79227d',
  '1fc451e0 b347cb30 07531e10 0a811efa',
  '4e257b9a 09f4a5c1 a7aebe32 d1056117',
  'd205da72 c027ca19 88775be4 ae9bb9e9',
  '071e8ba0 7f47bef5 0b740bf0 70f4bcbd',
  '07bfa807 262a50df c28b9971 15d8c582',
  'c63635ab d65d0e39 730fa9b5 eefb8eb0',
  '68983bbf 512e90ef 1e463fe4 ca08d85a',
  '022f22ea 7bb5941b 4e4ab7f5 91f0844d',
  'fddd5615 4b71b287 9d868435 c54db9ce',
  'a5da56d6 f9cb9e66 7c7a92c2 df481433',
  'b77d80c0 59c61eb9 45ebee48 299a9244',
];

describe('hash128', () => {
  it.each([
    ['', 0, '00000000 00000000 00000000 00000000'],
    ['', 1, '88c4adec 54d201b9 54d201b9 54d201b9'],
    ['a', 0, 'a794933c 5556b01b 5556b01b 5556b01b'],
    ['hello', 0, '2b2444a0 db91def7 9adb31b6 9adb31b6'],
    ['hello, world', 1, 'a9de3b94 dfefa397 535dd6d6 32f08bd1'],
    ['The quick brown fox jumps over the lazy dog', 0, '2f1583c3 ecee2c67 5d7bf66c e5e91d2c'],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, '8ad4d55e 4cb86171 8ea73a9c cdb6793e'],
    ['σ=0.5 µm 🎉', 7, '99767c29 b9b80e0a dba93e3d 53ae136a'],
  ])('hashes %j with seed %i as the reference does', (text, seed, expected) => {
    expect(hex(text, seed)).toBe(expected);
  });

  it('agrees with the reference at every length around its 16-byte blocks', () => {
    const got = BY_LENGTH.map((_, n) => hex(ALPHABET.slice(0, n), Math.imul(n, 2654435761) >>> 0));
    expect(got).toEqual(BY_LENGTH);
  });

  it('gives the same for a text after longer and shorter ones (the scratch bytes leave no trace)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3000 }),
        fc.string({ unit: 'binary' }),
        (before, text) => {
          const alone = hex(text, 3);
          hex(before, 3);
          expect(hex(text, 3)).toBe(alone);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });
});

describe('mix32', () => {
  it('undoes its steps: it is a bijection of 32 bits', () => {
    // The inverse multipliers are those of 0x85ebca6b and 0xc2b2ae35 modulo 2^32.
    const unmix = (h: number) => {
      h ^= h >>> 16;
      h = Math.imul(h, 0x7ed1b41d);
      h ^= (h >>> 13) ^ (h >>> 26);
      h = Math.imul(h, 0xa5cb9243);
      return (h ^ (h >>> 16)) >>> 0;
    };
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), (h) => {
        expect(unmix(mix32(h))).toBe(h);
      }),
      { seed: 12 },
    );
  });
});
