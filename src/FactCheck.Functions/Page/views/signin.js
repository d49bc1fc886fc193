// Signing in: the one-time code of a sign-in link is traded for a cookie.

import * as api from '../lib/api.js';
import { el, fill } from '../lib/dom.js';

const advice =
  'Open the sign-in link that you were given. It works once. Whoever runs the desk makes a new one at any time.';

/**
 * Takes the code out of the address and signs in with it. Answers what went wrong, or null.
 * @returns {Promise<string|null>}
 */
export async function takeCode() {
  const code = codeIn(location.hash);
  if (!code) return null;
  history.replaceState(null, '', location.pathname);
  return signInWith(code);
}

/** @param {string} code */
async function signInWith(code) {
  try {
    await api.signIn(code);
    return null;
  } catch (error) {
    const problem = /** @type {api.Problem} */ (error);
    return problem.status === 0
      ? problem.message
      : 'This sign-in link was used already, or is too old. Ask for a new one.';
  }
}

/** @param {string} link */
function codeIn(link) {
  const match = /#code=([^&\s]+)/.exec(link);
  return match ? decodeURIComponent(match[1]) : null;
}

/**
 * @param {HTMLElement} main
 * @param {string} message
 * @param {() => Promise<void>} enter
 */
export function showSignIn(main, message, enter) {
  const problem = el('p', { id: 'sign-in-message', class: 'notice', role: 'status', hidden: !message }, message);
  const input = el('input', {
    id: 'sign-in-link',
    name: 'link',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': 'sign-in-hint',
  });
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const link = input.value.trim();
    const failure = link ? await signInWith(codeIn(link) ?? link) : 'Paste the sign-in link first.';
    if (!failure) return enter();
    problem.hidden = false;
    problem.textContent = failure;
    input.focus();
  };
  const hint = el('p', { id: 'sign-in-hint', class: 'hint' }, 'Or paste it here, to go on in this tab.');
  const label = el('label', { for: 'sign-in-link' }, 'Sign-in link');
  fill(
    main,
    el(
      'div',
      { class: 'narrow' },
      el('h1', { tabindex: -1 }, 'Sign in'),
      problem,
      el('p', {}, advice),
      el(
        'form',
        { id: 'sign-in', onsubmit: submit },
        el('div', { class: 'field' }, label, hint, input),
        el('button', { class: 'main' }, 'Sign in'),
      ),
    ),
  );
}
