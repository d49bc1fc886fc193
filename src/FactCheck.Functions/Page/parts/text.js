// An article's text with statements marked in it. Every paragraph knows its offset, so that a selection becomes a span
// and back.

import { el, fill } from '../lib/dom.js';

/** @typedef {import('../lib/contract.js').TextSpan} TextSpan */
/**
 * `style` is a class; `said` is what the first piece is announced as.
 * @typedef {{id: string, span: TextSpan, style: string, said?: string}} Mark
 */

export class ArticleText {
  /** @type {TextSpan|null} */
  lastSelected = null;

  /**
   * @param {string} text
   * @param {Mark[]} marks
   * @param {{language?: string, signal: AbortSignal, onmark?: (id: string) => void}} options
   */
  constructor(text, marks, { language, signal, onmark }) {
    this.text = text;
    this.element = el('div', {
      class: 'text',
      id: 'article-text',
      role: 'region',
      'aria-label': 'Article text',
      tabindex: 0,
      lang: language,
    });
    this.remark(marks);
    const remember = () => {
      this.lastSelected = selectionIn(this.element, text) ?? this.lastSelected;
    };
    document.addEventListener('selectionchange', remember, { signal });
    if (onmark) this.element.addEventListener('click', (event) => clicked(event, onmark));
    signal.addEventListener('abort', () => this.point(null));
  }

  /** Marks other statements in the same text. @param {Mark[]} marks */
  remark(marks) {
    fill(
      this.element,
      paragraphsOf(this.text).map(({ start, words }) =>
        el('p', { 'data-start': start }, piecesOf(words, start, marks)),
      ),
    );
  }

  /** Scrolls to a statement and points it out. @param {string} id */
  show(id) {
    const { element } = this;
    const marks = [...element.querySelectorAll('mark')];
    for (const mark of marks) mark.classList.toggle('current', ofStatement(mark, id));
    const first = marks.find((mark) => ofStatement(mark, id));
    if (!first) return;
    if (element.scrollHeight <= element.clientHeight) return first.scrollIntoView({ block: 'center' });
    const distance = first.getBoundingClientRect().top - element.getBoundingClientRect().top;
    element.scrollTop += distance - element.clientHeight / 3;
  }

  /** Tints a span without changing the text. @param {TextSpan|null} span */
  point(span) {
    // Browsers without the highlight API go without the tint; the form says the words as well.
    if (!globalThis.CSS?.highlights) return;
    CSS.highlights.delete('picked');
    const range = span && rangeOf(this.element, span);
    if (range) CSS.highlights.set('picked', new Highlight(range));
  }
}

/** @param {string} text */
export function paragraphsOf(text) {
  let start = 0;
  return text
    .split('\n\n')
    .map((words) => {
      const paragraph = { start, words };
      start += words.length + 2;
      return paragraph;
    })
    .filter(({ words }) => words.trim());
}

/** @param {string} words @param {number} start @param {Mark[]} marks */
function piecesOf(words, start, marks) {
  const end = start + words.length;
  const here = marks.filter(({ span }) => span.start < end && span.start + span.length > start);
  const cuts = new Set([start, end]);
  for (const { span } of here) {
    cuts.add(Math.max(start, span.start));
    cuts.add(Math.min(end, span.start + span.length));
  }
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((to, i) => {
    const from = places[i];
    const over = here
      .filter(({ span }) => span.start <= from && span.start + span.length >= to)
      .sort((a, b) => a.span.length - b.span.length);
    return markOf(words.slice(from - start, to - start), over, from);
  });
}

/** @param {string} piece @param {Mark[]} over the statements that hold the piece @param {number} from */
function markOf(piece, over, from) {
  if (over.length === 0) return piece;
  const said = over.filter((mark) => mark.said && mark.span.start === from).map((mark) => mark.said);
  return el(
    'mark',
    {
      class: [...new Set(over.map((mark) => mark.style))].join(' '),
      'data-statements': over.map((mark) => mark.id).join(' '),
      'data-said': said.join(', ') || null,
    },
    piece,
  );
}

/** @param {HTMLElement} mark @param {string} id */
const ofStatement = (mark, id) => (mark.dataset.statements ?? '').split(' ').includes(id);

/** @param {MouseEvent} event @param {(id: string) => void} onmark */
function clicked(event, onmark) {
  const mark = event.target instanceof Element ? /** @type {HTMLElement|null} */ (event.target.closest('mark')) : null;
  if (mark && getSelection()?.isCollapsed) onmark((mark.dataset.statements ?? '').split(' ')[0]);
}

/** @param {HTMLElement} element @param {string} text @returns {TextSpan|null} */
function selectionIn(element, text) {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!element.contains(range.commonAncestorContainer)) return null;
  let start = offsetOf(element, range.startContainer, range.startOffset);
  let end = offsetOf(element, range.endContainer, range.endOffset);
  while (start < end && /\s/.test(text[start])) start++;
  while (end > start && /\s/.test(text[end - 1])) end--;
  return end > start ? { start, length: end - start } : null;
}

/** @param {HTMLElement} element @param {Node} node @param {number} offset */
function offsetOf(element, node, offset) {
  const paragraphs = [...element.querySelectorAll('p')];
  const inside = paragraphs.find((p) => p.contains(node));
  if (!inside) {
    const next = node === element ? paragraphs[offset] : undefined;
    const last = paragraphs[paragraphs.length - 1];
    return next ? Number(next.dataset.start) : Number(last.dataset.start) + (last.textContent ?? '').length;
  }
  const before = document.createRange();
  before.setStart(inside, 0);
  before.setEnd(node, offset);
  return Number(inside.dataset.start) + before.toString().length;
}

/** @param {HTMLElement} element @param {TextSpan} span */
function rangeOf(element, span) {
  const range = document.createRange();
  const from = placeOf(element, span.start);
  const to = placeOf(element, span.start + span.length);
  if (!from || !to) return null;
  range.setStart(from.node, from.offset);
  range.setEnd(to.node, to.offset);
  return range;
}

/** @param {HTMLElement} element @param {number} at */
function placeOf(element, at) {
  const paragraph = [...element.querySelectorAll('p')].reverse().find((p) => Number(p.dataset.start) <= at);
  if (!paragraph) return null;
  let left = at - Number(paragraph.dataset.start);
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = (node.textContent ?? '').length;
    if (left <= length) return { node, offset: left };
    left -= length;
  }
  return null;
}
