// The lease on one task: taken when work starts, renewed while the task is open, given back on leaving.

import * as api from './api.js';

const shortest = 30_000;
const longest = 5 * 60_000;
// A tab that somebody forgot must not keep a task from the others.
const forgottenAfter = 60 * 60_000;

/**
 * @typedef {object} Work
 * @property {() => Promise<void>} start takes the lease, unless it is held; throws what the server refuses
 * @property {() => Promise<void>} stop gives it back
 * @property {() => void} finish the task is decided: there is nothing to give back
 * @property {() => void} touch somebody works here
 * @property {() => boolean} isHeld
 * @property {() => Promise<unknown>} settled the lease is not being asked for any more: the version of the task is known again
 */

/**
 * @param {string} taskId
 * @param {AbortSignal} signal
 * @param {(task: import('./contract.js').TaskSummary, etag: string|null) => void} onlease the lease was taken or renewed
 * @param {(problem: api.Problem) => void} onlost it could not be renewed
 * @returns {Work}
 */
export function workOn(taskId, signal, onlease, onlost) {
  let held = false;
  let touched = Date.now();
  /** @type {Promise<void>|null} */
  let taking = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  signal.addEventListener('abort', () => void stop());
  addEventListener('pagehide', () => void stop(), { signal });
  return {
    start,
    stop,
    finish,
    touch: () => {
      touched = Date.now();
    },
    isHeld: () => held,
    settled: () => Promise.allSettled([taking]),
  };

  function start() {
    touched = Date.now();
    return held ? Promise.resolve() : take();
  }

  function take() {
    taking ??= ask().finally(() => {
      taking = null;
    });
    return taking;
  }

  async function ask() {
    const { data, etag } = await api.takeLease(taskId);
    held = true;
    if (signal.aborted) return stop();
    onlease(data, etag);
    const left = data.lease ? Date.parse(data.lease.until) - Date.now() : longest;
    clearTimeout(timer);
    timer = setTimeout(renew, Math.min(longest, Math.max(shortest, left / 2)));
  }

  async function renew() {
    if (!held) return;
    if (Date.now() - touched > forgottenAfter) return stop();
    try {
      await take();
    } catch (error) {
      const problem = /** @type {api.Problem} */ (error);
      if (problem.status === 0 || problem.status >= 500) timer = setTimeout(renew, shortest);
      else {
        held = false;
        onlost(problem);
      }
    }
  }

  async function stop() {
    const release = held;
    finish();
    if (release) await api.releaseLease(taskId).catch(() => undefined);
  }

  function finish() {
    held = false;
    clearTimeout(timer);
  }
}
