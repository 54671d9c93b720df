// The placeholders of a command: `{lr}` stands for a value, `{{` and `}}` around text for braces; all else is what it is.
// In a line for the shell a placeholder becomes a variable's name, quoted as its place wants it: no value is ever read as
// code, whatever it holds.

/** Text, or the name of what stands there. */
export type Piece = string | { readonly name: string };

const PLACEHOLDER = /\{([\p{L}_][\p{L}\p{M}\p{N}_./-]*)\}/uy;

/** `shell`: `${HOME}` is a variable of the shell's own, and stays. */
export function parseTemplate(text: string, form: 'arguments' | 'shell'): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  let open = 0;
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('{{', at)) {
      literal += '{';
      open++;
      at += 2;
      continue;
    }
    // Only where one was opened so: {"a":{"b":1}} needs no second thought.
    if (open > 0 && text.startsWith('}}', at)) {
      literal += '}';
      open--;
      at += 2;
      continue;
    }
    PLACEHOLDER.lastIndex = at;
    const found = form === 'shell' && text[at - 1] === '$' ? null : PLACEHOLDER.exec(text);
    if (found === null) {
      literal += text[at];
      at++;
      continue;
    }
    if (literal !== '') pieces.push(literal);
    literal = '';
    pieces.push({ name: found[1]! });
    at = PLACEHOLDER.lastIndex;
  }
  if (literal !== '') pieces.push(literal);
  return pieces;
}

export function namesIn(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));
}

export function fillTemplate(pieces: readonly Piece[], textFor: (name: string) => string): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : textFor(piece.name))).join('');
}

/** The line for the shell; `variableOf` names the variable of the environment that has the value. */
export function toShellLine(pieces: readonly Piece[], variableOf: (name: string) => string): string {
  const quotes = new Quotes();
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') {
        quotes.read(piece);
        return piece;
      }
      const reference = `\${${variableOf(piece.name)}}`;
      const { within } = quotes;
      if (within === '"' || within === 'sum') return reference;
      return within === "'" ? `'"${reference}"'` : `"${reference}"`;
    })
    .join('');
}

/** Where in a line of the shell a place lies: in quotes, in a sum `$(( ))`, or in neither. */
type Surroundings = '"' | "'" | 'sum' | '';

/** Tells it from the text before the place; `$( )` begins anew within quotes. */
class Quotes {
  readonly #open: (Exclude<Surroundings, ''> | '(')[] = [];
  #isEscaped = false;
  #isComment = false;
  /** The last two letters. */
  #before = '  ';

  get within(): Surroundings {
    const last = this.#open.at(-1);
    return last === undefined || last === '(' ? '' : last;
  }

  read(text: string): void {
    for (const letter of text) {
      this.#step(letter);
      this.#before = this.#before.slice(-1) + letter;
    }
  }

  #step(letter: string): void {
    const { within } = this;
    if (this.#isComment) this.#isComment = letter !== '\n';
    else if (this.#isEscaped) this.#isEscaped = false;
    else if (letter === '\\' && within !== "'") this.#isEscaped = true;
    else if (within !== '' && letter === within) this.#open.pop();
    else if (within === '"' && letter === '(' && this.#before.endsWith('$')) this.#open.push('(');
    else if (within === '' || within === 'sum') this.#stepOutside(letter);
  }

  #stepOutside(letter: string): void {
    if (letter === '(') {
      const isSum = this.within === 'sum' || this.#before === '$(';
      this.#open.push(isSum ? 'sum' : '(');
    } else if (letter === ')') this.#open.pop();
    else if (this.within === 'sum') return;
    else if (letter === '"' || letter === "'") this.#open.push(letter);
    else if (letter === '#' && /[\s;&|(]$/.test(this.#before)) this.#isComment = true;
  }
}
