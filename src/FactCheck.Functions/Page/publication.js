// Publishing an article's fact check, and taking it back. Editors only.

import * as api from './api.js';
import { el, fill, say } from './dom.js';
import { clearErrors, field, once, select, showErrors } from './fields.js';
import { exactly, may, wordsFor } from './words.js';

/** @typedef {import('./contract.js').ArticleDetail} ArticleDetail */

/**
 * @param {import('./contract.js').Me} me
 * @param {string} id
 * @param {() => Promise<void>} reload
 */
export function publicationPanel(me, id, reload) {
  const obstacle = el('p', { id: 'obstacle', class: 'notice' });
  const past = el('ul', { id: 'publications', class: 'plain-list' });
  const publish = el('button', { id: 'publish', class: 'main', 'aria-describedby': 'obstacle' }, 'Publish');
  const change = el(
    'div',
    {},
    field(
      'change',
      'What a changed explanation is called',
      select(
        'change',
        [
          ['', 'Let the rules decide'],
          ['Clarification', wordsFor('Clarification')],
        ],
        '',
      ),
      { name: 'change' },
    ),
  );
  const publishNote = field('publish-note', 'Public note', el('textarea', { name: 'note', rows: 2 }), {
    name: 'note',
    hint: 'Optional. What readers should know about this version.',
  });
  const publishForm = el('form', { id: 'publish-form', novalidate: true }, publishNote, change, problemOf(), publish);
  const retractForm = el(
    'form',
    { id: 'retract-form', novalidate: true },
    field('retract-note', 'Public reason', el('textarea', { name: 'note', rows: 2 }), {
      name: 'note',
      hint: 'Needed. Readers see it in place of the fact check.',
    }),
    problemOf(),
    el('button', { id: 'retract' }, 'Take everything back'),
  );
  const retracting = el('details', { id: 'retracting' }, el('summary', {}, 'Take back what is published'), retractForm);
  publishForm.addEventListener('submit', (event) => void send(event, publishForm, false));
  retractForm.addEventListener('submit', (event) => void send(event, retractForm, true));
  const forms = el('div', {}, publishForm, retracting);
  const element = el(
    'section',
    { id: 'publication', 'aria-labelledby': 'publication-title', class: 'panel' },
    el('h2', { id: 'publication-title' }, 'Publication'),
    obstacle,
    past,
    may(me, 'Editor') && forms,
  );
  return { element, update };

  /** @param {ArticleDetail} detail */
  function update({ article, publications, publicationObstacle }) {
    obstacle.textContent = publicationObstacle
      ? `It can’t be published now. ${publicationObstacle}`
      : may(me, 'Editor')
        ? 'It can be published.'
        : 'An editor can publish it.';
    obstacle.classList.toggle('good', !publicationObstacle);
    publish.disabled = Boolean(publicationObstacle);
    publish.textContent = article.publishedVersion > 0 ? 'Publish a new version' : 'Publish';
    publishNote.hidden = Boolean(publicationObstacle);
    change.hidden = Boolean(publicationObstacle) || article.publishedVersion === 0;
    retracting.hidden = article.publishedVersion === 0 || article.retracted;
    fill(
      past,
      publications.map((each) =>
        el(
          'li',
          {},
          `${each.retraction ? 'Taken back' : `Version ${each.version}`} by ${each.askedBy}, `,
          each.publishedAt ? exactly(each.publishedAt) : 'on its way out',
          each.note && el('span', { class: 'quiet' }, ` ${each.note}`),
        ),
      ),
    );
  }

  /** @param {Event} event @param {HTMLFormElement} form @param {boolean} retract */
  async function send(event, form, retract) {
    event.preventDefault();
    clearErrors(form);
    const given = new FormData(form);
    const problem = /** @type {HTMLElement} */ (form.querySelector('.notice'));
    problem.hidden = true;
    try {
      const button = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
      await once(button, 'Sending …', () =>
        api.publish(id, {
          retract,
          change: String(given.get('change') ?? '') || undefined,
          note: String(given.get('note') ?? '').trim() || undefined,
        }),
      );
      form.reset();
      await reload();
      say(
        retract
          ? 'It is being taken back.'
          : 'It is being published. The link to the fact check shows here as soon as it is out.',
      );
    } catch (error) {
      const { message, errors } = /** @type {api.Problem} */ (error);
      const homeless = showErrors(form, errors ?? {});
      problem.hidden = false;
      fill(
        problem,
        [message, ...homeless].map((line) => el('p', {}, line)),
      );
    }
  }
}

function problemOf() {
  return el('div', { class: 'notice bad', role: 'alert', hidden: true });
}
