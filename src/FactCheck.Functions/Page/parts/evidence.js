// The evidence list of a decision.

import { el } from '../lib/dom.js';
import { field, select } from './fields.js';
import { wordsFor } from '../lib/words.js';

/** @typedef {import('../lib/contract.js').Evidence} Evidence */

/** @type {['url'|'title'|'publisher'|'published'|'accessed', string, string][]} */
const inputs = [
  ['url', 'Link', 'url'],
  ['title', 'Title', 'text'],
  ['publisher', 'Publisher', 'text'],
  ['published', 'Published on', 'date'],
  ['accessed', 'Read on', 'date'],
];
/** @type {['kind'|'stance'|'visibility', string, string[], string][]} The last is the option that holds at first. */
const choices = [
  ['kind', 'Source', ['Primary', 'Secondary'], 'Secondary'],
  ['stance', 'What it does', ['Supports', 'Refutes', 'Context'], 'Context'],
  ['visibility', 'Who may see it', ['Public', 'Internal'], 'Public'],
];

export class EvidenceList {
  made = 0;

  /**
   * @param {Evidence[]} given
   * @param {() => void} onchange
   */
  constructor(given, onchange) {
    this.onchange = onchange;
    this.rows = el('div', { id: 'evidence-rows' });
    const add = { type: 'button', id: 'add-evidence', 'data-field': 'evidence', onclick: () => this.addByHand() };
    this.add = el('button', add, 'Add evidence');
    this.element = el(
      'fieldset',
      { id: 'evidence' },
      el('legend', {}, 'Evidence'),
      el('p', { class: 'hint' }, 'What the rating rests on: a link, or the words that somebody read or heard.'),
      this.rows,
      el('p', { class: 'error', id: 'add-evidence-error', hidden: true }),
      el('p', {}, this.add),
    );
    this.replace(given);
  }

  /** @param {Evidence[]} items */
  replace(items) {
    this.rows.replaceChildren();
    for (const item of items) this.append(item);
  }

  addByHand() {
    this.append({ accessed: today() }).querySelector('input')?.focus();
    this.onchange();
  }

  /** @param {Evidence} item */
  append(item) {
    const row = rowOf(item, `evidence-${++this.made}`, () => this.remove(row));
    this.rows.append(row);
    this.renumber();
    return row;
  }

  /** @param {HTMLElement} row */
  remove(row) {
    const next = /** @type {HTMLElement|null} */ (row.nextElementSibling ?? row.previousElementSibling);
    row.remove();
    this.renumber();
    (next?.querySelector('input') ?? this.add).focus();
    this.onchange();
  }

  renumber() {
    [...this.rows.children].forEach((row, i) => {
      row.querySelector('legend')?.replaceChildren(`Evidence ${i + 1}`);
      row.querySelector('.remove')?.setAttribute('aria-label', `Remove evidence ${i + 1}`);
    });
  }

  /** @returns {Evidence[]} every row, empty ones too */
  read() {
    return [...this.rows.children].map(readRow);
  }

  /** Names the rows as the server counts them: empty ones are not sent. */
  numberForSending() {
    let index = 0;
    for (const row of this.rows.children) {
      const name = hasWords(readRow(row)) ? `evidence[${index++}]` : '';
      /** @type {HTMLElement} */ (row).dataset.field = name;
      for (const part of partsOf(row)) part.dataset.field = name && `${name}.${part.dataset.part}`;
    }
  }
}

/** @param {Evidence} item @param {string} id @param {() => void} remove */
function rowOf(item, id, remove) {
  return el(
    'fieldset',
    { class: 'row', id, 'data-field': '' },
    el('legend', {}),
    el('p', { class: 'error', id: `${id}-error`, hidden: true }),
    inputs.map(([name, label, type]) =>
      partOf(id, name, label, el('input', { type, name: `evidence-${name}`, value: item[name] ?? '' })),
    ),
    partOf(
      id,
      'excerpt',
      'The words that matter',
      el('textarea', { name: 'evidence-excerpt', rows: 3, value: item.excerpt ?? '' }),
    ),
    el(
      'div',
      { class: 'line' },
      choices.map(([name, label, options, usual]) => {
        const named = options.map((option) => /** @type {[string, string]} */ ([option, wordsFor(option)]));
        return partOf(id, name, label, select(`evidence-${name}`, named, item[name] ?? usual));
      }),
    ),
    el('button', { type: 'button', class: 'plain remove', onclick: remove }, 'Remove'),
  );
}

/**
 * @param {string} row
 * @param {keyof Evidence} name
 * @param {string} label
 * @param {import('./fields.js').Control} control
 */
function partOf(row, name, label, control) {
  control.dataset.part = name;
  return field(`${row}-${name}`, label, control);
}

/** @param {Element} row */
const partsOf = (row) => [...row.querySelectorAll('[data-part]')].map((part) => /** @type {HTMLInputElement} */ (part));

/** @param {Element} row @returns {Evidence} */
function readRow(row) {
  return Object.fromEntries(
    partsOf(row)
      .map((part) => [part.dataset.part, part.value.trim()])
      .filter(([, value]) => value),
  );
}

/** True for evidence that says something. @param {Evidence} item */
export const hasWords = (item) => Boolean(item.url || item.title || item.publisher || item.published || item.excerpt);

/** Today where the reviewer is. */
function today() {
  const now = new Date();
  return [now.getFullYear(), String(now.getMonth() + 1).padStart(2, '0'), String(now.getDate()).padStart(2, '0')].join(
    '-',
  );
}
