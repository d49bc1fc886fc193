// For the type checker only: no browser loads this file.

/**
 * One stay in a view; the signal aborts when it is left. `args` are the parts of the address that name what is shown.
 * @typedef {object} Visit
 * @property {import('./contract.js').Me} me
 * @property {AbortSignal} signal
 * @property {string[]} args
 * @property {URLSearchParams} query
 */

export {};
