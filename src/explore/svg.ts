// A drawing context that writes SVG instead of pixels, for the part of a canvas's drawing that the views use. What is
// drawn as a picture (many points, densities) stays a picture within it.

interface State {
  alpha: number;
  x: number;
  y: number;
  clip: string;
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

export class SvgContext {
  fillStyle = '#000';
  strokeStyle = '#000';
  lineWidth = 1;
  globalAlpha = 1;
  font = '';
  textAlign = 'left';
  textBaseline = 'alphabetic';
  readonly #parts: string[] = [];
  readonly #states: State[] = [];
  readonly #measuring: CanvasRenderingContext2D;
  #path = '';
  #dash = '';
  #clip = '';
  #clips = 0;
  #x = 0;
  #y = 0;

  constructor(measuring: CanvasRenderingContext2D) {
    this.#measuring = measuring;
  }

  /** The whole picture; `title` is text. */
  finish(
    title: string,
    {
      width,
      height,
      paper,
      ink,
    }: { readonly width: number; readonly height: number; readonly paper: string; readonly ink: string },
  ): string {
    const head = 28;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height + head)}" viewBox="0 ${-head} ${round(width)} ${round(height + head)}" font-family="Helvetica, Arial, sans-serif" font-size="12">
<title>${escapeText(title)}</title>
<rect x="0" y="${-head}" width="100%" height="100%" fill="${paper}"/>
<text x="8" y="-9" font-size="14" font-weight="600" fill="${ink}">${escapeText(title)}</text>
${this.#parts.join('\n')}
</svg>
`;
  }

  setTransform(): void {}
  clearRect(): void {}

  beginPath(): void {
    this.#path = '';
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${this.#at(x, y)}`;
  }

  /** The first point of a path is where it begins, as on a canvas. */
  lineTo(x: number, y: number): void {
    this.#path += `${this.#path === '' ? 'M' : 'L'}${this.#at(x, y)}`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${this.#at(x, y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
  }

  /** Whole circles only: no view draws another arc. */
  arc(x: number, y: number, radius: number): void {
    const [r, across] = [round(radius), round(2 * radius)];
    this.#path += `M${this.#at(x - radius, y)}a${r} ${r} 0 1 0 ${across} 0a${r} ${r} 0 1 0 -${across} 0Z`;
  }

  fill(): void {
    this.#add(`<path d="${this.#path}" fill="${this.fillStyle}"`, '/>');
  }

  stroke(): void {
    this.#add(`<path d="${this.#path}" fill="none"${this.#pen()}`, '/>');
  }

  clip(): void {
    const id = `clip-${++this.#clips}`;
    this.#parts.push(`<clipPath id="${id}"><path d="${this.#path}"/></clipPath>`);
    this.#clip = ` clip-path="url(#${id})"`;
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#add(`<rect ${this.#box(x, y, width, height)} fill="${this.fillStyle}"`, '/>');
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#add(`<rect ${this.#box(x, y, width, height)} fill="none"${this.#pen()}`, '/>');
  }

  fillText(text: string, x: number, y: number): void {
    this.#text(text, x, y, ` fill="${this.fillStyle}"`);
  }

  strokeText(text: string, x: number, y: number): void {
    this.#text(text, x, y, ` fill="none" stroke-linejoin="round"${this.#pen()}`);
  }

  measureText(text: string): TextMetrics {
    return this.#measuring.measureText(text);
  }

  setLineDash(dash: readonly number[]): void {
    this.#dash = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  }

  drawImage(picture: HTMLCanvasElement, ...box: readonly [number, number, number, number]): void {
    this.#add(`<image ${this.#box(...box)} preserveAspectRatio="none" href="${picture.toDataURL()}"`, '/>');
  }

  translate(x: number, y: number): void {
    this.#x += x;
    this.#y += y;
  }

  save(): void {
    this.#states.push({ alpha: this.globalAlpha, x: this.#x, y: this.#y, clip: this.#clip });
  }

  restore(): void {
    const state = this.#states.pop();
    if (state === undefined) return;
    this.globalAlpha = state.alpha;
    this.#x = state.x;
    this.#y = state.y;
    this.#clip = state.clip;
  }

  #at(x: number, y: number): string {
    return `${round(x + this.#x)} ${round(y + this.#y)}`;
  }

  #box(x: number, y: number, width: number, height: number): string {
    return `x="${round(x + this.#x)}" y="${round(y + this.#y)}" width="${round(width)}" height="${round(height)}"`;
  }

  #pen(): string {
    return ` stroke="${this.strokeStyle}" stroke-width="${round(this.lineWidth)}"${this.#dash}`;
  }

  #text(text: string, x: number, y: number, how: string): void {
    const anchor =
      this.textAlign === 'left' ? '' : ` text-anchor="${this.textAlign === 'right' ? 'end' : 'middle'}"`;
    const down =
      this.textBaseline === 'top'
        ? 10
        : this.textBaseline === 'middle'
          ? 4
          : this.textBaseline === 'bottom'
            ? -2
            : 0;
    const place = `x="${round(x + this.#x)}" y="${round(y + this.#y + down)}"`;
    this.#add(`<text ${place}${anchor}${how}`, `>${escapeText(text)}</text>`);
  }

  #add(start: string, end: string): void {
    const alpha = this.globalAlpha === 1 ? '' : ` opacity="${round(this.globalAlpha)}"`;
    this.#parts.push(`${start}${alpha}${this.#clip}${end}`);
  }
}

/** Characters that XML does not allow are left out. */
function escapeText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
