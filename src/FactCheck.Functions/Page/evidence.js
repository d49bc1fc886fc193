// The evidence list of a decision.

import { el } from './dom.js';
import { field, select } from './fields.js';
import { wordsFor } from './words.js';

/** @typedef {import('./contract.js').Evidence} Evidence */

/** @type {['url'|'title'|'publisher'|'published'|'accessed', string, string][]} */
const inputs = [
  ['url', 'Link', 'url'],
  ['title', 'Title', 'text'],
  ['publisher', 'Publisher', 'text'],
  ['published', 'Published on', 'date'],
  ['accessed', 'Read on', 'date'],
];
const words = (/** @type {string[]} */ ...names) =>
  names.map((name) => /** @type {[string, string]} */ ([name, wordsFor(name)]));

/**
 * @param {Evidence[]} given
 * @param {() => void} onchange
 */
export function evidenceList(given, onchange) {
  let made = 0;
  const rows = el('div', { id: 'evidence-rows' });
  const add = el(
    'button',
    {
      type: 'button',
      id: 'add-evidence',
      'data-field': 'evidence',
      onclick: () => addRow({ accessed: today() }, true),
    },
    'Add evidence',
  );
  for (const item of given) addRow(item, false);
  return {
    element: el(
      'fieldset',
      { id: 'evidence' },
      el('legend', {}, 'Evidence'),
      el('p', { class: 'hint' }, 'What the rating rests on: a link, or the words that somebody read or heard.'),
      rows,
      el('p', { class: 'error', id: 'add-evidence-error', hidden: true }),
      el('p', {}, add),
    ),
    read,
    numberForSending,
    /** @param {Evidence[]} items */
    replace: (items) => {
      rows.replaceChildren();
      for (const item of items) addRow(item, false);
    },
  };

  /** @param {Evidence} item @param {boolean} byHand */
  function addRow(item, byHand) {
    const number = ++made;
    const id = (/** @type {string} */ name) => `evidence-${number}-${name}`;
    const row = el(
      'fieldset',
      { class: 'row', id: `evidence-${number}`, 'data-field': '' },
      el('legend', {}),
      el('p', { class: 'error', id: `evidence-${number}-error`, hidden: true }),
      inputs.map(([name, label, type]) =>
        field(
          id(name),
          label,
          el('input', { type, name: `evidence-${name}`, value: item[name] ?? '', 'data-part': name }),
        ),
      ),
      field(
        id('excerpt'),
        'The words that matter',
        el('textarea', { name: 'evidence-excerpt', rows: 3, value: item.excerpt ?? '', 'data-part': 'excerpt' }),
      ),
      el(
        'div',
        { class: 'line' },
        choice('kind', 'Source', words('Primary', 'Secondary'), item.kind ?? 'Secondary'),
        choice('stance', 'What it does', words('Supports', 'Refutes', 'Context'), item.stance ?? 'Context'),
        choice('visibility', 'Who may see it', words('Public', 'Internal'), item.visibility ?? 'Public'),
      ),
      el('button', { type: 'button', class: 'plain remove', onclick: () => remove(row) }, 'Remove'),
    );
    rows.append(row);
    renumber();
    if (!byHand) return;
    row.querySelector('input')?.focus();
    onchange();

    /** @param {string} name @param {string} label @param {[string, string][]} options @param {string} chosen */
    function choice(name, label, options, chosen) {
      const control = select(`evidence-${name}`, options, chosen);
      control.dataset.part = name;
      return field(id(name), label, control);
    }
  }

  /** @param {HTMLElement} row */
  function remove(row) {
    const next = /** @type {HTMLElement|null} */ (row.nextElementSibling ?? row.previousElementSibling);
    row.remove();
    renumber();
    (next?.querySelector('input') ?? add).focus();
    onchange();
  }

  function renumber() {
    [...rows.children].forEach((row, i) => {
      row.querySelector('legend')?.replaceChildren(`Evidence ${i + 1}`);
      row.querySelector('.remove')?.setAttribute('aria-label', `Remove evidence ${i + 1}`);
    });
  }

  /** @returns {Evidence[]} every row, empty ones too */
  function read() {
    return [...rows.children].map(readRow);
  }

  /** Names the rows as the server counts them: empty ones are not sent. */
  function numberForSending() {
    let index = 0;
    for (const row of rows.children) {
      const name = hasWords(readRow(row)) ? `evidence[${index++}]` : '';
      /** @type {HTMLElement} */ (row).dataset.field = name;
      for (const control of row.querySelectorAll('[data-part]')) {
        const part = /** @type {HTMLElement} */ (control);
        part.dataset.field = name && `${name}.${part.dataset.part}`;
      }
    }
  }
}

/** @param {Element} row @returns {Evidence} */
function readRow(row) {
  const parts = [...row.querySelectorAll('[data-part]')].map((control) => /** @type {HTMLInputElement} */ (control));
  return Object.fromEntries(
    parts.filter((part) => part.value.trim()).map((part) => [part.dataset.part, part.value.trim()]),
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
