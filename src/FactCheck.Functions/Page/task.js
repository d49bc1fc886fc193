// One task: the statement in its article, what is known about it, and the answer.

import * as api from './api.js';
import { background, decisionView, history } from './background.js';
import { whenChanged } from './changes.js';
import { decisionForm } from './decision.js';
import { el, fill, go, refill, say } from './dom.js';
import { dropDraft, keepDraft, readDraft } from './draft.js';
import { reviewForm } from './review.js';
import { sender } from './send.js';
import { taskHead, whatChanged } from './taskhead.js';
import { articleText } from './text.js';
import { clockTime, isClosed, leaseOf, may, wordsFor } from './words.js';
import { workOn } from './work.js';

/** @typedef {import('./contract.js').TaskDetail} TaskDetail */
/** @typedef {import('./contract.js').Visit} Visit */

/** @param {HTMLElement} main @param {Visit} visit */
export async function showTask(main, { me, signal, args: [id] }) {
  let { data: detail, etag } = await api.task(id, signal);
  const head = el('header', { id: 'task-head' });
  const known = el('div', { id: 'background' });
  const past = el('div', { id: 'past' });
  const answer = el('div', { id: 'answer' });
  const decision = el(
    'section',
    { id: 'decision', 'aria-labelledby': 'decision-title' },
    el('h2', { id: 'decision-title', tabindex: -1 }, 'Decision'),
    answer,
  );
  const text = textOf(detail, signal);
  const work = workOn(
    id,
    signal,
    (task, tag) => apply({ ...detail, task }, tag),
    (problem) => {
      refused(problem);
    },
  );
  /** @type {{element: HTMLElement, showProblem: (message: string, errors?: Record<string, string>) => void, setAside?: (verdict: import('./contract.js').EarlierVerdict) => void}|null} */
  let form = null;
  let mode = '';
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let recheck;
  signal.addEventListener('abort', () => clearTimeout(recheck));
  const send = sender(id);

  fill(
    main,
    head,
    el(
      'div',
      { class: 'columns' },
      el(
        'section',
        { class: 'reading', 'aria-labelledby': 'article-title' },
        el(
          'h2',
          { id: 'article-title' },
          el(
            'a',
            {
              href: `#/article/${encodeURIComponent(detail.task.articleId)}/${encodeURIComponent(detail.statement.id)}`,
            },
            detail.task.articleTitle,
          ),
        ),
        text.element,
      ),
      el('div', { class: 'working' }, known, decision, past),
    ),
  );
  apply(detail, etag);
  text.show(detail.statement.id);
  whenChanged(
    (changes) =>
      changes.some(
        (change) => change.taskId === id || (!change.taskId && change.articleId === detail.task.articleId),
      ) && void reload(true),
    signal,
  );

  function toDecision() {
    decision.scrollIntoView();
    document.getElementById('decision-title')?.focus({ preventScroll: true });
  }

  /** @param {TaskDetail} now @param {string|null} tag */
  function apply(now, tag) {
    detail = now;
    etag = tag ?? etag;
    const { task, statement, meta, why, drift } = detail;
    refill(head, [{ ...task, lease: null, eTag: null }, statement, meta], () =>
      taskHead(detail, me, {
        decide: toDecision,
        assign: (assignee) => attempt(() => api.assign(id, assignee)),
        unassign: () => attempt(() => api.unassign(id)),
      }),
    );
    showAnswer();
    refill(known, [task.origin, why, drift, statement, mode], () =>
      background(detail, mode === 'decide' ? (match) => form?.setAside?.(match) : undefined),
    );
    refill(past, detail.history, () => [history(detail)]);
  }

  function showAnswer() {
    const next = modeOf(detail, me);
    lookAgainWhenFree(next);
    const state = el('div', { id: 'work' }, workState(next));
    const old = answer.querySelector('#work');
    if (mode === next && form && old) {
      const focused = old.contains(document.activeElement);
      old.replaceWith(state);
      if (focused) state.querySelector('button')?.focus();
      return;
    }
    const hadFocus = answer.contains(document.activeElement);
    mode = next;
    form = formFor(next);
    fill(answer, state, form?.element);
    if (hadFocus) document.getElementById('decision-title')?.focus();
  }

  // A lease that runs out is nobody's change: the page asks by itself whether it was renewed.
  /** @param {string} now */
  function lookAgainWhenFree(now) {
    clearTimeout(recheck);
    const lease = leaseOf(detail.task);
    if (now !== 'held' || !lease) return;
    recheck = setTimeout(
      async () => {
        await reload(true);
        if (!signal.aborted) apply(detail, etag);
      },
      Date.parse(lease.until) - Date.now() + 1_000,
    );
  }

  /** @param {string} now */
  function formFor(now) {
    const draft = readDraft(me.name, id);
    const on = {
      onedit: (/** @type {Partial<import('./draft.js').Draft>} */ typed) => {
        keepDraft(me.name, id, typed);
        work.touch();
        if (!work.isHeld()) work.start().catch(refused);
      },
      onsend,
    };
    if (now === 'decide') return decisionForm(detail, text, draft, on);
    return now === 'review' ? reviewForm(detail, draft, on) : null;
  }

  /** @param {string} now */
  function workState(now) {
    const lease = leaseOf(detail.task);
    if (now !== 'decide' && now !== 'review')
      return [
        el('p', { class: 'notice' }, whyNot(now, detail)),
        detail.proposal && decisionView(detail.proposal, detail.ratings),
      ];
    return lease?.holder === me.name && work.isHeld()
      ? el(
          'p',
          { class: 'line' },
          el('span', {}, `You work on it; others wait until ${clockTime(lease.until)}.`),
          el('button', { type: 'button', id: 'stop-work', onclick: stopWork }, 'Stop work'),
        )
      : el(
          'p',
          { class: 'line' },
          el('button', { type: 'button', id: 'start-work', onclick: () => work.start().catch(refused) }, 'Start work'),
          el('span', { class: 'hint' }, 'Keeps others from deciding it at the same time. Typing starts it, too.'),
        );
  }

  async function stopWork() {
    await work.stop();
    await reload(false);
    say('You gave the task back. What you typed is kept in this tab.');
  }

  /** @param {Error} error */
  function refused(error) {
    if (signal.aborted) return;
    say(error.message);
    const conflict = error instanceof api.Problem && (error.status === 409 || error.status === 412);
    if (conflict) void reload(false);
  }

  /** @param {() => Promise<unknown>} action */
  async function attempt(action) {
    try {
      await action();
      await reload(false);
    } catch (error) {
      refused(/** @type {Error} */ (error));
    }
  }

  /** Reads the task again; what was typed stays. @param {boolean} tell @returns {Promise<string[]>} what changed, in words */
  async function reload(tell) {
    try {
      const answered = await api.task(id, signal);
      if (answered.etag !== null && answered.etag === etag) return [];
      const changed = whatChanged(detail, answered.data, me);
      apply(answered.data, answered.etag);
      if (tell && changed.length > 0) say(changed.join(' '));
      return changed;
    } catch (error) {
      if (!signal.aborted && !tell) say(/** @type {Error} */ (error).message);
      return [];
    }
  }

  /** @param {import('./contract.js').NewDecision} given */
  async function onsend(given) {
    try {
      await work.settled();
      const { data } = await send(given, etag);
      work.finish();
      dropDraft(me.name, id);
      await goToNext(data);
    } catch (error) {
      if (!signal.aborted) await notTaken(/** @type {api.Problem} */ (error));
    }
  }

  /** @param {api.Problem} problem */
  async function notTaken(problem) {
    if (problem.status === 409 || problem.status === 412) {
      const changed = await reload(false);
      const lead =
        problem.status === 412
          ? 'Not sent: somebody changed this task meanwhile. What you typed is kept; look at it again and send it once more.'
          : `Not sent: ${problem.message} What you typed is kept in this tab.`;
      if (form) form.showProblem([lead, ...changed].join(' '));
      else say(lead);
      return;
    }
    form?.showProblem(problem.message, problem.errors);
  }

  /** @param {import('./contract.js').DecisionTaken} taken */
  async function goToNext({ task, article }) {
    const done =
      task.state === 'InReview'
        ? 'Sent: it waits for a second person now.'
        : task.state === 'Open'
          ? 'Sent back.'
          : 'Decided.';
    const ready = article.stage === 'Ready' ? `“${article.title}” is ready to publish.` : '';
    const link = ready && el('a', { href: `#/article/${encodeURIComponent(article.id)}` }, 'Open the article');
    const next = await nextFor(me, id).catch(() => undefined);
    if (next) go(`#/task/${encodeURIComponent(next.id)}`, `${done} ${ready} Here is the next task.`, link);
    else go('#/queue', `${done} ${ready} Nothing else waits for you.`, link);
  }
}

/** @param {TaskDetail} detail @param {AbortSignal} signal */
function textOf({ statement, text, meta }, signal) {
  const marks = statement.span
    ? [{ id: statement.id, span: statement.span, style: 'asked', said: 'the statement begins here' }]
    : [];
  return articleText(text, marks, { language: meta.language, signal });
}

/** What this person can do with it now. @param {TaskDetail} detail @param {import('./contract.js').Me} me */
function modeOf({ task, proposal }, me) {
  const lease = leaseOf(task);
  if (isClosed(task.state)) return 'closed';
  if (lease && lease.holder !== me.name) return 'held';
  if (task.state === 'InReview') return proposal?.by === me.name ? 'own' : 'review';
  return task.assignee && task.assignee !== me.name ? 'assigned' : 'decide';
}

/** @param {string} mode @param {TaskDetail} detail */
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

/**
 * The most urgent task that this person could take.
 * @param {import('./contract.js').Me} me
 * @param {string} but not this one
 */
async function nextFor(me, but) {
  if (!may(me, 'Reviewer')) return undefined;
  const { data } = await api.tasks({});
  return data.items.find(
    (task) =>
      task.id !== but &&
      !isClosed(task.state) &&
      task.state !== 'InReview' &&
      [undefined, me.name].includes(leaseOf(task)?.holder) &&
      [undefined, me.name].includes(task.assignee),
  );
}
