// The second person's form: confirm a proposed decision, or send it back.

import { decisionView } from './background.js';
import { el, fill } from './dom.js';
import { clearErrors, field, once, radios, showErrors } from './fields.js';

/** @typedef {import('./contract.js').TaskDetail} TaskDetail */
/** @typedef {import('./draft.js').Draft} Draft */

/**
 * @param {TaskDetail} detail
 * @param {Partial<Draft>|null} draft
 * @param {{onedit: (draft: Partial<Draft>) => void, onsend: (decision: import('./contract.js').NewDecision) => Promise<void>}} on
 */
export function reviewForm({ proposal, ratings }, draft, { onedit, onsend }) {
  const problem = el('div', { id: 'decision-problem', class: 'notice bad', role: 'alert', hidden: true });
  const send = el('button', { id: 'send-decision', class: 'main' }, 'Send');
  const form = el(
    'form',
    { id: 'review-form', novalidate: true, oninput: () => onedit(read()), onsubmit: submit },
    proposal && el('div', { class: 'proposal' }, el('h3', {}, 'Proposed'), decisionView(proposal, ratings, true)),
    radios(
      'action',
      'What do you say?',
      'action',
      [
        { value: 'Confirm', label: 'Confirm', hint: 'You looked at the evidence and agree. The task closes.' },
        { value: 'Return', label: 'Send it back', hint: 'The task opens again, with your reason.' },
      ],
      draft?.action,
    ),
    field('note', 'Reason or note', el('textarea', { name: 'note', rows: 3, value: draft?.note ?? '' }), {
      hint: 'Needed to send it back. Never published.',
    }),
    problem,
    send,
  );
  return { element: form, showProblem };

  /** @returns {Partial<Draft>} */
  function read() {
    const given = new FormData(form);
    return {
      action: /** @type {Draft['action']} */ (String(given.get('action') ?? '')),
      note: String(given.get('note') ?? '').trim(),
    };
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    const { action, note } = read();
    if (!action) return showProblem('', { action: 'Confirm it or send it back.' });
    clearErrors(form);
    problem.hidden = true;
    await once(send, 'Sending …', () => onsend({ action, note: note || undefined }));
  }

  /** @param {string} message @param {Record<string, string>} [errors] */
  function showProblem(message, errors = {}) {
    const homeless = showErrors(form, errors);
    problem.hidden = false;
    fill(
      problem,
      [
        Object.keys(errors).length > homeless.length ? 'Not sent: a field needs another look.' : message,
        ...homeless,
      ].map((line) => el('p', {}, line)),
    );
  }
}
