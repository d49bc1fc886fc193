// Sends decisions so that one sent twice is taken once.

import * as api from './api.js';

/**
 * The same decision about the same version of the task keeps its key: after a lost answer it can be sent again.
 * @param {string} taskId
 */
export function sender(taskId) {
  let last = '';
  let key = '';
  return (/** @type {import('./contract.js').NewDecision} */ decision, /** @type {string|null} */ etag) => {
    const content = JSON.stringify([decision, etag]);
    if (content !== last) key = newKey();
    last = content;
    return api.decide(taskId, decision, etag, key);
  };
}

// crypto.randomUUID exists only where the page came over https or from this machine.
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
