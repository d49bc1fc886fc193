// Asks the server what changed, often while the page is looked at, seldom otherwise.

import * as api from './api.js';
import { may } from './words.js';

const interval = 5_000;
const longest = 60_000;

/** @typedef {import('./contract.js').Change} Change */
/** @type {Set<(changes: Change[]) => void>} */
const listeners = new Set();
/** @type {string|undefined} */
let cursor;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;
let failures = 0;
/** @type {import('./contract.js').Me|undefined} */
let watcher;

/**
 * Hears of changes until the signal aborts. An empty list means: look yourself.
 * @param {(changes: Change[]) => void} listener
 * @param {AbortSignal} signal
 */
export function whenChanged(listener, signal) {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
}

/** @param {import('./contract.js').Me} me */
export async function watch(me) {
  cursor = undefined;
  watcher = me;
  await look(me, true);
  document.onvisibilitychange = () => {
    if (!document.hidden) void look(me);
  };
}

/** Asks no more. */
export function stopWatching() {
  watcher = undefined;
  clearTimeout(timer);
  document.onvisibilitychange = null;
}

/**
 * @param {import('./contract.js').Me} me
 * @param {boolean} [first] true: only find out from where to count
 */
async function look(me, first = false) {
  clearTimeout(timer);
  try {
    await lookOnce(me, first);
    failures = 0;
  } catch (error) {
    if (error instanceof api.Problem && error.status === 401) return;
    failures++;
  }
  if (watcher !== me) return;
  const pause = document.hidden ? longest : Math.min(longest, interval * 2 ** failures);
  timer = setTimeout(() => void look(me), pause);
}

/** @param {import('./contract.js').Me} me @param {boolean} first */
async function lookOnce(me, first) {
  // The list of changes is the reviewers'; a submitter's articles are simply read again.
  if (!may(me, 'Reviewer')) return first || listeners.forEach((listener) => listener([]));
  const { data } = await api.changes(cursor);
  cursor = data.cursor ?? cursor;
  if (!first && data.items.length > 0) listeners.forEach((listener) => listener(data.items));
}
