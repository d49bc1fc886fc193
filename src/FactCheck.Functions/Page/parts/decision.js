// The form that answers a task: rate it, change and rate it, or set it aside.

import { el } from '../lib/dom.js';
import { wordsFor } from '../lib/words.js';
import { EvidenceList, hasWords } from './evidence.js';
import { clearErrors, field, given, once, problemBox, radios, showErrors, tell } from './fields.js';
import { SpanPicker } from './picker.js';
import { claimPage, ratingLabel } from './verdicts.js';

/** @typedef {import('../lib/contract.js').TaskDetail} TaskDetail */
/** @typedef {import('../lib/contract.js').NewDecision} NewDecision */
/** @typedef {import('../lib/draft.js').Draft} Draft */

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

export class DecisionForm {
  /**
   * @param {TaskDetail} detail
   * @param {import('./text.js').ArticleText} article
   * @param {Partial<Draft>|null} draft
   * @param {{onedit: (draft: Partial<Draft>) => void, onsend: (decision: NewDecision) => Promise<void>}} on
   */
  constructor({ statement, ratings }, article, draft, { onedit, onsend }) {
    this.statement = statement;
    this.article = article;
    this.onedit = onedit;
    this.onsend = onsend;
    const span = draft?.span ?? statement.span;
    const edited = () => this.edited();
    this.evidence = new EvidenceList(draft?.evidence ?? [], edited);
    this.picker = new SpanPicker(article, { id: 'span', name: 'amendment.span', span, onchange: edited });
    this.change = this.changePart(draft);
    this.rated = this.ratedPart(ratings, draft);
    this.checkedAt = checkedAtField(draft);
    this.aside = el('div', {}, radios('reason', 'Why', 'reason', reasons, draft?.reason), this.checkedAt);
    this.problem = problemBox('decision-problem');
    this.send = el('button', { id: 'send-decision', class: 'main' }, 'Send the decision');
    const submit = (/** @type {Event} */ event) => this.submit(event);
    this.element = el(
      'form',
      { id: 'decision-form', novalidate: true, oninput: edited, onsubmit: submit },
      radios('action', 'What do you do with it?', 'action', actions, draft?.action ?? 'Approve'),
      this.change,
      this.rated,
      this.aside,
      noteField(draft),
      this.problem,
      this.send,
    );
    this.showParts();
  }

  /** @param {Partial<Draft>|null} draft */
  changePart(draft) {
    const { text, speaker = '', kind } = this.statement;
    return el(
      'fieldset',
      { id: 'amendment' },
      el('legend', {}, 'What changes'),
      field('text', 'Wording', el('textarea', { name: 'text', rows: 3, value: draft?.text ?? text }), {
        name: 'amendment.text',
      }),
      field(
        'speaker',
        kind === 'Quote' ? 'Speaker' : 'Who claims it',
        el('input', { name: 'speaker', value: draft?.speaker ?? speaker }),
        { name: 'amendment.speaker' },
      ),
      this.picker.element,
    );
  }

  /** @param {import('../lib/contract.js').RatingChoice[]} ratings @param {Partial<Draft>|null} draft */
  ratedPart(ratings, draft) {
    const { verdict } = this.statement;
    const use = { type: 'button', id: 'use-verdict', onclick: () => this.useVerdict() };
    const choices = ratings.map(({ id, label, definition, needsEvidence }) => ({
      value: id,
      label,
      hint: needsEvidence ? definition : `${definition} Needs no evidence.`,
    }));
    const explanation = el('textarea', { name: 'explanation', rows: 6, value: draft?.explanation ?? '' });
    return el(
      'div',
      {},
      verdict &&
        el('p', {}, el('button', use, `Start from the published verdict (${ratingLabel(verdict.rating, ratings)})`)),
      radios('rating', 'Rating', 'rating', choices, draft?.rating),
      field('explanation', 'Explanation', explanation, {
        hint: 'Why the evidence leads to the rating. It is published.',
      }),
      this.evidence.element,
    );
  }

  showParts() {
    const { action, reason } = this.read();
    this.change.hidden = action !== 'Amend';
    this.rated.hidden = action !== 'Approve' && action !== 'Amend';
    this.aside.hidden = action !== 'Reject';
    this.checkedAt.hidden = reason !== 'AlreadyChecked';
    this.article.point(action === 'Amend' ? this.picker.value : null);
  }

  /** @returns {Draft} */
  read() {
    const word = (/** @type {string} */ name) => given(this.element, name);
    return {
      action: /** @type {Draft['action']} */ (word('action')),
      rating: word('rating'),
      explanation: word('explanation'),
      evidence: this.evidence.read(),
      reason: /** @type {Draft['reason']} */ (word('reason')),
      alreadyCheckedAt: word('alreadyCheckedAt'),
      note: word('note'),
      text: word('text'),
      speaker: word('speaker'),
      span: this.picker.value,
    };
  }

  edited() {
    this.showParts();
    this.onedit(this.read());
  }

  useVerdict() {
    const { verdict } = this.statement;
    if (!verdict) return;
    this.check('rating', verdict.rating);
    this.input('explanation').value = verdict.explanation ?? '';
    this.evidence.replace(verdict.evidence);
    this.edited();
  }

  /** Fills in that it was checked already. @param {import('../lib/contract.js').EarlierVerdict} verdict */
  setAside(verdict) {
    this.check('action', 'Reject');
    this.check('reason', 'AlreadyChecked');
    const link = this.input('alreadyCheckedAt');
    link.value = claimPage(verdict.statementId);
    this.edited();
    link.focus();
  }

  /** @param {string} name */
  input(name) {
    return /** @type {HTMLInputElement|HTMLTextAreaElement} */ (this.element.elements.namedItem(name));
  }

  /** @param {string} name @param {string} value */
  check(name, value) {
    const radio = this.element.querySelector(`input[name="${name}"][value="${CSS.escape(value)}"]`);
    if (radio) /** @type {HTMLInputElement} */ (radio).checked = true;
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    this.evidence.numberForSending();
    const draft = this.read();
    if (draft.action === 'Amend' && this.picker.isMissing)
      return this.showProblem('', { 'amendment.span': 'The article does not hold these words.' });
    clearErrors(this.element);
    tell(this.problem, []);
    await once(this.send, 'Sending …', () => this.onsend(decisionOf(draft, this.statement)));
  }

  /** @param {string} message @param {Record<string, string>} [errors] */
  showProblem(message, errors = {}) {
    const { amendment, ...named } = errors;
    if (amendment) named['amendment.text'] ??= amendment;
    const homeless = showErrors(this.element, named);
    const count = Object.keys(named).length - homeless.length;
    const missing = count > 0 && `Not sent: ${count === 1 ? 'one field needs' : `${count} fields need`} another look.`;
    tell(this.problem, [missing || message, ...homeless]);
    if (count === 0) this.problem.scrollIntoView({ block: 'nearest' });
  }
}

/** @param {Partial<Draft>|null} draft */
function checkedAtField(draft) {
  const input = el('input', { type: 'url', name: 'alreadyCheckedAt', value: draft?.alreadyCheckedAt ?? '' });
  return field('already-checked-at', 'Link to the earlier check', input, { name: 'alreadyCheckedAt' });
}

/** @param {Partial<Draft>|null} draft */
function noteField(draft) {
  const input = el('textarea', { name: 'note', rows: 2, value: draft?.note ?? '' });
  return field('note', 'Note for colleagues', input, { hint: 'Optional, never published.' });
}

/**
 * What is sent: only what belongs to the action, and of an amendment only what changed.
 * @param {Draft} draft
 * @param {import('../lib/contract.js').StatementView} statement
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
  return {
    action,
    rating: draft.rating || undefined,
    explanation: draft.explanation || undefined,
    evidence: draft.evidence.filter(hasWords),
    note,
    amendment: action === 'Amend' ? amendmentOf(draft, statement) : undefined,
  };
}

/** @param {Draft} draft @param {import('../lib/contract.js').StatementView} statement */
function amendmentOf({ text, speaker, span }, statement) {
  const { start, length } = statement.span ?? {};
  const moved = span && (span.start !== start || span.length !== length);
  return {
    text: text === statement.text.trim() ? undefined : text,
    span: moved ? span : undefined,
    speaker: speaker === (statement.speaker ?? '').trim() ? undefined : speaker,
  };
}
