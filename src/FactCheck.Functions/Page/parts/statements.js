// The statements of an article: each with its place, and adding what the extractor missed.

import { el } from '../lib/dom.js';
import { wordsFor } from '../lib/words.js';
import { clearErrors, field, given, once, problemBox, radios, showErrors, tell } from './fields.js';
import { SpanPicker } from './picker.js';

/** @typedef {import('../lib/contract.js').StatementView} StatementView */

const share = new Intl.NumberFormat('en-GB', { style: 'percent' });
const kinds = [
  { value: 'Claim', label: 'A claim', hint: 'Something that is true or not.' },
  { value: 'Quote', label: 'A quote', hint: 'Words that somebody is said to have said.' },
];

/** In the order of the text; those that are gone from it last. @param {StatementView[]} statements */
export const placeOrder = (statements) =>
  [...statements].sort(
    (a, b) =>
      (a.span?.start ?? Infinity) - (b.span?.start ?? Infinity) || (b.span?.length ?? 0) - (a.span?.length ?? 0),
  );

/**
 * @param {StatementView} statement
 * @param {{show: () => void, promote?: () => void}} on
 */
export function statementItem(statement, on) {
  const { id, kind, text, speaker, score, span, taskId, taskState, verdict, addedBy, at } = statement;
  const task = taskId ? `Task: ${wordsFor(taskState ?? 'Open').toLowerCase()}` : 'Candidate';
  return el(
    'li',
    { id: `statement-${id}`, class: 'card statement-item', tabindex: -1, 'data-statement': id },
    el(
      'p',
      { class: 'kicker' },
      el('span', { class: 'tag' }, wordsFor(kind)),
      el('span', { class: taskId ? 'tag strong' : 'tag' }, task),
    ),
    el('p', { class: 'words' }, text),
    el(
      'p',
      { class: 'meta' },
      el('span', {}, speaker ?? (kind === 'Quote' ? 'Speaker unknown' : 'The article itself')),
      at && el('span', {}, `at ${at}`),
      el('span', {}, addedBy ? `Added by ${addedBy}` : `Check-worthiness ${share.format(score)}`),
      verdict && el('span', {}, `Published: ${wordsFor(verdict.rating)}`),
      !span && el('span', {}, 'No longer in the text'),
    ),
    el('p', { class: 'line' }, whatToDo(statement, on)),
  );
}

/** @param {StatementView} statement @param {{show: () => void, promote?: () => void}} on */
function whatToDo({ text, span, taskId }, { show, promote }) {
  const button = (/** @type {string} */ label, /** @type {string} */ style, /** @type {() => void} */ onclick) =>
    el('button', { type: 'button', class: style, 'aria-label': `${label}: ${text}`, onclick }, label);
  const open = el('span', { class: 'unseen' }, `: ${text}`);
  return [
    taskId && el('a', { href: `#/task/${encodeURIComponent(taskId)}` }, 'Open the task', open),
    !taskId && promote && span && button('Make it a task', 'promote', promote),
    span && button('Show in the text', 'plain', show),
  ];
}

export class AddForm {
  /**
   * @param {import('./text.js').ArticleText} article
   * @param {(statement: object) => Promise<void>} add
   */
  constructor(article, add) {
    this.add = add;
    this.picker = new SpanPicker(article, { id: 'new-span', name: 'span' });
    this.problem = problemBox('add-problem');
    this.send = el('button', { id: 'add-statement' }, 'Add it as a task');
    const submit = (/** @type {Event} */ event) => this.submit(event);
    this.form = el(
      'form',
      { id: 'add-form', novalidate: true, onsubmit: submit },
      this.picker.element,
      radios('new-kind', 'What is it?', 'kind', kinds, undefined),
      field('new-speaker', 'Speaker', el('input', { name: 'speaker', autocomplete: 'off' }), {
        name: 'speaker',
        hint: 'Leave it empty when the article itself says so.',
      }),
      this.problem,
      this.send,
    );
    this.element = el(
      'section',
      { 'aria-labelledby': 'add-title', class: 'panel' },
      el('h2', { id: 'add-title' }, 'Add a statement'),
      this.form,
    );
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    clearErrors(this.form);
    tell(this.problem, []);
    const missing = this.missing();
    if (Object.keys(missing).length > 0) return void showErrors(this.form, missing);
    const statement = {
      kind: given(this.form, 'kind'),
      span: this.picker.value,
      speaker: given(this.form, 'speaker') || undefined,
    };
    try {
      await once(this.send, 'Adding …', () => this.add(statement));
      this.form.reset();
      this.picker.clear();
    } catch (error) {
      const { message, errors = {} } = /** @type {import('../lib/api.js').Problem} */ (error);
      const homeless = showErrors(this.form, errors);
      tell(this.problem, Object.keys(errors).length > 0 ? homeless : [message]);
    }
  }

  /** @returns {Record<string, string>} */
  missing() {
    const span = this.picker.isMissing ? 'The article does not hold these words.' : 'Say which words.';
    return {
      ...(!this.picker.value && { span }),
      ...(!given(this.form, 'kind') && { kind: 'Say whether it is a claim or a quote.' }),
    };
  }
}
