// Elements made by hand. Whatever comes of a run is text, and only ever set as text.

type Child = Node | string | undefined;

export interface Props {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: name, text, title, on = {}, attributes = {} }: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (name !== undefined) element.className = name;
  if (text !== undefined) element.textContent = text;
  if (title !== undefined) element.title = title;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export function button(text: string, act: () => void, props: Props = {}): HTMLButtonElement {
  return make('button', {
    text,
    ...props,
    attributes: { type: 'button', ...props.attributes },
    on: { click: act, ...props.on },
  });
}

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
}

/** A list to choose one from, with its name before it. */
export function select<T>(
  label: string,
  choices: readonly Choice<T>[],
  chosen: T,
  act: (value: T) => void,
): HTMLLabelElement {
  const list = make('select');
  for (const [i, choice] of choices.entries()) {
    const option = make('option', { text: choice.label, attributes: { value: String(i) } });
    option.selected = choice.value === chosen;
    list.append(option);
  }
  list.addEventListener('change', () => act(choices[Number(list.value)]!.value));
  return make('label', { class: 'control' }, make('span', { text: label }), list);
}

export function checkbox(label: string, on: boolean, act: (on: boolean) => void): HTMLLabelElement {
  const box = make('input', { attributes: { type: 'checkbox' } });
  box.checked = on;
  box.addEventListener('change', () => act(box.checked));
  return make('label', { class: 'control' }, box, make('span', { text: label }));
}

/** Puts a file on the reader's disk. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  make('a', { attributes: { href: url, download: name } }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** To the clipboard, also in a page opened from disk. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A page from disk may not use it everywhere: the old way needs no leave.
    const area = make('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

/** A small table; cells are texts. `about` names it where it is read out: it may scroll, and takes the keyboard for it. */
export function plainTable(
  about: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  const head = make('tr', {}, ...columns.map((text) => make('th', { text, attributes: { scope: 'col' } })));
  const body = rows.map((cells) => make('tr', {}, ...cells.map((text) => make('td', { text }))));
  return make(
    'div',
    { class: 'table', attributes: { role: 'region', 'aria-label': about, tabindex: '0' } },
    make('table', {}, make('thead', {}, head), make('tbody', {}, ...body)),
  );
}
