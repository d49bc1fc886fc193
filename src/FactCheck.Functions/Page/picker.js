// Picks a span of an article: with the mouse from a selection, or by typing its words.

import { el, fill } from './dom.js';
import { field } from './fields.js';
import { paragraphsOf } from './text.js';

/** @typedef {import('./contract.js').TextSpan} TextSpan */

/**
 * @param {import('./text.js').ArticleText} article
 * @param {{id: string, label: string, name: string, span: TextSpan|null, onchange: () => void}} options
 */
export function spanPicker(article, { id, label, name, span, onchange }) {
  const words = el('textarea', { rows: 3, oninput: () => find(null) });
  const where = el('p', { id: `${id}-where`, class: 'hint', role: 'status' });
  const which = el('select', { id: `${id}-which`, onchange: () => choose(spans[which.selectedIndex]) });
  const choice = el(
    'div',
    { class: 'field', hidden: true },
    el('label', { for: `${id}-which` }, 'Which place?'),
    which,
  );
  /** @type {TextSpan[]} */
  let spans = [];
  let value = span;

  const take = () => {
    const selected = article.selected();
    if (!selected) {
      where.textContent = 'Select the words in the article first, or type them.';
      return;
    }
    set(selected);
    onchange();
  };

  if (span) set(span);
  return {
    element: el(
      'div',
      {},
      field(id, label, words, {
        name,
        hint: 'Select words in the article and take them over, or type them exactly as they stand there.',
      }),
      el('p', {}, el('button', { type: 'button', id: `${id}-take`, onclick: take }, 'Take the selected words')),
      where,
      choice,
    ),
    value: () => value,
    isMissing: () => words.value.trim() !== '' && !value,
    clear: () => {
      words.value = '';
      find(null);
    },
  };

  /** @param {TextSpan} picked */
  function set(picked) {
    words.value = article.text.slice(picked.start, picked.start + picked.length);
    find(picked);
  }

  /** @param {TextSpan|null} preferred */
  function find(preferred) {
    spans = occurrences(article.text, words.value);
    choice.hidden = spans.length < 2;
    fill(
      which,
      spans.map((found) => el('option', {}, describe(article.text, found))),
    );
    const index = Math.max(
      0,
      spans.findIndex((found) => found.start === preferred?.start),
    );
    which.selectedIndex = spans.length ? index : -1;
    choose(spans[index]);
    if (!preferred) onchange();
  }

  /** @param {TextSpan|undefined} found */
  function choose(found) {
    const changed = value?.start !== found?.start || value?.length !== found?.length;
    value = found ?? null;
    article.point(value);
    where.textContent = !words.value.trim()
      ? ''
      : value
        ? `Found in paragraph ${paragraphOf(article.text, value)}.`
        : 'The article does not hold these words.';
    if (changed && document.activeElement === which) onchange();
  }
}

/** @param {string} text @param {string} words @returns {TextSpan[]} */
function occurrences(text, words) {
  const parts = words
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  if (parts.length === 0) return [];
  return [...text.matchAll(new RegExp(parts.join('\\s+'), 'g'))]
    .slice(0, 50)
    .map((match) => ({ start: match.index, length: match[0].length }));
}

/** @param {string} text @param {TextSpan} span */
const paragraphOf = (text, span) => paragraphsOf(text).filter(({ start }) => start <= span.start).length;

/** @param {string} text @param {TextSpan} span */
function describe(text, span) {
  const before = text.slice(Math.max(0, span.start - 30), span.start).replace(/\s+/g, ' ');
  const after = text.slice(span.start + span.length, span.start + span.length + 30).replace(/\s+/g, ' ');
  return `Paragraph ${paragraphOf(text, span)}: …${before}[here]${after}…`;
}
