// Publishing an article's fact check, and taking it back. Editors only.

import * as api from '../lib/api.js';
import { el, fill, say } from '../lib/dom.js';
import { exactly, may, wordsFor } from '../lib/words.js';
import { field, given, select, sendingForm } from './fields.js';

/** @typedef {import('../lib/contract.js').ArticleDetail} ArticleDetail */
/** @typedef {import('../lib/contract.js').CasePublication} CasePublication */

const isOut = 'It is being published. The link to the fact check shows here as soon as it is out.';

export class PublicationPanel {
  /**
   * @param {import('../lib/contract.js').Me} me
   * @param {string} id
   * @param {() => Promise<void>} reload
   */
  constructor(me, id, reload) {
    this.isEditor = may(me, 'Editor');
    this.id = id;
    this.reload = reload;
    this.obstacle = el('p', { id: 'obstacle', class: 'notice' });
    this.past = el('ul', { id: 'publications', class: 'plain-list' });
    this.publish = el('button', { id: 'publish', class: 'main', 'aria-describedby': 'obstacle' }, 'Publish');
    this.change = el('div', {}, changeField());
    this.note = noteField('publish-note', 'Public note', 'Optional. What readers should know about this version.');
    this.retracting = el('details', { id: 'retracting' }, el('summary', {}, 'Take back what is published'));
    this.retracting.append(
      this.form(
        'retract-form',
        true,
        el('button', { id: 'retract' }, 'Take everything back'),
        noteField('retract-note', 'Public reason', 'Needed. Readers see it in place of the fact check.'),
      ),
    );
    const publishing = this.form('publish-form', false, this.publish, this.note, this.change);
    this.element = el(
      'section',
      { id: 'publication', 'aria-labelledby': 'publication-title', class: 'panel' },
      el('h2', { id: 'publication-title' }, 'Publication'),
      this.obstacle,
      this.past,
      this.isEditor && el('div', {}, publishing, this.retracting),
    );
  }

  /** @param {string} id @param {boolean} retract @param {HTMLButtonElement} button @param {...HTMLElement} fields */
  form(id, retract, button, ...fields) {
    const send = (/** @type {HTMLFormElement} */ form) => this.send(form, retract);
    return sendingForm(id, fields, button, send, async () => {
      await this.reload();
      say(retract ? 'It is being taken back.' : isOut);
    });
  }

  /** @param {HTMLFormElement} form @param {boolean} retract */
  send(form, retract) {
    const change = given(form, 'change') || undefined;
    const note = given(form, 'note') || undefined;
    return api.publish(this.id, { retract, change, note });
  }

  /** @param {ArticleDetail} detail */
  update({ article, publications, publicationObstacle }) {
    const can = this.isEditor ? 'It can be published.' : 'An editor can publish it.';
    const isPublic = article.publishedVersion > 0;
    this.obstacle.textContent = publicationObstacle ? `It can’t be published now. ${publicationObstacle}` : can;
    this.obstacle.classList.toggle('good', !publicationObstacle);
    this.publish.disabled = Boolean(publicationObstacle);
    this.publish.textContent = isPublic ? 'Publish a new version' : 'Publish';
    this.note.hidden = Boolean(publicationObstacle);
    this.change.hidden = Boolean(publicationObstacle) || !isPublic;
    this.retracting.hidden = !isPublic || article.retracted;
    fill(this.past, publications.map(publicationItem));
  }
}

function changeField() {
  /** @type {[string, string][]} */
  const options = [
    ['', 'Let the rules decide'],
    ['Clarification', wordsFor('Clarification')],
  ];
  return field('change', 'What a changed explanation is called', select('change', options, ''));
}

/** @param {string} id @param {string} label @param {string} hint */
const noteField = (id, label, hint) =>
  field(id, label, el('textarea', { name: 'note', rows: 2 }), { name: 'note', hint });

/** @param {CasePublication} publication */
function publicationItem({ retraction, version, askedBy, publishedAt, note }) {
  return el(
    'li',
    {},
    `${retraction ? 'Taken back' : `Version ${version}`} by ${askedBy}, `,
    publishedAt ? exactly(publishedAt) : 'on its way out',
    note && el('span', { class: 'quiet' }, ` ${note}`),
  );
}
