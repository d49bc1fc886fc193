// Calls to the server.

/** @typedef {import('./contract.js').Me} Me */
/** @typedef {import('./contract.js').TaskSummary} TaskSummary */
/** @typedef {import('./contract.js').TaskDetail} TaskDetail */
/** @typedef {import('./contract.js').ArticleSummary} ArticleSummary */
/** @typedef {import('./contract.js').ArticleDetail} ArticleDetail */
/** @typedef {import('./contract.js').StatementView} StatementView */
/** @typedef {import('./contract.js').NewDecision} NewDecision */
/** @typedef {import('./contract.js').PersonView} PersonView */
/** @template T @typedef {{items: T[], cursor?: string}} ListOf */
/** @template T @typedef {{data: T, etag: string|null}} Answer */

/** An answer that is no success; status 0 when there was none. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{title?: string, detail?: string, errors?: Record<string, string>, holder?: string, until?: string}} body
   */
  constructor(status, body) {
    super(body.detail ?? body.title ?? `The server answered ${status}.`);
    this.status = status;
    this.errors = body.errors ?? {};
    this.holder = body.holder;
    this.until = body.until;
  }
}

/** Hears of the end of the session: an event `signedout`. */
export const session = new EventTarget();

/** Why the last call was no longer let in, where the server said more than that it is not. */
export let refusal = '';

/** Hears that the server is away, as while it starts anew, and that it is back: events `away` and `back`. */
export const server = new EventTarget();

/**
 * @typedef {object} Options
 * @property {unknown} [body]
 * @property {File} [file]
 * @property {FormData} [form]
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 * @property {boolean} [keepalive]
 */

// Who sends something wants to know in the end; who only looks waits for as long as they look.
const patience = 2 * 60_000;
const longestPause = 5_000;
let isAway = false;

/**
 * Asks again by itself while the server is away. Whatever is sent here may be sent twice: the server takes it once.
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Answer<any>>}
 */
async function call(method, path, options = {}) {
  const since = Date.now();
  for (let pause = 500; ; pause = Math.min(longestPause, 2 * pause)) {
    try {
      const answer = await callOnce(method, path, options);
      tell(false);
      return answer;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      tell([0, 502, 503].includes(error.status));
      if (!isAway || options.keepalive || (method !== 'GET' && Date.now() - since > patience)) throw error;
    }
    await wait(pause, options.signal);
  }
}

/** @param {boolean} away */
function tell(away) {
  if (away !== isAway) server.dispatchEvent(new Event(away ? 'away' : 'back'));
  isAway = away;
}

/** @param {number} pause @param {AbortSignal} [signal] */
async function wait(pause, signal) {
  await new Promise((resolve) => {
    setTimeout(resolve, pause);
    signal?.addEventListener('abort', resolve, { once: true });
  });
  signal?.throwIfAborted();
}

/** @param {string} method @param {string} path @param {Options} options @returns {Promise<Answer<any>>} */
async function callOnce(method, path, { body, file, form, headers = {}, signal, keepalive }) {
  const sent = new Headers({ Accept: 'application/json', 'X-FactCheck': 'page', ...headers });
  if (file) sent.set('Content-Type', file.type || 'application/octet-stream');
  else if (body !== undefined) sent.set('Content-Type', 'application/json');
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: sent,
      body: file ?? form ?? (body === undefined ? undefined : JSON.stringify(body)),
      signal,
      keepalive,
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, { detail: 'The desk can’t be reached. Check the connection and try again.' });
  }
  const data = (response.headers.get('Content-Type') ?? '').includes('json')
    ? await response.json().catch(() => undefined)
    : null;
  // It was cut off on the way, as when the server went away while it answered.
  if (data === undefined && response.ok) throw new Problem(0, { detail: 'The answer did not arrive. Try again.' });
  if (response.ok) return { data, etag: response.headers.get('ETag') ?? quoted(data?.eTag ?? data?.task?.eTag) };
  if (response.status === 401 && path !== '/api/session') {
    refusal = response.headers.get('WWW-Authenticate')?.includes('error_description') ? (data?.detail ?? '') : '';
    if (path !== '/api/me') session.dispatchEvent(new Event('signedout'));
  }
  // The app says what is wrong; Azure's host says nothing where its worker is gone.
  throw new Problem(response.status === 500 && !data ? 502 : response.status, data ?? {});
}

/** @param {string|undefined} tag */
function quoted(tag) {
  return tag === undefined || /^(W\/)?".*"$/.test(tag) ? (tag ?? null) : `"${tag}"`;
}

/** @param {Record<string, string|undefined|null>} given */
function query(given) {
  const set = Object.entries(given)
    .filter((pair) => pair[1])
    .map(([name, value]) => [name, String(value)]);
  return set.length ? `?${new URLSearchParams(set)}` : '';
}

const part = encodeURIComponent;

/** @param {Record<string, string|File>} given */
function formOf(given) {
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) form.set(name, value);
  return form;
}

/** @param {string} code */
export const signIn = (code) => call('POST', '/api/session', { body: { code } });
export const signOut = () => call('DELETE', '/api/session');
/** @returns {Promise<Answer<Me>>} */
export const me = () => call('GET', '/api/me');

/**
 * @param {{state?: string, kind?: string, assignee?: string, article?: string, cursor?: string}} filter
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer<ListOf<TaskSummary>>>}
 */
export const tasks = (filter, signal) => call('GET', `/api/tasks${query(filter)}`, { signal });
/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Answer<TaskDetail>>} */
export const task = (id, signal) => call('GET', `/api/tasks/${part(id)}`, { signal });
/** @param {string} id @returns {Promise<Answer<TaskSummary>>} */
export const takeLease = (id) => call('PUT', `/api/tasks/${part(id)}/lease`);
/** @param {string} id */
export const releaseLease = (id) => call('DELETE', `/api/tasks/${part(id)}/lease`, { keepalive: true });
/** @param {string} id @param {string|null} assignee null for me */
export const assign = (id, assignee) => call('PUT', `/api/tasks/${part(id)}/assignment`, { body: { assignee } });
/** @param {string} id */
export const unassign = (id) => call('DELETE', `/api/tasks/${part(id)}/assignment`);

/**
 * @param {string} id
 * @param {NewDecision} decision
 * @param {string|null} etag
 * @param {string} key
 * @returns {Promise<Answer<import('./contract.js').DecisionTaken>>}
 */
export const decide = (id, decision, etag, key) =>
  call('POST', `/api/tasks/${part(id)}/decisions`, {
    body: decision,
    headers: { 'Idempotency-Key': key, ...(etag ? { 'If-Match': etag } : {}) },
  });

/** @param {string|undefined} cursor @param {AbortSignal} [signal] @returns {Promise<Answer<ListOf<ArticleSummary>>>} */
export const articles = (cursor, signal) => call('GET', `/api/articles${query({ cursor })}`, { signal });
/** @param {string} id @param {AbortSignal} [signal] @returns {Promise<Answer<ArticleDetail>>} */
export const article = (id, signal) => call('GET', `/api/articles/${part(id)}`, { signal });
/** @param {File} file @param {string} [desk] */
export const upload = (file, desk) =>
  call('POST', `/api/articles${query({ name: file.name })}`, desk ? { form: formOf({ file, desk }) } : { file });
/** @param {string} id @param {object} statement @returns {Promise<Answer<TaskSummary>>} */
export const addStatement = (id, statement) =>
  call('POST', `/api/articles/${part(id)}/statements`, { body: statement });
/** @param {string} id @param {{retract: boolean, change?: string, note?: string}} publication */
export const publish = (id, publication) =>
  call('POST', `/api/articles/${part(id)}/publication`, { body: publication });
/** @param {string} id @param {{purpose: string, why: string}} purpose @returns {Promise<Answer<ArticleSummary>>} */
export const setPurpose = (id, purpose) => call('POST', `/api/articles/${part(id)}/purpose`, { body: purpose });
/** @param {string} id @param {string} desk empty for everybody's @returns {Promise<Answer<ArticleSummary>>} */
export const moveToDesk = (id, desk) => call('POST', `/api/articles/${part(id)}/desk`, { body: { desk } });
/** @param {string} id @param {object} reading @returns {Promise<Answer<ArticleSummary>>} */
export const readOtherwise = (id, reading) => call('POST', `/api/articles/${part(id)}/reading`, { body: reading });
/** @param {string|undefined} cursor @returns {Promise<Answer<ListOf<import('./contract.js').Change>>>} */
export const changes = (cursor) => call('GET', `/api/changes${query({ cursor })}`);

/**
 * Every statement of an article; the marks in its text need them all.
 * @param {string} id
 * @param {AbortSignal} [signal]
 * @returns {Promise<StatementView[]>}
 */
export async function statements(id, signal) {
  const all = [];
  let cursor;
  do {
    const { data } = await call('GET', `/api/articles/${part(id)}/statements${query({ cursor })}`, { signal });
    all.push(...data.items);
    cursor = data.cursor;
  } while (cursor);
  return all;
}

/** @param {AbortSignal} [signal] @returns {Promise<Answer<ListOf<PersonView>>>} */
export const people = (signal) => call('GET', '/api/people', { signal });
/** @param {{name: string, role: string, desks: string[]}} person @returns {Promise<Answer<import('./contract.js').Invitation>>} */
export const invite = (person) => call('POST', '/api/people', { body: person });
/** @param {string} id @returns {Promise<Answer<import('./contract.js').Invitation>>} */
export const inviteAgain = (id) => call('POST', `/api/people/${part(id)}/invitation`);
/** @param {string} id @param {{name?: string, role?: string, readmit?: boolean, desks?: string[]}} change */
export const changePerson = (id, change) => call('PUT', `/api/people/${part(id)}`, { body: change });
/** @param {string} id */
export const endPerson = (id) => call('DELETE', `/api/people/${part(id)}`);

/** @param {AbortSignal} [signal] @returns {Promise<Answer<ListOf<import('./contract.js').TokenView>>>} */
export const myTokens = (signal) => call('GET', '/api/me/tokens', { signal });
/** @param {string} id */
export const endMyToken = (id) => call('DELETE', `/api/me/tokens/${part(id)}`);
