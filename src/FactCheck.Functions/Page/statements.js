// The statements of an article: each with its place, and adding what the extractor missed.

import * as api from './api.js';
import { el, fill } from './dom.js';
import { clearErrors, field, once, radios, showErrors } from './fields.js';
import { spanPicker } from './picker.js';
import { wordsFor } from './words.js';

/** @typedef {import('./contract.js').StatementView} StatementView */

const share = new Intl.NumberFormat('en-GB', { style: 'percent' });

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
export function statementItem(statement, { show, promote }) {
  const { id, kind, text, speaker, score, span, taskId, taskState, verdict, addedBy, at } = statement;
  return el(
    'li',
    { id: `statement-${id}`, class: 'card statement-item', tabindex: -1, 'data-statement': id },
    el(
      'p',
      { class: 'kicker' },
      el('span', { class: 'tag' }, wordsFor(kind)),
      el(
        'span',
        { class: taskId ? 'tag strong' : 'tag' },
        taskId ? `Task: ${wordsFor(taskState ?? 'Open').toLowerCase()}` : 'Candidate',
      ),
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
    el(
      'p',
      { class: 'line' },
      taskId &&
        el(
          'a',
          { href: `#/task/${encodeURIComponent(taskId)}` },
          'Open the task',
          el('span', { class: 'unseen' }, `: ${text}`),
        ),
      !taskId &&
        promote &&
        span &&
        el(
          'button',
          { type: 'button', class: 'promote', 'aria-label': `Make it a task: ${text}`, onclick: promote },
          'Make it a task',
        ),
      span &&
        el(
          'button',
          { type: 'button', class: 'plain', 'aria-label': `Show in the text: ${text}`, onclick: show },
          'Show in the text',
        ),
    ),
  );
}

/**
 * @param {import('./text.js').ArticleText} article
 * @param {(statement: object) => Promise<void>} add
 */
export function addForm(article, add) {
  const picker = spanPicker(article, {
    id: 'new-span',
    label: 'Words in the article',
    name: 'span',
    span: null,
    onchange: () => undefined,
  });
  const problem = el('div', { id: 'add-problem', class: 'notice bad', role: 'alert', hidden: true });
  const send = el('button', { id: 'add-statement' }, 'Add it as a task');
  const form = el(
    'form',
    { id: 'add-form', novalidate: true, onsubmit: submit },
    picker.element,
    radios(
      'new-kind',
      'What is it?',
      'kind',
      [
        { value: 'Claim', label: 'A claim', hint: 'Something that is true or not.' },
        { value: 'Quote', label: 'A quote', hint: 'Words that somebody is said to have said.' },
      ],
      undefined,
    ),
    field('new-speaker', 'Speaker', el('input', { name: 'speaker', autocomplete: 'off' }), {
      name: 'speaker',
      hint: 'Leave it empty when the article itself says so.',
    }),
    problem,
    send,
  );
  return el(
    'section',
    { 'aria-labelledby': 'add-title', class: 'panel' },
    el('h2', { id: 'add-title' }, 'Add a statement'),
    form,
  );

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    clearErrors(form);
    problem.hidden = true;
    const given = new FormData(form);
    const span = picker.value();
    const kind = given.get('kind');
    if (!span || !kind) {
      showErrors(form, {
        ...(span ? {} : { span: picker.isMissing() ? 'The article does not hold these words.' : 'Say which words.' }),
        ...(kind ? {} : { kind: 'Say whether it is a claim or a quote.' }),
      });
      return;
    }
    try {
      await once(send, 'Adding …', () =>
        add({ kind, span, speaker: String(given.get('speaker') ?? '').trim() || undefined }),
      );
      form.reset();
      picker.clear();
    } catch (error) {
      const { message, errors } = /** @type {api.Problem} */ (error);
      const lines = [...showErrors(form, errors ?? {})];
      if (Object.keys(errors ?? {}).length === 0) lines.push(message);
      problem.hidden = lines.length === 0;
      fill(
        problem,
        lines.map((line) => el('p', {}, line)),
      );
    }
  }
}
