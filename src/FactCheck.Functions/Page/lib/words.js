// What the server's names and numbers are called on the page.

import { el } from './dom.js';

/** @type {Record<string, string>} */
const names = {
  Claim: 'Claim',
  Quote: 'Quote',
  Open: 'Open',
  InProgress: 'In work',
  AwaitingReply: 'Waiting for a reply',
  InReview: 'Needs a second person',
  Decided: 'Decided',
  Superseded: 'Superseded',
  Spiked: 'Dropped',
  Received: 'Received',
  Reading: 'Being read',
  Extracting: 'Finding statements',
  Analyzing: 'Analysing the text',
  Selecting: 'Choosing tasks',
  Reviewing: 'In review',
  Ready: 'Ready to publish',
  Published: 'Published',
  Rejected: 'Could not be read',
  Failed: 'Failed',
  ThirdParty: 'Somebody else’s article',
  OwnCopy: 'Own copy, never public',
  Approve: 'rated it as it stands',
  Amend: 'changed and rated it',
  Reject: 'set it aside',
  Confirm: 'confirmed',
  Return: 'sent it back',
  NotAClaim: 'Not a claim',
  AlreadyChecked: 'Already checked',
  NotWorthIt: 'Not worth a check',
  Primary: 'First-hand',
  Secondary: 'Second-hand',
  Public: 'Public',
  Internal: 'For the desk only',
  Supports: 'Supports it',
  Refutes: 'Refutes it',
  Context: 'Gives context',
  Direct: 'word for word',
  Indirect: 'in other words',
  Mixed: 'partly word for word',
  Person: 'People',
  Organization: 'Organisations',
  Location: 'Places',
  Date: 'Dates',
  Quantity: 'Quantities',
  Money: 'Money',
  Percent: 'Percentages',
  Event: 'Events',
  Other: 'Other',
  Drifted: 'Changed',
  Gone: 'Gone',
  Unchanged: 'Unchanged',
  Submitter: 'submitter',
  Reviewer: 'reviewer',
  Editor: 'editor',
  Operator: 'operator',
};

/**
 * A name in words: from the list, else the name taken apart.
 * @param {string} name
 */
export function wordsFor(name) {
  return (
    names[name] ??
    name
      .replace(/[-_.]+/g, ' ')
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .replace(/^./, (c) => c.toUpperCase())
  );
}

/** @param {import('./contract.js').StatementKind} kind */
export const questionOf = (kind) =>
  kind === 'Claim' ? 'Is it true?' : 'Did they say it, in these words, in this sense?';

/** @param {import('./contract.js').TaskState} state */
export const isClosed = (state) => state === 'Decided' || state === 'Superseded' || state === 'Spiked';

/**
 * The lease, while it runs.
 * @param {import('./contract.js').TaskSummary} task
 */
export const leaseOf = (task) => (task.lease && Date.parse(task.lease.until) > Date.now() ? task.lease : undefined);

const order = ['Submitter', 'Reviewer', 'Editor'];

/**
 * An operator stands alone.
 * @param {import('./contract.js').Me} me
 * @param {import('./contract.js').Role} least
 */
export const may = (me, least) =>
  least === 'Operator' ? me.role === least : order.indexOf(me.role) >= order.indexOf(least);

/**
 * True for this person. What a former release kept has a name alone.
 * @param {import('./contract.js').Me} me
 * @param {string|undefined} id
 * @param {string|undefined} name
 */
export const isMe = (me, id, name) => (id ? id === me.id : name === me.name);

const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const distance = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** @param {string} at */
export const clockTime = (at) => clock.format(new Date(at));

/** A calendar day, which has no time zone. @param {string} date */
export const calendarDay = (date) => el('time', { datetime: date }, day.format(new Date(`${date}T00:00:00Z`)));

/** @param {string} at */
export function fromNow(at) {
  const minutes = (Date.parse(at) - Date.now()) / 60_000;
  const size = Math.abs(minutes);
  if (size < 60) return distance.format(Math.round(minutes), 'minute');
  if (size < 36 * 60) return distance.format(Math.round(minutes / 60), 'hour');
  return distance.format(Math.round(minutes / 1440), 'day');
}

/** A moment: how far away, and when exactly. @param {string} at */
export const moment = (at) =>
  el(
    'span',
    {},
    el('time', { datetime: at, 'data-relative': true }, fromNow(at)),
    el('span', { class: 'quiet' }, ` · ${dayAndTime.format(new Date(at))}`),
  );

/** A moment without how far away. @param {string} at */
export const exactly = (at) => el('time', { datetime: at }, dayAndTime.format(new Date(at)));

/** @param {import('./contract.js').TaskSummary} task */
export const deadlineOf = (task) => {
  const late = !isClosed(task.state) && Date.parse(task.deadline) < Date.now();
  return el('span', { class: late && 'late' }, late ? 'Overdue, was due ' : 'Due ', moment(task.deadline));
};

/** Keeps "in 3 hours" true while the page stands open. */
export function refreshTimes() {
  for (const time of document.querySelectorAll('time[data-relative]')) {
    const now = fromNow(time.getAttribute('datetime') ?? '');
    if (time.textContent !== now) time.textContent = now;
  }
}

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** @param {number} score -1..1 */
export function moodOf(score) {
  const side = score > 0 ? 'positive' : 'negative';
  if (Math.abs(score) < 0.15) return 'neutral';
  return Math.abs(score) < 0.5 ? `somewhat ${side}` : `clearly ${side}`;
}
