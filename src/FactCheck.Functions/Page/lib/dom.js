// A few helpers over the DOM. Text goes in as text nodes only.

/** @typedef {Node|string|number|null|undefined|false} Child */

const properties = new Set(['value', 'checked', 'selected', 'disabled', 'hidden', 'open', 'readOnly', 'multiple']);

/**
 * Makes an element. `on…` adds a listener, form states are set as properties, null and false leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  element.append(...nodes(children));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (properties.has(name)) /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  return element;
}

/**
 * Puts new children in place of the old ones.
 * @param {Element} parent
 * @param {...(Child|Child[])} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...nodes(children));
}

/** @param {(Child|Child[])[]} children */
function nodes(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false && child !== '')
    .map((child) => (child instanceof Node ? child : String(child)));
}

/** @type {WeakMap<Element, string>} What each element was last made from. */
const shown = new WeakMap();

/**
 * Renders anew only when the data is other than last time; focus stays on the element of the same id.
 * @param {HTMLElement} parent
 * @param {unknown} data
 * @param {() => (Child|Child[])[]} render
 */
export function refill(parent, data, render) {
  const state = JSON.stringify(data);
  if (shown.get(parent) === state) return;
  shown.set(parent, state);
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  fill(parent, ...render());
  if (!focused) return;
  const target = (focused.id && document.getElementById(focused.id)) || parent.querySelector('h1, button, a[href]');
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}

/**
 * The element with that id.
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`There is no element '${id}'.`);
  return element;
}

/**
 * A link to somewhere else, in a new tab so that work in this one stays. An address that is not http(s) stays text.
 * @param {string} url
 * @param {string} [label]
 */
export function outLink(url, label = url) {
  if (!URL.canParse(url, location.href)) return el('span', {}, label);
  const address = new URL(url, location.href);
  if (address.protocol !== 'https:' && address.protocol !== 'http:') return el('span', {}, label);
  return el(
    'a',
    { href: address.href, target: '_blank', rel: 'noopener noreferrer' },
    label,
    el('span', { class: 'unseen' }, ' (opens in a new tab)'),
  );
}

/**
 * Facts as a description list; pairs without a value are left out.
 * @param {...[string, Child|Child[]]} pairs
 */
export function facts(...pairs) {
  const given = pairs.filter(([, value]) => nodes([value]).length > 0);
  return el(
    'dl',
    { class: 'facts' },
    given.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );
}

/**
 * Brings a list up to date: what is the same stays in place, and focus stays where it was.
 * @template T
 * @param {HTMLElement} list
 * @param {T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} render
 */
export function keyed(list, items, keyOf, render) {
  const refocus = focusIn(list);
  const old = new Map(rowsOf(list).map((row) => [row.dataset.key, row]));
  items.forEach((item, index) => {
    const key = keyOf(item);
    const row = rowFor(item, key, old.get(key), render);
    old.delete(key);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  for (const gone of old.values()) gone.remove();
  refocus();
}

/** @param {HTMLElement} list */
const rowsOf = (list) => [...list.children].map((row) => /** @type {HTMLElement} */ (row));

/**
 * The old row where it shows the same, else a new one in its place.
 * @template T
 * @param {T} item
 * @param {string} key
 * @param {HTMLElement|undefined} old
 * @param {(item: T) => HTMLElement} render
 */
function rowFor(item, key, old, render) {
  const state = JSON.stringify(item);
  if (old && shown.get(old) === state) return old;
  const row = render(item);
  row.dataset.key = key;
  shown.set(row, state);
  old?.replaceWith(row);
  return row;
}

/**
 * Remembers which control of a list has focus, and gives it back: to the same control of the same row.
 * @param {HTMLElement} list
 */
function focusIn(list) {
  const focused = document.activeElement;
  const row = focused && list.contains(focused) && focused.closest('[data-key]');
  if (!row) return () => undefined;
  const key = /** @type {HTMLElement} */ (row).dataset.key;
  const place = controls(row).indexOf(focused);
  return () => {
    if (document.activeElement === focused) return;
    const now = rowsOf(list).find((each) => each.dataset.key === key);
    const target = (now && controls(now)[place]) ?? list.closest('section, main')?.querySelector('h1, h2');
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  };
}

/** @param {Element} root @returns {Element[]} */
const controls = (root) => [...root.querySelectorAll('a[href], button, input, select, textarea, summary')];

/**
 * Says something to everybody, screen reader included.
 * @param {string} message
 * @param {Child} [link]
 */
export function say(message, link) {
  fill(byId('status'), message, link && ' ', link);
  byId('hide-status').hidden = !message;
}

/** @type {{message: string, link?: Child}|null} */
let pending = null;

/**
 * Goes to another view and says something there.
 * @param {string} hash
 * @param {string} [message]
 * @param {Child} [link]
 */
export function go(hash, message, link) {
  pending = message ? { message, link } : null;
  if (location.hash === hash) dispatchEvent(new Event('hashchange'));
  else location.hash = hash;
}

/** Shows what `go` wanted said, or clears what an earlier view said. */
export function sayPending() {
  say(pending?.message ?? '', pending?.link);
  pending = null;
}
