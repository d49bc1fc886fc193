// One task: the statement in its article, what is known about it, and the answer.

import * as api from '../lib/api.js';
import { whenChanged } from '../lib/changes.js';
import { el, fill, go, refill, say } from '../lib/dom.js';
import { dropDraft, keepDraft, readDraft } from '../lib/draft.js';
import { Lease } from '../lib/lease.js';
import { sender } from '../lib/send.js';
import { isClosed, isMe, leaseOf, may } from '../lib/words.js';
import { background } from '../parts/background.js';
import { DecisionForm } from '../parts/decision.js';
import { ReviewForm } from '../parts/review.js';
import { taskHead, whatChanged } from '../parts/taskhead.js';
import { ArticleText } from '../parts/text.js';
import { history } from '../parts/verdicts.js';
import { closedState, freeState, modeOf, workingState } from '../parts/workstate.js';

/** @typedef {import('../lib/contract.js').TaskDetail} TaskDetail */
/** @typedef {import('../lib/visit.js').Visit} Visit */
/** @typedef {import('../parts/workstate.js').Mode} Mode */

/** @param {HTMLElement} main @param {Visit} visit */
export async function showTask(main, { me, signal, args: [id] }) {
  const { data, etag } = await api.task(id, signal);
  const view = new TaskView(me, signal, data, etag);
  const working = el('div', { class: 'working' }, view.known, view.decision, view.past);
  fill(main, view.head, el('div', { class: 'columns' }, reading(data, view.text), working));
  view.apply(data, etag);
  view.text.show(data.statement.id);
  whenChanged((changes) => changes.some((change) => view.isAbout(change)) && void view.reload(true), signal);
}

/** @param {TaskDetail} detail @param {ArticleText} text */
function reading({ task, statement }, text) {
  const href = `#/article/${encodeURIComponent(task.articleId)}/${encodeURIComponent(statement.id)}`;
  return el(
    'section',
    { class: 'reading', 'aria-labelledby': 'article-title' },
    el('h2', { id: 'article-title' }, el('a', { href }, task.articleTitle)),
    text.element,
  );
}

const changedMeanwhile =
  'Not sent: somebody changed this task meanwhile. ' +
  'What you typed is kept; look at it again and send it once more.';

class TaskView {
  head = el('header', { id: 'task-head' });
  known = el('div', { id: 'background' });
  past = el('div', { id: 'past' });
  answer = el('div', { id: 'answer' });
  title = el('h2', { id: 'decision-title', tabindex: -1 }, 'Decision');
  decision = el('section', { id: 'decision', 'aria-labelledby': 'decision-title' }, this.title, this.answer);
  /** @type {DecisionForm|ReviewForm|null} */
  form = null;
  /** @type {Mode|''} */
  mode = '';
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  recheck;

  /**
   * @param {import('../lib/contract.js').Me} me
   * @param {AbortSignal} signal
   * @param {TaskDetail} detail
   * @param {string|null} etag
   */
  constructor(me, signal, detail, etag) {
    this.me = me;
    this.signal = signal;
    this.id = detail.task.id;
    this.detail = detail;
    this.etag = etag;
    this.text = textOf(detail, signal);
    this.send = sender(this.id);
    this.lease = new Lease(
      this.id,
      signal,
      (task, tag) => this.apply({ ...this.detail, task }, tag),
      (problem) => this.refused(problem),
    );
    signal.addEventListener('abort', () => clearTimeout(this.recheck));
  }

  /** @param {import('../lib/contract.js').Change} change */
  isAbout({ taskId, articleId }) {
    return taskId === this.id || (!taskId && articleId === this.detail.task.articleId);
  }

  /** @param {TaskDetail} detail @param {string|null} etag */
  apply(detail, etag) {
    this.detail = detail;
    this.etag = etag ?? this.etag;
    const { task, statement, meta, why, drift } = detail;
    refill(this.head, [{ ...task, lease: null, eTag: null }, statement, meta], () =>
      taskHead(detail, this.me, {
        decide: () => this.toDecision(),
        assign: (assignee) => this.attempt(() => api.assign(this.id, assignee)),
        unassign: () => this.attempt(() => api.unassign(this.id)),
      }),
    );
    this.showAnswer();
    const { form } = this;
    refill(this.known, [task.origin, why, drift, statement, this.mode], () =>
      background(detail, form instanceof DecisionForm ? (match) => form.setAside(match) : undefined),
    );
    refill(this.past, detail.history, () => [history(detail)]);
  }

  toDecision() {
    this.decision.scrollIntoView();
    this.title.focus({ preventScroll: true });
  }

  showAnswer() {
    const mode = modeOf(this.detail, this.me);
    this.lookAgainWhenFree(mode);
    const state = el('div', { id: 'work' }, this.workState(mode));
    const old = this.answer.querySelector('#work');
    if (this.mode === mode && this.form && old) {
      const focused = old.contains(document.activeElement);
      old.replaceWith(state);
      if (focused) state.querySelector('button')?.focus();
      return;
    }
    const hadFocus = this.answer.contains(document.activeElement);
    this.mode = mode;
    this.form = this.formFor(mode);
    fill(this.answer, state, this.form?.element);
    if (hadFocus) this.title.focus();
  }

  // A lease that runs out is nobody's change: the page asks by itself whether it was renewed.
  /** @param {Mode} mode */
  lookAgainWhenFree(mode) {
    clearTimeout(this.recheck);
    const lease = leaseOf(this.detail.task);
    if (mode !== 'held' || !lease) return;
    const look = async () => {
      await this.reload(true);
      if (!this.signal.aborted) this.apply(this.detail, this.etag);
    };
    this.recheck = setTimeout(look, Date.parse(lease.until) - Date.now() + 1_000);
  }

  /** @param {Mode} mode */
  formFor(mode) {
    const draft = readDraft(this.me.id, this.id);
    const on = {
      onedit: (/** @type {Partial<import('../lib/draft.js').Draft>} */ typed) => this.edited(typed),
      onsend: (/** @type {import('../lib/contract.js').NewDecision} */ given) => this.decide(given),
    };
    if (mode === 'decide') return new DecisionForm(this.detail, this.text, draft, on);
    return mode === 'review' ? new ReviewForm(this.detail, draft, on) : null;
  }

  /** @param {Mode} mode */
  workState(mode) {
    if (mode !== 'decide' && mode !== 'review')
      return closedState(mode, this.detail, may(this.me, 'Editor') ? () => this.release() : null);
    const lease = leaseOf(this.detail.task);
    return lease && isMe(this.me, this.detail.task.holderId, lease.holder) && this.lease.isHeld
      ? workingState(lease.until, () => this.stopWork())
      : freeState(() => this.startWork());
  }

  /** @param {Partial<import('../lib/draft.js').Draft>} draft */
  edited(draft) {
    keepDraft(this.me.id, this.id, draft);
    this.lease.touch();
    if (!this.lease.isHeld) this.startWork();
  }

  release() {
    return this.attempt(() => api.releaseLease(this.id));
  }

  startWork() {
    this.lease.start().catch((error) => this.refused(error));
  }

  async stopWork() {
    await this.lease.stop();
    await this.reload(false);
    say('You gave the task back. What you typed is kept in this tab.');
  }

  /** @param {Error} error */
  refused(error) {
    if (this.signal.aborted) return;
    say(error.message);
    if (isConflict(error)) void this.reload(false);
  }

  /** @param {() => Promise<unknown>} action */
  async attempt(action) {
    try {
      await action();
      await this.reload(false);
    } catch (error) {
      this.refused(/** @type {Error} */ (error));
    }
  }

  /**
   * Reads the task again; what was typed stays.
   * @param {boolean} tell
   * @returns {Promise<string[]>} what changed, in words
   */
  async reload(tell) {
    try {
      const { data, etag } = await api.task(this.id, this.signal);
      if (etag !== null && etag === this.etag) return [];
      const changed = whatChanged(this.detail, data, this.me);
      this.apply(data, etag);
      if (tell && changed.length > 0) say(changed.join(' '));
      return changed;
    } catch (error) {
      if (!this.signal.aborted && !tell) say(/** @type {Error} */ (error).message);
      return [];
    }
  }

  /** @param {import('../lib/contract.js').NewDecision} given */
  async decide(given) {
    try {
      await this.lease.settled();
      const { data } = await this.send(given, this.etag);
      this.lease.finish();
      dropDraft(this.me.id, this.id);
      await goToNext(data, this.me);
    } catch (error) {
      if (!this.signal.aborted) await this.notTaken(/** @type {api.Problem} */ (error));
    }
  }

  /** @param {api.Problem} problem */
  async notTaken(problem) {
    if (!isConflict(problem)) return this.form?.showProblem(problem.message, problem.errors);
    const changed = await this.reload(false);
    const lead =
      problem.status === 412 ? changedMeanwhile : `Not sent: ${problem.message} What you typed is kept in this tab.`;
    if (this.form) this.form.showProblem([lead, ...changed].join(' '));
    else say(lead);
  }
}

/** @param {unknown} error */
const isConflict = (error) => error instanceof api.Problem && (error.status === 409 || error.status === 412);

/** @param {TaskDetail} detail @param {AbortSignal} signal */
function textOf({ statement, text, meta }, signal) {
  const marks = statement.span
    ? [{ id: statement.id, span: statement.span, style: 'asked', said: 'the statement begins here' }]
    : [];
  return new ArticleText(text, marks, { language: meta.language, signal });
}

/** @param {import('../lib/contract.js').DecisionTaken} taken @param {import('../lib/contract.js').Me} me */
async function goToNext({ task, article }, me) {
  const closed = task.state === 'Open' ? 'Sent back.' : 'Decided.';
  const done = task.state === 'InReview' ? 'Sent: it waits for a second person now.' : closed;
  const ready = article.stage === 'Ready' ? `“${article.title}” is ready to publish.` : '';
  const link = ready && el('a', { href: `#/article/${encodeURIComponent(article.id)}` }, 'Open the article');
  const next = await nextFor(me, task.id).catch(() => undefined);
  if (next) go(`#/task/${encodeURIComponent(next.id)}`, `${done} ${ready} Here is the next task.`, link);
  else go('#/queue', `${done} ${ready} Nothing else waits for you.`, link);
}

/**
 * The most urgent task that this person could take.
 * @param {import('../lib/contract.js').Me} me
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
      (!leaseOf(task) || isMe(me, task.holderId, task.lease?.holder)) &&
      (!task.assignee || isMe(me, task.assigneeId, task.assignee)),
  );
}
