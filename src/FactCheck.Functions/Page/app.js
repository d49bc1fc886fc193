// Start: who is signed in, which view the address names, where focus goes.

import * as api from './lib/api.js';
import { stopWatching, watch } from './lib/changes.js';
import { byId, el, fill, say, sayPending } from './lib/dom.js';
import { forgetDrafts } from './lib/draft.js';
import { may, refreshTimes, wordsFor } from './lib/words.js';
import { showArticle } from './views/article.js';
import { showArticles } from './views/articles.js';
import { showMe } from './views/me.js';
import { showPeople } from './views/people.js';
import { showQueue } from './views/queue.js';
import { showSignIn, takeCode } from './views/signin.js';
import { showTask } from './views/task.js';

/** @typedef {import('./lib/contract.js').Me} Me */
/** @typedef {import('./lib/visit.js').Visit} Visit */

/** @typedef {(main: HTMLElement, visit: Visit) => Promise<void>} Show */

/** @type {{path: RegExp, nav: string, least: import('./lib/contract.js').Role|null, show: Show}[]} */
const views = [
  { path: /^#\/queue$/, nav: '#/queue', least: 'Reviewer', show: showQueue },
  { path: /^#\/task\/([^/]+)$/, nav: '#/queue', least: 'Reviewer', show: showTask },
  { path: /^#\/articles$/, nav: '#/articles', least: 'Submitter', show: showArticles },
  { path: /^#\/article\/([^/]+)(?:\/([^/]+))?$/, nav: '#/articles', least: 'Submitter', show: showArticle },
  { path: /^#\/me$/, nav: '', least: null, show: showMe },
  { path: /^#\/people$/, nav: '#/people', least: 'Operator', show: showPeople },
];

const main = byId('main');
/** @type {Me|null} */
let me = null;
let visit = new AbortController();
let arrived = false;

async function start() {
  byId('zone').textContent = `Times are shown for ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`;
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault();
    focusTitle();
  });
  byId('hide-status').addEventListener('click', () => {
    say('');
    focusTitle();
  });
  addEventListener('hashchange', () => void (location.hash.startsWith('#code=') ? enter() : route()));
  addEventListener('pageshow', (event) => event.persisted && void route());
  // A call that was under way when somebody signed out is answered after they left: it tells nobody anything new.
  api.session.addEventListener(
    'signedout',
    () =>
      me &&
      leave(api.refusal || 'Your session has ended. What you typed is kept in this tab: sign in again here to go on.'),
  );
  api.server.addEventListener('away', () =>
    sayAway('Back in a moment. What you type is kept, and this page goes on by itself.'),
  );
  api.server.addEventListener('back', () => sayAway(''));
  setInterval(refreshTimes, 30_000);
  await enter();
}

/** Signs in with the code in the address, if there is one, and shows the view. */
async function enter() {
  const problem = await takeCode();
  try {
    me = (await api.me()).data;
  } catch (error) {
    const unknown = error instanceof api.Problem && error.status === 401;
    return leave(problem ?? (unknown ? api.refusal : /** @type {Error} */ (error).message));
  }
  byId('nav').hidden = byId('who').hidden = false;
  fill(
    byId('who'),
    el('span', { id: 'me' }, `${me.name}, ${wordsFor(me.role)}`),
    el('a', { id: 'my-tokens-link', href: '#/me' }, 'My sessions'),
    el('button', { id: 'sign-out', class: 'plain', onclick: signOut }, 'Sign out'),
  );
  await watch(me);
  await route();
}

/** @param {string} message */
function sayAway(message) {
  const away = byId('connection');
  away.hidden = message === '';
  away.textContent = message;
}

async function signOut() {
  visit.abort();
  forgetDrafts();
  await api.signOut().catch(() => undefined);
  history.replaceState(null, '', location.pathname);
  leave('You are signed out.');
}

/** @param {string} message */
function leave(message) {
  me = null;
  visit.abort();
  stopWatching();
  byId('nav').hidden = byId('who').hidden = true;
  document.title = 'Sign in · FactCheck';
  showSignIn(main, message, enter);
  focusTitle();
  arrived = true;
}

async function route() {
  if (!me) return;
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  const [path, search] = (location.hash || homeOf(me)).split('?');
  const view = views.find((candidate) => candidate.path.test(path));
  showNav(me, view?.nav);
  sayPending();
  fill(main, el('p', { class: 'quiet' }, 'Loading …'));
  try {
    if (!view || (view.least && !may(me, view.least))) fill(main, ...nothingHere(me));
    else
      await view.show(main, {
        me,
        signal,
        args: (view.path.exec(path) ?? []).slice(1).map((arg) => arg && decodeURIComponent(arg)),
        query: new URLSearchParams(search),
      });
  } catch (error) {
    if (signal.aborted) return;
    fill(
      main,
      el('h1', { tabindex: -1 }, 'This could not be shown'),
      el('p', {}, /** @type {Error} */ (error).message),
      el('button', { id: 'try-again', onclick: route }, 'Try again'),
    );
  }
  if (signal.aborted) return;
  const statement = main.querySelector('#statement')?.textContent ?? '';
  document.title = `${main.querySelector('h1')?.textContent ?? ''} ${statement.slice(0, 80)}`.trim() + ' · FactCheck';
  scrollTo(0, 0);
  if (arrived) focusTitle();
  arrived = true;
}

/** @param {Me} who */
function homeOf(who) {
  if (may(who, 'Operator')) return '#/people';
  return may(who, 'Reviewer') ? '#/queue' : '#/articles';
}

/** @param {Me} who @param {string|undefined} current */
function showNav(who, current) {
  const links = [
    ['#/queue', 'Queue', 'Reviewer'],
    ['#/articles', 'Articles', 'Submitter'],
    ['#/people', 'People', 'Operator'],
  ];
  fill(
    byId('nav'),
    el(
      'ul',
      {},
      links
        .filter(([, , least]) => may(who, /** @type {any} */ (least)))
        .map(([href, name]) => el('li', {}, el('a', { href, 'aria-current': href === current && 'page' }, name))),
    ),
  );
}

/** @param {Me} who */
function nothingHere(who) {
  return [
    el('h1', { tabindex: -1 }, 'Nothing here'),
    el('p', {}, 'There is no such view, or your role does not open it.'),
  ];
}

function focusTitle() {
  const title = main.querySelector('h1') ?? main;
  title.focus();
}

void start();
