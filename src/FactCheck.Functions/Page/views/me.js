// What this person holds: sessions of the page, tokens of programs. Each can be ended here.

import * as api from '../lib/api.js';
import { el, fill, say } from '../lib/dom.js';
import { exactly, moment, wordsFor } from '../lib/words.js';
import { PagedList } from '../parts/pagedlist.js';

/** @typedef {import('../lib/contract.js').TokenView} TokenView */
/** @typedef {import('../lib/visit.js').Visit} Visit */

/** @param {HTMLElement} main @param {Visit} visit */
export async function showMe(main, { signal }) {
  const none = el(
    'p',
    { class: 'empty', hidden: true },
    'You come by your organisation’s sign-in and hold nothing of this desk.',
  );
  /** @type {PagedList<TokenView>} */
  const list = new PagedList(
    'my-tokens',
    signal,
    async () => (await api.myTokens(signal)).data,
    (token) => item(token, () => list.load()),
    (items) => {
      none.hidden = items.length > 0;
    },
  );
  await list.load();
  if (signal.aborted) return;
  fill(main, el('h1', { tabindex: -1 }, 'My sessions and tokens'), list.element, none);
}

/** @param {TokenView} token @param {() => Promise<void>} reload */
function item(token, reload) {
  const kind = token.isSession ? 'Session on the page' : 'Token of a program';
  const end = async () => {
    try {
      await api.endMyToken(token.id);
      await reload();
      say('It is ended.');
    } catch (error) {
      say(/** @type {Error} */ (error).message);
    }
  };
  return el(
    'li',
    { class: 'card token', 'data-token': token.id },
    el('h2', {}, token.isCurrent ? `${kind}, this one` : kind),
    el(
      'p',
      { class: 'meta' },
      el('span', {}, token.readOnly ? `As ${wordsFor(token.role)}, reads only` : `As ${wordsFor(token.role)}`),
      el('span', {}, 'Made ', exactly(token.issuedAt)),
      el('span', {}, 'Good until ', exactly(token.expiresAt)),
      el('span', {}, token.lastUsedAt ? ['Last used ', moment(token.lastUsedAt)] : 'Never used'),
    ),
    el('button', { type: 'button', class: 'plain', onclick: end }, token.isCurrent ? 'End it and sign out' : 'End it'),
  );
}
