// Which desk works on an article, where the newsroom parts its desks, and an editor's word on it.

import * as api from '../lib/api.js';
import { el, go, say } from '../lib/dom.js';
import { may } from '../lib/words.js';
import { field, given, sendingForm } from './fields.js';

/** @typedef {import('../lib/contract.js').ArticleDetail} ArticleDetail */

export class DeskPanel {
  /**
   * @param {import('../lib/contract.js').Me} me
   * @param {string} id
   * @param {() => Promise<void>} reload
   */
  constructor(me, id, reload) {
    this.id = id;
    this.reload = reload;
    this.mine = me.desks;
    this.desk = el('input', { name: 'desk', autocomplete: 'off' });
    this.moving = el('details', { id: 'moving-desk' }, el('summary', {}, 'Move it to another desk'));
    this.moving.append(this.form());
    this.element = el('div', {}, Boolean(me.desks) && may(me, 'Editor') && this.moving);
  }

  form() {
    const desk = field('desk', 'Desk', this.desk, {
      name: 'desk',
      hint: 'One that somebody is on; left empty, it is everybody’s. Whoever is not on it sees the article no more.',
    });
    const button = el('button', { id: 'move-desk' }, 'Move');
    /** @type {string|undefined} */
    let moved;
    const send = async (/** @type {HTMLFormElement} */ form) => {
      moved = (await api.moveToDesk(this.id, given(form, 'desk'))).data.desk;
    };
    return sendingForm('desk-form', [desk], button, send, async () => {
      this.moving.open = false;
      const said = moved ? `It is of the desk ${moved}.` : 'It is everybody’s.';
      // Of another desk it is not there for them any more.
      if (moved && !this.mine?.includes(moved)) return go('#/articles', said);
      await this.reload();
      say(said);
    });
  }

  /** @param {ArticleDetail} detail */
  update({ article }) {
    this.desk.defaultValue = article.desk ?? '';
  }
}
