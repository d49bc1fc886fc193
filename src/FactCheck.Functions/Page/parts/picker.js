// Picks a span of an article: with the mouse from a selection, or by typing its words.

import { el, fill } from '../lib/dom.js';
import { field } from './fields.js';
import { paragraphsOf } from './text.js';

/** @typedef {import('../lib/contract.js').TextSpan} TextSpan */

export class SpanPicker {
  /** @type {TextSpan[]} Where the words stand. */
  spans = [];
  /** @type {TextSpan|null} The one that is meant. */
  value = null;

  /**
   * @param {import('./text.js').ArticleText} article
   * @param {{id: string, name: string, span?: TextSpan|null, onchange?: () => void}} options
   */
  constructor(article, { id, name, span = null, onchange = () => undefined }) {
    this.article = article;
    this.onchange = onchange;
    this.words = el('textarea', { rows: 3, oninput: () => this.find(null) });
    this.where = el('p', { id: `${id}-where`, class: 'hint', role: 'status' });
    this.which = el('select', {
      id: `${id}-which`,
      onchange: () => this.choose(this.spans[this.which.selectedIndex]),
    });
    const label = el('label', { for: `${id}-which` }, 'Which place?');
    this.choice = el('div', { class: 'field', hidden: true }, label, this.which);
    const take = { type: 'button', id: `${id}-take`, onclick: () => this.takeSelected() };
    this.element = el(
      'div',
      {},
      field(id, 'Words in the article', this.words, {
        name,
        hint: 'Select words in the article and take them over, or type them exactly as they stand there.',
      }),
      el('p', {}, el('button', take, 'Take the selected words')),
      this.where,
      this.choice,
    );
    this.value = span;
    if (span) this.set(span);
  }

  /** True when there are words, and the article does not hold them. */
  get isMissing() {
    return this.words.value.trim() !== '' && !this.value;
  }

  clear() {
    this.words.value = '';
    this.find(null);
  }

  takeSelected() {
    const selected = this.article.lastSelected;
    if (!selected) {
      this.where.textContent = 'Select the words in the article first, or type them.';
      return;
    }
    this.set(selected);
    this.onchange();
  }

  /** @param {TextSpan} picked */
  set(picked) {
    this.words.value = this.article.text.slice(picked.start, picked.start + picked.length);
    this.find(picked);
  }

  /** @param {TextSpan|null} preferred */
  find(preferred) {
    const { text } = this.article;
    this.spans = occurrences(text, this.words.value);
    this.choice.hidden = this.spans.length < 2;
    fill(
      this.which,
      this.spans.map((found) => el('option', {}, describe(text, found))),
    );
    const same = this.spans.findIndex((found) => found.start === preferred?.start);
    this.which.selectedIndex = Math.min(Math.max(0, same), this.spans.length - 1);
    this.choose(this.spans[Math.max(0, same)]);
    if (!preferred) this.onchange();
  }

  /** @param {TextSpan|undefined} found */
  choose(found) {
    const { value, article, words } = this;
    const changed = value?.start !== found?.start || value?.length !== found?.length;
    this.value = found ?? null;
    article.point(this.value);
    const where = found
      ? `Found in paragraph ${paragraphOf(article.text, found)}.`
      : 'The article does not hold these words.';
    this.where.textContent = words.value.trim() ? where : '';
    if (changed && document.activeElement === this.which) this.onchange();
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
