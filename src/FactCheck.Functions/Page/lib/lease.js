// The lease on one task: taken when work starts, renewed while the task is open, given back on leaving.

import * as api from './api.js';

const shortest = 30_000;
const longest = 5 * 60_000;
// A tab that somebody forgot must not keep a task from the others.
const forgottenAfter = 60 * 60_000;

export class Lease {
  isHeld = false;
  touched = Date.now();
  /** @type {Promise<void>|null} */
  taking = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  timer;

  /**
   * @param {string} taskId
   * @param {AbortSignal} signal
   * @param {(task: import('./contract.js').TaskSummary, etag: string|null) => void} ontaken it was taken or renewed
   * @param {(problem: api.Problem) => void} onlost it could not be renewed
   */
  constructor(taskId, signal, ontaken, onlost) {
    this.taskId = taskId;
    this.signal = signal;
    this.ontaken = ontaken;
    this.onlost = onlost;
    signal.addEventListener('abort', () => void this.stop());
    addEventListener('pagehide', () => void this.stop(), { signal });
  }

  /** Takes it, unless it is held; throws what the server refuses. */
  start() {
    this.touch();
    return this.isHeld ? Promise.resolve() : this.take();
  }

  /** Gives it back. */
  async stop() {
    const release = this.isHeld;
    this.finish();
    if (release) await api.releaseLease(this.taskId).catch(() => undefined);
  }

  /** The task is decided: there is nothing to give back. */
  finish() {
    this.isHeld = false;
    clearTimeout(this.timer);
  }

  /** Somebody works here. */
  touch() {
    this.touched = Date.now();
  }

  /** It is not being asked for any more: the version of the task is known again. */
  settled() {
    return Promise.allSettled([this.taking]);
  }

  take() {
    this.taking ??= this.ask().finally(() => {
      this.taking = null;
    });
    return this.taking;
  }

  async ask() {
    const { data, etag } = await api.takeLease(this.taskId);
    this.isHeld = true;
    if (this.signal.aborted) return this.stop();
    this.ontaken(data, etag);
    const left = data.lease ? Date.parse(data.lease.until) - Date.now() : longest;
    this.renewIn(Math.min(longest, Math.max(shortest, left / 2)));
  }

  /** @param {number} pause */
  renewIn(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.renew(), pause);
  }

  async renew() {
    if (!this.isHeld) return;
    if (Date.now() - this.touched > forgottenAfter) return this.stop();
    try {
      await this.take();
    } catch (error) {
      const problem = /** @type {api.Problem} */ (error);
      if (problem.status === 0 || problem.status >= 500) return this.renewIn(shortest);
      this.isHeld = false;
      this.onlost(problem);
    }
  }
}
