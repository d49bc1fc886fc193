// The queue: what waits for a person, most urgent first.

import * as api from './api.js';
import { whenChanged } from './changes.js';
import { el, fill, keyed, say } from './dom.js';
import { field, select } from './fields.js';
import { counted, deadlineOf, isClosed, leaseOf, wordsFor } from './words.js';

/** @typedef {import('./contract.js').TaskSummary} TaskSummary */
/** @typedef {import('./contract.js').Visit} Visit */

/** @param {HTMLElement} main @param {Visit} visit */
export async function showQueue(main, { me, signal, query }) {
  const kind = select(
    'kind',
    [
      ['', 'Claims and quotes'],
      ['Claim', 'Claims'],
      ['Quote', 'Quotes'],
    ],
    query.get('kind') ?? '',
  );
  const state = select(
    'state',
    [
      ['', 'Everything that waits'],
      ...['Open', 'InProgress', 'AwaitingReply', 'InReview', 'Decided'].map(
        (name) => /** @type {[string, string]} */ ([name, wordsFor(name)]),
      ),
    ],
    query.get('state') ?? '',
  );
  const mine = el('input', { type: 'checkbox', id: 'mine', checked: query.get('mine') === '1' });
  const list = el('ol', { id: 'tasks', class: 'cards' });
  const summary = el('p', { id: 'queue-summary', class: 'quiet' });
  const empty = el('div', { id: 'queue-empty', class: 'empty', hidden: true });
  const more = el(
    'button',
    { id: 'load-more', hidden: true, onclick: () => load(pages + 1).catch(failed) },
    'Show more',
  );
  let pages = 1;
  let latest = 0;

  await load(1);
  if (signal.aborted) return;
  fill(
    main,
    el('h1', { tabindex: -1 }, 'Queue'),
    el(
      'form',
      {
        id: 'filters',
        class: 'filters',
        'aria-label': 'Filter the queue',
        onchange: filter,
        onsubmit: (/** @type {Event} */ event) => event.preventDefault(),
      },
      field('kind', 'Kind', kind),
      field('state', 'State', state),
      el('div', { class: 'choice' }, mine, el('label', { for: 'mine' }, 'Assigned to me')),
    ),
    summary,
    list,
    empty,
    more,
  );
  whenChanged(() => void load(pages).catch(() => undefined), signal);

  /** @param {number} wanted how many pages to show */
  async function load(wanted) {
    const call = ++latest;
    const filter = { kind: kind.value, state: state.value, assignee: mine.checked ? me.name : '' };
    /** @type {TaskSummary[]} */
    const items = [];
    /** @type {string|undefined} */
    let cursor;
    let read = 0;
    do {
      const { data } = await api.tasks({ ...filter, cursor }, signal);
      items.push(...data.items.filter((task) => state.value || !isClosed(task.state)));
      cursor = data.cursor;
    } while (++read < wanted && cursor);
    if (call !== latest || signal.aborted) return;
    pages = wanted;
    keyed(list, items, (task) => task.id, taskItem);
    more.hidden = !cursor;
    summary.hidden = items.length === 0;
    summary.textContent = `${counted(items.length, 'task')}${cursor ? ' shown, more below' : ''}, the most urgent first`;
    empty.hidden = items.length > 0;
    fill(empty, ...(items.length ? [] : nothingWaits(Boolean(filter.kind || filter.state || filter.assignee))));
  }

  function filter() {
    const set = Object.entries({ kind: kind.value, state: state.value, mine: mine.checked ? '1' : '' }).filter(
      (pair) => pair[1],
    );
    history.replaceState(null, '', set.length ? `#/queue?${new URLSearchParams(set)}` : '#/queue');
    load(1).then(() => say(empty.hidden ? (summary.textContent ?? '') : 'No tasks match.'), failed);
  }

  /** @param {Error} error */
  function failed(error) {
    if (!signal.aborted) say(error.message);
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
