// The top of a task: the question, the statement, its facts, and whose it is.

import { el, facts, outLink } from '../lib/dom.js';
import { field } from './fields.js';
import { calendarDay, deadlineOf, isClosed, isMe, leaseOf, may, questionOf, wordsFor } from '../lib/words.js';

/** @typedef {import('../lib/contract.js').TaskDetail} TaskDetail */
/** @typedef {import('../lib/contract.js').Me} Me */
/** @typedef {{decide: () => void, assign: (assignee: string|null) => void, unassign: () => void}} Assigning */

const share = new Intl.NumberFormat('en-GB', { style: 'percent' });

/** @param {TaskDetail} detail @param {Me} me @param {Assigning} assigning */
export function taskHead({ task, statement, meta }, me, assigning) {
  return [
    el(
      'p',
      { class: 'kicker' },
      el('span', { class: 'tag' }, wordsFor(task.kind)),
      task.escalated && el('span', { class: 'tag urgent' }, 'Escalated'),
    ),
    el('h1', { tabindex: -1 }, questionOf(task.kind)),
    el('blockquote', { id: 'statement', class: 'statement', lang: meta.language }, statement.text),
    el(
      'p',
      { class: 'jump' },
      el(
        'button',
        { type: 'button', id: 'to-decision', class: 'plain', onclick: assigning.decide },
        'Go to the decision',
      ),
    ),
    facts(
      [task.kind === 'Quote' ? 'Speaker' : 'Who claims it', speakerOf(statement)],
      ['Said', statement.at && `at ${statement.at}`],
      ['Form', formOf(statement)],
      ['Article', articleOf(meta)],
      [
        'Linked',
        statement.linked.length > 0 &&
          el(
            'a',
            { href: `#/article/${encodeURIComponent(task.articleId)}/${encodeURIComponent(statement.linked[0])}` },
            task.kind === 'Quote' ? 'the claim in this quote' : 'the quote round this claim',
          ),
      ],
      ['State', el('span', { id: 'task-state' }, wordsFor(task.state))],
      ['Deadline', isClosed(task.state) ? null : deadlineOf(task)],
      ['Assigned to', isClosed(task.state) ? task.assignee : whose(task, me, assigning)],
    ),
  ];
}

/** @param {import('../lib/contract.js').StatementView} statement */
function speakerOf({ kind, speaker, speakerReason, speakerConfidence }) {
  if (!speaker) return kind === 'Quote' ? 'Unknown: no speaker was found' : 'The article itself';
  const found =
    speakerReason && `${speakerReason}${speakerConfidence > 0 ? `, ${share.format(speakerConfidence)} sure` : ''}`;
  return [el('strong', {}, speaker), found && el('span', { class: 'quiet' }, ` (${found})`)];
}

/** @param {import('../lib/contract.js').StatementView} statement */
function formOf({ quoteKind, claimKind, foundBy }) {
  if (quoteKind)
    return [`Quoted ${wordsFor(quoteKind)}`, foundBy && el('span', { class: 'quiet' }, ` (found by ${foundBy})`)];
  return claimKind && `Claim about: ${claimKind.toLowerCase()}`;
}

/** @param {import('../lib/contract.js').ArticleMeta} meta */
function articleOf({ byline, outlet, published, sourceUrl, purpose }) {
  const parts = [
    outlet,
    byline,
    published && calendarDay(published),
    sourceUrl && outLink(sourceUrl, 'read it in public'),
    purpose === 'OwnCopy' && wordsFor(purpose),
  ].filter(Boolean);
  return parts.flatMap((part, i) => (i ? [' · ', part] : [part]));
}

/** @param {import('../lib/contract.js').TaskSummary} task @param {Me} me @param {Assigning} assigning */
function whose(task, me, { assign, unassign }) {
  const mine = Boolean(task.assignee) && isMe(me, task.assigneeId, task.assignee);
  const free = !task.assignee;
  return el(
    'span',
    { class: 'line', id: 'assignment' },
    el('span', {}, mine ? 'you' : (task.assignee ?? 'nobody')),
    free &&
      el('button', { type: 'button', id: 'assign-me', class: 'plain', onclick: () => assign(null) }, 'Assign it to me'),
    (mine || (!free && may(me, 'Editor'))) &&
      el(
        'button',
        { type: 'button', id: 'unassign', class: 'plain', onclick: unassign },
        mine ? 'Give it up' : 'Take it from them',
      ),
    may(me, 'Editor') &&
      el('details', { class: 'whole' }, el('summary', {}, 'Assign it to somebody else'), assignForm(assign)),
  );
}

/** @param {Assigning['assign']} assign */
function assignForm(assign) {
  const name = el('input', { autocomplete: 'off' });
  return el(
    'form',
    {
      id: 'assign-form',
      class: 'line',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        if (name.value.trim()) assign(name.value.trim());
      },
    },
    field('assignee', 'Name', name, { hint: 'Spelt as they sign in.' }),
    el('button', {}, 'Assign'),
  );
}

/**
 * What is different for the person who looks at it, in sentences.
 * @param {TaskDetail} before
 * @param {TaskDetail} after
 * @param {Me} me
 */
export function whatChanged(before, after, me) {
  const sentences = [];
  if (before.statement.text !== after.statement.text) sentences.push('The statement was changed.');
  if (before.text !== after.text) sentences.push('The article was changed: reload the page to read its new text.');
  if (before.task.state !== after.task.state) sentences.push(`State: ${wordsFor(after.task.state).toLowerCase()}.`);
  if (before.task.assignee !== after.task.assignee)
    sentences.push(after.task.assignee ? `Now assigned to ${after.task.assignee}.` : 'Now assigned to nobody.');
  const holder = leaseOf(after.task)?.holder;
  if (holder && !isMe(me, after.task.holderId, holder) && holder !== leaseOf(before.task)?.holder)
    sentences.push(`${holder} works on it now.`);
  if (before.history.length !== after.history.length) sentences.push('The history has a new entry.');
  return sentences;
}
