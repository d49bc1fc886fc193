// The second person's form: confirm a proposed decision, or send it back.

import { el } from '../lib/dom.js';
import { clearErrors, field, given, once, problemBox, radios, showErrors, tell } from './fields.js';
import { decisionView } from './verdicts.js';

/** @typedef {import('../lib/contract.js').TaskDetail} TaskDetail */
/** @typedef {import('../lib/contract.js').NewDecision} NewDecision */
/** @typedef {import('../lib/draft.js').Draft} Draft */

const answers = [
  { value: 'Confirm', label: 'Confirm', hint: 'You looked at the evidence and agree. The task closes.' },
  { value: 'Return', label: 'Send it back', hint: 'The task opens again, with your reason.' },
];

export class ReviewForm {
  /**
   * @param {TaskDetail} detail
   * @param {Partial<Draft>|null} draft
   * @param {{onedit: (draft: Partial<Draft>) => void, onsend: (decision: NewDecision) => Promise<void>}} on
   */
  constructor({ proposal, ratings }, draft, { onedit, onsend }) {
    this.onsend = onsend;
    this.problem = problemBox('decision-problem');
    this.send = el('button', { id: 'send-decision', class: 'main' }, 'Send');
    const submit = (/** @type {Event} */ event) => this.submit(event);
    const note = el('textarea', { name: 'note', rows: 3, value: draft?.note ?? '' });
    this.element = el(
      'form',
      { id: 'review-form', novalidate: true, oninput: () => onedit(this.read()), onsubmit: submit },
      proposal && el('div', { class: 'proposal' }, el('h3', {}, 'Proposed'), decisionView(proposal, ratings, true)),
      radios('action', 'What do you say?', 'action', answers, draft?.action),
      field('note', 'Reason or note', note, { hint: 'Needed to send it back. Never published.' }),
      this.problem,
      this.send,
    );
  }

  read() {
    return {
      action: /** @type {Draft['action']} */ (given(this.element, 'action')),
      note: given(this.element, 'note'),
    };
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const { action, note } = this.read();
    if (!action) return this.showProblem('', { action: 'Confirm it or send it back.' });
    clearErrors(this.element);
    tell(this.problem, []);
    await once(this.send, 'Sending …', () => this.onsend({ action, note: note || undefined }));
  }

  /** @param {string} message @param {Record<string, string>} [errors] */
  showProblem(message, errors = {}) {
    const homeless = showErrors(this.element, errors);
    const isMarked = Object.keys(errors).length > homeless.length;
    tell(this.problem, [isMarked ? 'Not sent: a field needs another look.' : message, ...homeless]);
  }
}
