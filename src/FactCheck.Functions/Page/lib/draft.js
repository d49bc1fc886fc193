// What somebody has typed about a task, kept in this tab until it is sent.

/**
 * @typedef {object} Draft
 * @property {import('./contract.js').DecisionAction} action
 * @property {string} rating
 * @property {string} explanation
 * @property {import('./contract.js').Evidence[]} evidence
 * @property {import('./contract.js').RejectReason|''} reason
 * @property {string} alreadyCheckedAt
 * @property {string} note
 * @property {string} text
 * @property {string} speaker
 * @property {import('./contract.js').TextSpan|null} span
 */

const prefix = 'draft|';

/** @param {string} who @param {string} taskId @returns {Partial<Draft>|null} */
export function readDraft(who, taskId) {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + who + '|' + taskId) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} who @param {string} taskId @param {Partial<Draft>} draft */
export function keepDraft(who, taskId, draft) {
  try {
    sessionStorage.setItem(prefix + who + '|' + taskId, JSON.stringify(draft));
  } catch {
    // The tab's storage is full or switched off: the form itself still holds what was typed.
  }
}

/** @param {string} who @param {string} taskId */
export function dropDraft(who, taskId) {
  sessionStorage.removeItem(prefix + who + '|' + taskId);
}

/** On signing out: the next person at this machine finds nothing. */
export function forgetDrafts() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}
