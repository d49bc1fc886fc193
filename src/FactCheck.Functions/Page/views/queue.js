// The queue: what waits for a person, most urgent first.

import * as api from '../lib/api.js';
import { whenChanged } from '../lib/changes.js';
import { el, fill, say } from '../lib/dom.js';
import { counted, deadlineOf, isClosed, leaseOf, wordsFor } from '../lib/words.js';
import { field, select } from '../parts/fields.js';
import { PagedList } from '../parts/pagedlist.js';

/** @typedef {import('../lib/contract.js').TaskSummary} TaskSummary */
/** @typedef {import('../lib/visit.js').Visit} Visit */

/** @type {[string, string][]} */
const kinds = [
  ['', 'Claims and quotes'],
  ['Claim', 'Claims'],
  ['Quote', 'Quotes'],
];
/** @type {[string, string][]} */
const states = [
  ['', 'Everything that waits'],
  ...['Open', 'InProgress', 'AwaitingReply', 'InReview', 'Decided'].map(
    (name) => /** @type {[string, string]} */ ([name, wordsFor(name)]),
  ),
];

/** @param {HTMLElement} main @param {Visit} visit */
export async function showQueue(main, visit) {
  const queue = new Queue(visit);
  const { list } = queue;
  await list.load();
  if (visit.signal.aborted) return;
  fill(main, el('h1', { tabindex: -1 }, 'Queue'), queue.filters(), queue.summary, list.element, queue.empty, list.more);
  whenChanged(() => void list.load().catch(() => undefined), visit.signal);
}

/** The list and the filters that it is read with. */
class Queue {
  /** @param {Visit} visit */
  constructor({ me, signal, query }) {
    this.me = me;
    this.kind = select('kind', kinds, query.get('kind') ?? '');
    this.state = select('state', states, query.get('state') ?? '');
    this.mine = el('input', { type: 'checkbox', id: 'mine', checked: query.get('mine') === '1' });
    this.summary = el('p', { id: 'queue-summary', class: 'quiet' });
    this.empty = el('div', { id: 'queue-empty', class: 'empty', hidden: true });
    /** @type {PagedList<TaskSummary>} */
    this.list = new PagedList(
      'tasks',
      signal,
      async (cursor) => {
        const { data } = await api.tasks({ ...this.filter(), cursor }, signal);
        return { ...data, items: data.items.filter((task) => this.state.value || !isClosed(task.state)) };
      },
      taskItem,
      (items, isMore) => this.sum(items, isMore),
    );
  }

  filter() {
    return {
      kind: this.kind.value,
      state: this.state.value,
      assignee: this.mine.checked ? 'me' : '',
    };
  }

  filters() {
    return el(
      'form',
      {
        id: 'filters',
        class: 'filters',
        'aria-label': 'Filter the queue',
        onchange: () => this.filtered(),
        onsubmit: (/** @type {Event} */ event) => event.preventDefault(),
      },
      field('kind', 'Kind', this.kind),
      field('state', 'State', this.state),
      el('div', { class: 'choice' }, this.mine, el('label', { for: 'mine' }, 'Assigned to me')),
    );
  }

  filtered() {
    const { kind, state, assignee } = this.filter();
    const set = Object.entries({ kind, state, mine: assignee && '1' }).filter((pair) => pair[1]);
    history.replaceState(null, '', set.length ? `#/queue?${new URLSearchParams(set)}` : '#/queue');
    this.list.load(1).then(
      () => say(this.empty.hidden ? (this.summary.textContent ?? '') : 'No tasks match.'),
      (error) => this.list.failed(error),
    );
  }

  /** @param {TaskSummary[]} items @param {boolean} isMore */
  sum(items, isMore) {
    const number = counted(items.length, 'task');
    this.summary.hidden = items.length === 0;
    this.summary.textContent = `${number}${isMore ? ' shown, more below' : ''}, the most urgent first`;
    this.empty.hidden = items.length > 0;
    fill(this.empty, items.length ? [] : nothingWaits(Object.values(this.filter()).some(Boolean)));
  }
}

/** @param {boolean} filtered */
function nothingWaits(filtered) {
  return filtered
    ? [el('p', {}, 'No task matches these filters.'), el('p', {}, 'Widen them to see what else waits.')]
    : [
        el('p', {}, 'Nothing waits for you.'),
        el(
          'p',
          {},
          'Tasks appear here by themselves when an article has been read. ',
          el('a', { href: '#/articles' }, 'Upload an article or publish one that is ready.'),
        ),
      ];
}

/** @param {TaskSummary} task */
function speakerOf({ kind, speaker }) {
  if (!speaker) return kind === 'Quote' ? 'Speaker unknown' : 'Said by the article itself';
  return `Said by ${speaker}`;
}

/** @param {TaskSummary} task */
function taskItem(task) {
  const lease = leaseOf(task);
  return el(
    'li',
    { class: 'card task', 'data-task': task.id },
    el(
      'p',
      { class: 'kicker' },
      el('span', { class: 'tag' }, wordsFor(task.kind)),
      task.escalated && el('span', { class: 'tag urgent' }, 'Escalated'),
      task.origin === 'Reverification' && el('span', { class: 'tag' }, 'Look again'),
    ),
    el('h2', {}, el('a', { href: `#/task/${encodeURIComponent(task.id)}` }, task.text)),
    el('p', { class: 'meta' }, el('span', {}, speakerOf(task)), el('span', {}, `Article: ${task.articleTitle}`)),
    el(
      'p',
      { class: 'meta' },
      deadlineOf(task),
      el('span', { class: 'state' }, wordsFor(task.state)),
      lease && el('span', { class: 'holder' }, `${lease.holder} works on it`),
      task.assignee && el('span', { class: 'assignee' }, `Assigned to ${task.assignee}`),
    ),
  );
}
