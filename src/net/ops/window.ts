// Sliding windows over images laid out [channels, height, width, batch]: with the batch last every move below copies
// whole runs of it, which makes a convolution as windows and one matrix product faster on one thread than ONNX Runtime's
// own Conv, ConvTranspose and MaxPool at the sizes measured (test/bench/engine.ts), and needs no operation that a
// provider may lack.
import type { Attributes, Node, Op } from '../graph.js';
import type { Shape } from '../model.js';
import type { Emitter } from '../onnx/emitter.js';

export interface Windows {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Rows above, columns left, rows below, columns right. */
  readonly pads: readonly [number, number, number, number];
}

/** How many windows fit, down and across. */
export function windowCounts([, height, width]: Shape, w: Windows): readonly [number, number] {
  const [top, left, bottom, right] = w.pads;
  return [
    Math.floor((height! + top + bottom - w.kernel[0]) / w.stride[0]) + 1,
    Math.floor((width! + left + right - w.kernel[1]) / w.stride[1]) + 1,
  ];
}

const windowsOf = (attributes: Attributes) => attributes as unknown as Windows;

/** Calls `visit(place in the image, place in the windows)` for every value of every window that is not padding. */
function walk(image: Shape, w: Windows, visit: (from: number, to: number) => void): void {
  const [channels, height, width, batch] = image as [number, number, number, number];
  const [down, across] = windowCounts(image, w);
  const [kh, kw] = w.kernel;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++)
        for (let y = 0; y < down; y++)
          for (let x = 0; x < across; x++) {
            const row = y * w.stride[0] + i - w.pads[0];
            const column = x * w.stride[1] + j - w.pads[1];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const from = ((c * height + row) * width + column) * batch;
            const to = ((((c * kh + i) * kw + j) * down + y) * across + x) * batch;
            for (let b = 0; b < batch; b++) visit(from + b, to + b);
          }
}

const unfoldOp: Op = {
  name: 'unfold',
  shape([x], attributes) {
    const w = windowsOf(attributes);
    const [down, across] = windowCounts(x!, w);
    return [x![0]! * w.kernel[0] * w.kernel[1], down * across * x![3]!];
  },
  vjp: (g, node) => [g.graph.make(foldOp, [g], { ...node.attributes, image: node.inputs[0]!.shape })],
  onnx(emit, [x], node) {
    const w = windowsOf(node.attributes);
    const [channels, , , batch] = node.inputs[0]!.shape as [number, number, number, number];
    const [down, across] = windowCounts(node.inputs[0]!.shape, w);
    const [top, left, bottom, right] = w.pads;
    const padded = w.pads.some((n) => n > 0)
      ? emit.op('Pad', [x!, emit.ints([0, top, left, 0, 0, bottom, right, 0])])
      : x!;
    const parts: string[] = [];
    for (let i = 0; i < w.kernel[0]; i++)
      for (let j = 0; j < w.kernel[1]; j++) {
        const part = slice(emit, padded, [i, j], [down, across], w.stride);
        parts.push(emit.op('Reshape', [part, emit.ints([channels, 1, down * across * batch])]));
      }
    const all = parts.length === 1 ? parts[0]! : emit.op('Concat', parts, { axis: 1 });
    return emit.op('Reshape', [all, emit.ints(node.shape)]);
  },
  compute([x], node) {
    const out = new Float64Array(node.shape[0]! * node.shape[1]!);
    walk(node.inputs[0]!.shape, windowsOf(node.attributes), (from, to) => {
      out[to] = x![from]!;
    });
    return out;
  },
};

/** Values [first, first + stride, …] along the two image axes. */
function slice(
  emit: Emitter,
  x: string,
  first: readonly [number, number],
  count: readonly [number, number],
  stride: readonly [number, number],
): string {
  const last = first.map((n, axis) => n + (count[axis]! - 1) * stride[axis]! + 1);
  return emit.op('Slice', [x, emit.ints(first), emit.ints(last), emit.ints([1, 2]), emit.ints(stride)]);
}

/** The transpose of unfold: every value of the windows is added to the place in the image that it came from. */
const foldOp: Op = {
  name: 'fold',
  shape: (_, attributes) => attributes.image as Shape,
  vjp: (g, node) => [unfold(g, windowsOf(node.attributes))],
  onnx(emit, [x], node) {
    const w = windowsOf(node.attributes);
    const [channels, height, width, batch] = node.shape as [number, number, number, number];
    const [down, across] = windowCounts(node.shape, w);
    const area = w.kernel[0] * w.kernel[1];
    const cube = emit.op('Reshape', [x!, emit.ints([channels, area, down * across * batch])]);
    const parts = emit.many('Split', [cube, emit.ints(Array(area).fill(1))], { axis: 1 }, area);
    const places = parts.map((part, k) => {
      const [i, j] = [Math.floor(k / w.kernel[1]), k % w.kernel[1]];
      const small = emit.op('Reshape', [part, emit.ints([channels, down, across, batch])]);
      const [wide, rows, columns] = dilate(emit, small, node.shape, [down, across], w.stride);
      // Negative pads cut off what fell on the padding.
      const [up, left] = [i - w.pads[0], j - w.pads[1]];
      const pads = [0, up, left, 0, 0, height - rows - up, width - columns - left, 0];
      return emit.op('Pad', [wide, emit.ints(pads)]);
    });
    // Not Sum: WebGPU has no such operation.
    return places.reduce((total, place) => emit.op('Add', [total, place]));
  },
  compute([x], node) {
    const out = new Float64Array(node.shape.reduce((a, b) => a * b, 1));
    walk(node.shape, windowsOf(node.attributes), (to, from) => {
      out[to]! += x![from]!;
    });
    return out;
  },
};

/** Puts stride − 1 zeros after every row and column. */
function dilate(
  emit: Emitter,
  x: string,
  [channels, , , batch]: Shape,
  [down, across]: readonly [number, number],
  [sy, sx]: readonly [number, number],
): readonly [string, number, number] {
  if (sy === 1 && sx === 1) return [x, down, across];
  const split = emit.op('Reshape', [x, emit.ints([channels!, down, 1, across, 1, batch!])]);
  const filled = emit.op('Pad', [split, emit.ints([0, 0, 0, 0, 0, 0, 0, 0, sy - 1, 0, sx - 1, 0])]);
  return [
    emit.op('Reshape', [filled, emit.ints([channels!, down * sy, across * sx, batch!])]),
    down * sy,
    across * sx,
  ];
}

/** [c, h, w, n] to [c·kh·kw, down·across·n]: row (c, i, j) holds what kernel place (i, j) sees in channel c. */
export function unfold(x: Node, w: Windows): Node {
  return x.graph.make(unfoldOp, [x], { kernel: w.kernel, stride: w.stride, pads: w.pads });
}

const sizeOfPool = (node: Node) => node.attributes.size as readonly [number, number];

/** The size[0]·size[1] values that compete, each as an image of the pooled size, in row order. */
function rivals(emit: Emitter, x: string, image: Shape, size: readonly [number, number]): readonly string[] {
  const count = [Math.floor(image[1]! / size[0]), Math.floor(image[2]! / size[1])] as const;
  const places = Array.from(
    { length: size[0] * size[1] },
    (_, k) => [Math.floor(k / size[1]), k % size[1]] as const,
  );
  return places.map((first) => slice(emit, x, first, count, size));
}

const maxPoolOp: Op = {
  name: 'maxPool',
  shape([x], attributes) {
    const [kh, kw] = attributes.size as readonly [number, number];
    return [x![0]!, Math.floor(x![1]! / kh), Math.floor(x![2]! / kw), x![3]!];
  },
  vjp: (g, node) => [g.graph.make(maxPoolGradientOp, [g, node.inputs[0]!], node.attributes)],
  onnx(emit, [x], node) {
    let round = [...rivals(emit, x!, node.inputs[0]!.shape, sizeOfPool(node))];
    while (round.length > 1)
      round = pairs(round).map(([a, b]) => (b === undefined ? a : emit.op('Max', [a, b])));
    return round[0]!;
  },
  compute: ([x], node) =>
    Float64Array.from(winners(x!, node.inputs[0]!.shape, sizeOfPool(node)), (at) => x![at]!),
};

function pairs<T>(items: readonly T[]): readonly (readonly [T, T | undefined])[] {
  return Array.from(
    { length: Math.ceil(items.length / 2) },
    (_, i) => [items[2 * i]!, items[2 * i + 1]] as const,
  );
}

/** Where in the image each window's largest value is; the first in row order of equal ones. */
function winners(x: Float64Array, image: Shape, size: readonly [number, number]): Int32Array {
  const [channels, height, width, batch] = image as [number, number, number, number];
  const [down, across] = [Math.floor(height / size[0]), Math.floor(width / size[1])];
  const out = new Int32Array(channels * down * across * batch).fill(-1);
  const w: Windows = { kernel: size, stride: size, pads: [0, 0, 0, 0] };
  walk([1, height, width, batch], w, (from, to) => {
    const at = to % (down * across * batch);
    for (let c = 0; c < channels; c++) {
      const place = c * height * width * batch + from;
      const slot = c * down * across * batch + at;
      if (out[slot]! < 0 || x[place]! > x[out[slot]!]!) out[slot] = place;
    }
  });
  return out;
}

/**
 * Gives each window's gradient to its winner. The knock-out of the forward pass is played again: at each match the loser
 * gets g·[loser's side is strictly larger] and the other the rest, so that ties go to the first and nothing is lost.
 */
const maxPoolGradientOp: Op = {
  name: 'maxPoolGradient',
  shape: (inputs) => inputs[1]!,
  onnx(emit, [g, x], node) {
    const image = node.shape;
    const size = sizeOfPool(node);
    const shares = share(emit, g!, rivals(emit, x!, image, size));
    const [channels, height, width, batch] = image as [number, number, number, number];
    const [down, across] = [Math.floor(height / size[0]), Math.floor(width / size[1])];
    const rows = Array.from({ length: size[0] }, (_, i) => {
      const cells = shares.slice(i * size[1], (i + 1) * size[1]);
      const apart = cells.map((cell) =>
        emit.op('Reshape', [cell, emit.ints([channels * down, across, 1, batch])]),
      );
      const row = apart.length === 1 ? apart[0]! : emit.op('Concat', apart, { axis: 2 });
      return emit.op('Reshape', [row, emit.ints([channels, down, 1, across * size[1], batch])]);
    });
    const whole = rows.length === 1 ? rows[0]! : emit.op('Concat', rows, { axis: 2 });
    const covered = [channels, down * size[0], across * size[1], batch] as const;
    const out = emit.op('Reshape', [whole, emit.ints(covered)]);
    if (covered[1] === height && covered[2] === width) return out;
    return emit.op('Pad', [out, emit.ints([0, 0, 0, 0, 0, height - covered[1], width - covered[2], 0])]);
  },
  compute([g, x], node) {
    const out = new Float64Array(x!.length);
    winners(x!, node.shape, sizeOfPool(node)).forEach((at, i) => {
      out[at]! += g![i]!;
    });
    return out;
  },
};

function share(emit: Emitter, g: string, players: readonly string[]): readonly string[] {
  if (players.length === 1) return [g];
  const half = 2 ** Math.floor(Math.log2(players.length - 1));
  const [first, second] = [players.slice(0, half), players.slice(half)];
  const best = (side: readonly string[]): string => {
    let round = [...side];
    while (round.length > 1)
      round = pairs(round).map(([a, b]) => (b === undefined ? a : emit.op('Max', [a, b])));
    return round[0]!;
  };
  const wins = emit.op('Cast', [emit.op('Greater', [best(second), best(first)])], { to: 1 });
  const toSecond = emit.op('Mul', [g, wins]);
  return [...share(emit, emit.op('Sub', [g, toSecond]), first), ...share(emit, toSecond, second)];
}

/** The largest of each size[0] × size[1] window of every channel of [c, h, w, n]; an uneven edge is left out. */
export function maxPool(x: Node, size: readonly [number, number]): Node {
  return x.graph.make(maxPoolOp, [x], { size });
}
