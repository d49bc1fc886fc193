// The form that answers a task: rate it, change and rate it, or set it aside.

import { claimPage, ratingLabel } from './background.js';
import { el, fill } from './dom.js';
import { evidenceList, hasWords } from './evidence.js';
import { clearErrors, field, once, radios, showErrors } from './fields.js';
import { spanPicker } from './picker.js';
import { wordsFor } from './words.js';

/** @typedef {import('./contract.js').TaskDetail} TaskDetail */
/** @typedef {import('./contract.js').NewDecision} NewDecision */
/** @typedef {import('./draft.js').Draft} Draft */

const actions = [
  { value: 'Approve', label: 'Rate it as it stands', hint: 'The statement is what the article says.' },
  {
    value: 'Amend',
    label: 'Change it, then rate it',
    hint: 'The wording, the speaker or the place in the article is not right.',
  },
  { value: 'Reject', label: 'Set it aside', hint: 'It is not to be checked. Nothing is published.' },
];
const reasons = [
  {
    value: 'NotAClaim',
    label: wordsFor('NotAClaim'),
    hint: 'An opinion, a prediction, a question: evidence can’t settle it.',
  },
  { value: 'AlreadyChecked', label: wordsFor('AlreadyChecked'), hint: 'There is a verdict about it that still holds.' },
  { value: 'NotWorthIt', label: wordsFor('NotWorthIt'), hint: 'Nobody gains from knowing.' },
];

/**
 * @param {TaskDetail} detail
 * @param {import('./text.js').ArticleText} article
 * @param {Partial<Draft>|null} draft
 * @param {{onedit: (draft: Partial<Draft>) => void, onsend: (decision: NewDecision) => Promise<void>}} on
 */
export function decisionForm({ statement, ratings }, article, draft, { onedit, onsend }) {
  const evidence = evidenceList(draft?.evidence ?? [], edited);
  const picker = spanPicker(article, {
    id: 'span',
    label: 'Words in the article',
    name: 'amendment.span',
    span: draft?.span ?? statement.span ?? null,
    onchange: edited,
  });
  const change = el(
    'fieldset',
    { id: 'amendment', 'data-for': 'Amend' },
    el('legend', {}, 'What changes'),
    field('text', 'Wording', el('textarea', { name: 'text', rows: 3, value: draft?.text ?? statement.text }), {
      name: 'amendment.text',
    }),
    field(
      'speaker',
      statement.kind === 'Quote' ? 'Speaker' : 'Who claims it',
      el('input', { name: 'speaker', value: draft?.speaker ?? statement.speaker ?? '' }),
      { name: 'amendment.speaker' },
    ),
    picker.element,
  );
  const rated = el(
    'div',
    { 'data-for': 'Approve Amend' },
    statement.verdict &&
      el(
        'p',
        {},
        el(
          'button',
          { type: 'button', id: 'use-verdict', onclick: useVerdict },
          `Start from the published verdict (${ratingLabel(statement.verdict.rating, ratings)})`,
        ),
      ),
    radios(
      'rating',
      'Rating',
      'rating',
      ratings.map(({ id, label, definition, needsEvidence }) => ({
        value: id,
        label,
        hint: needsEvidence ? definition : `${definition} Needs no evidence.`,
      })),
      draft?.rating,
    ),
    field(
      'explanation',
      'Explanation',
      el('textarea', { name: 'explanation', rows: 6, value: draft?.explanation ?? '' }),
      { hint: 'Why the evidence leads to the rating. It is published.' },
    ),
    evidence.element,
  );
  const checkedAt = field(
    'already-checked-at',
    'Link to the earlier check',
    el('input', { type: 'url', name: 'alreadyCheckedAt', value: draft?.alreadyCheckedAt ?? '' }),
    { name: 'alreadyCheckedAt' },
  );
  const set = el('div', { 'data-for': 'Reject' }, radios('reason', 'Why', 'reason', reasons, draft?.reason), checkedAt);
  const problem = el('div', { id: 'decision-problem', class: 'notice bad', role: 'alert', hidden: true });
  const send = el('button', { id: 'send-decision', class: 'main' }, 'Send the decision');
  const form = el(
    'form',
    { id: 'decision-form', novalidate: true, oninput: edited, onsubmit: submit },
    radios('action', 'What do you do with it?', 'action', actions, draft?.action ?? 'Approve'),
    change,
    rated,
    set,
    field('note', 'Note for colleagues', el('textarea', { name: 'note', rows: 2, value: draft?.note ?? '' }), {
      hint: 'Optional, never published.',
    }),
    problem,
    send,
  );
  showParts();
  return { element: form, showProblem, setAside };

  function showParts() {
    const { action, reason } = read();
    for (const part of [change, rated, set]) part.hidden = !(part.dataset.for ?? '').split(' ').includes(action);
    checkedAt.hidden = reason !== 'AlreadyChecked';
    article.point(action === 'Amend' ? picker.value() : null);
  }

  /** @returns {Draft} */
  function read() {
    const given = new FormData(form);
    const word = (/** @type {string} */ name) => String(given.get(name) ?? '').trim();
    return {
      action: /** @type {Draft['action']} */ (word('action')),
      rating: word('rating'),
      explanation: word('explanation'),
      evidence: evidence.read(),
      reason: word('reason'),
      alreadyCheckedAt: word('alreadyCheckedAt'),
      note: word('note'),
      text: word('text'),
      speaker: word('speaker'),
      span: picker.value(),
    };
  }

  function edited() {
    showParts();
    onedit(read());
  }

  function useVerdict() {
    const verdict = statement.verdict;
    if (!verdict) return;
    check('rating', verdict.rating);
    /** @type {HTMLTextAreaElement} */ (form.elements.namedItem('explanation')).value = verdict.explanation ?? '';
    evidence.replace(verdict.evidence);
    edited();
  }

  /** Fills in that it was checked already. @param {import('./contract.js').EarlierVerdict} verdict */
  function setAside(verdict) {
    check('action', 'Reject');
    check('reason', 'AlreadyChecked');
    const link = /** @type {HTMLInputElement} */ (form.elements.namedItem('alreadyCheckedAt'));
    link.value = claimPage(verdict.statementId);
    edited();
    link.focus();
  }

  /** @param {string} name @param {string} value */
  function check(name, value) {
    const radio = /** @type {HTMLInputElement|null} */ (
      form.querySelector(`input[name="${name}"][value="${CSS.escape(value)}"]`)
    );
    if (radio) radio.checked = true;
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    evidence.numberForSending();
    const draft = read();
    if (draft.action === 'Amend' && picker.isMissing())
      return showProblem('', { 'amendment.span': 'The article does not hold these words.' });
    clearErrors(form);
    problem.hidden = true;
    await once(send, 'Sending …', () => onsend(decisionOf(draft, statement)));
  }

  /** @param {string} message @param {Record<string, string>} [errors] */
  function showProblem(message, errors = {}) {
    const named = { ...errors };
    if (named.amendment) named['amendment.text'] ??= named.amendment;
    delete named.amendment;
    const homeless = showErrors(form, named);
    const count = Object.keys(named).length - homeless.length;
    const missing = count > 0 && `Not sent: ${count === 1 ? 'one field needs' : `${count} fields need`} another look.`;
    problem.hidden = false;
    fill(
      problem,
      [missing || message, ...homeless].map((line) => el('p', {}, line)),
    );
    if (count === 0) problem.scrollIntoView({ block: 'nearest' });
  }
}

/**
 * What is sent: only what belongs to the action, and of an amendment only what changed.
 * @param {Draft} draft
 * @param {import('./contract.js').StatementView} statement
 * @returns {NewDecision}
 */
function decisionOf(draft, statement) {
  const { action } = draft;
  const note = draft.note || undefined;
  if (action === 'Reject') {
    return {
      action,
      reason: draft.reason || undefined,
      alreadyCheckedAt: (draft.reason === 'AlreadyChecked' && draft.alreadyCheckedAt) || undefined,
      note,
    };
  }
  const span =
    draft.span && (draft.span.start !== statement.span?.start || draft.span.length !== statement.span?.length)
      ? draft.span
      : undefined;
  return {
    action,
    rating: draft.rating || undefined,
    explanation: draft.explanation || undefined,
    evidence: draft.evidence.filter(hasWords),
    note,
    amendment:
      action !== 'Amend'
        ? undefined
        : {
            text: draft.text === statement.text.trim() ? undefined : draft.text,
            span,
            speaker: draft.speaker === (statement.speaker ?? '').trim() ? undefined : draft.speaker,
          },
  };
}
