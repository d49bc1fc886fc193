// Who may answer a task now, and the lease on it, in words and buttons.

import { el } from '../lib/dom.js';
import { clockTime, isClosed, isMe, leaseOf, wordsFor } from '../lib/words.js';
import { decisionView } from './verdicts.js';

/** @typedef {import('../lib/contract.js').TaskDetail} TaskDetail */
/** @typedef {'decide'|'review'|'closed'|'held'|'own'|'assigned'} Mode */

/**
 * What this person can do with it now.
 * @param {TaskDetail} detail
 * @param {import('../lib/contract.js').Me} me
 * @returns {Mode}
 */
export function modeOf({ task, proposal, proposedById }, me) {
  const lease = leaseOf(task);
  if (isClosed(task.state)) return 'closed';
  if (lease && !isMe(me, task.holderId, lease.holder)) return 'held';
  if (task.state === 'InReview') return isMe(me, proposedById, proposal?.by) ? 'own' : 'review';
  return task.assignee && !isMe(me, task.assigneeId, task.assignee) ? 'assigned' : 'decide';
}

/**
 * @param {Mode} mode
 * @param {TaskDetail} detail
 * @param {(() => void)|null} release where this person may take it from whoever works on it
 */
export const closedState = (mode, detail, release) => [
  el(
    'p',
    { class: 'notice' },
    whyNot(mode, detail),
    mode === 'held' && release && ' ',
    mode === 'held' &&
      release &&
      el('button', { type: 'button', id: 'release', onclick: release }, 'Take it from them'),
  ),
  detail.proposal && decisionView(detail.proposal, detail.ratings),
];

/** @param {string} until @param {() => void} stop */
export const workingState = (until, stop) =>
  el(
    'p',
    { class: 'line' },
    el('span', {}, `You work on it; others wait until ${clockTime(until)}.`),
    el('button', { type: 'button', id: 'stop-work', onclick: stop }, 'Stop work'),
  );

/** @param {() => void} start */
export const freeState = (start) =>
  el(
    'p',
    { class: 'line' },
    el('button', { type: 'button', id: 'start-work', onclick: start }, 'Start work'),
    el('span', { class: 'hint' }, 'Keeps others from deciding it at the same time. Typing starts it, too.'),
  );

/** @param {Mode} mode @param {TaskDetail} detail */
function whyNot(mode, { task }) {
  const lease = leaseOf(task);
  if (mode === 'held' && lease)
    return `${lease.holder} works on it until ${clockTime(lease.until)}. It opens here by itself when it is free.`;
  if (mode === 'own') return 'You proposed this decision; a second person confirms it or sends it back.';
  if (mode === 'assigned') return `It is assigned to ${task.assignee}.`;
  return task.state === 'Superseded'
    ? 'Closed: the statement is gone from the article, or was replaced.'
    : `Closed: ${wordsFor(task.state).toLowerCase()}.`;
}
