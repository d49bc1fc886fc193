// What an article is checked for, where that is in doubt or an editor knows better.

import * as api from '../lib/api.js';
import { el, say } from '../lib/dom.js';
import { may, wordsFor } from '../lib/words.js';
import { field, given, select, sendingForm } from './fields.js';

/** @typedef {import('../lib/contract.js').ArticleDetail} ArticleDetail */

export class PurposePanel {
  /**
   * @param {import('../lib/contract.js').Me} me
   * @param {string} id
   * @param {() => Promise<void>} reload
   */
  constructor(me, id, reload) {
    this.id = id;
    this.reload = reload;
    this.problem = el('p', { id: 'purpose-problem', class: 'notice bad' });
    this.asking = el('details', { id: 'changing-purpose' }, el('summary', {}, 'Change what it is checked for'));
    this.asking.append(this.form());
    this.element = el('div', {}, this.problem, may(me, 'Editor') && this.asking);
  }

  form() {
    /** @type {[string, string][]} */
    const options = ['OwnCopy', 'ThirdParty'].map((purpose) => [purpose, wordsFor(purpose)]);
    const why = field('purpose-why', 'How is that known?', el('textarea', { name: 'why', rows: 2 }), {
      name: 'why',
      hint: 'Needed. It goes on the audit trail.',
    });
    const button = el('button', { id: 'change-purpose' }, 'Change');
    const purpose = field('purpose', 'It is', select('purpose', options, 'OwnCopy'));
    const send = (/** @type {HTMLFormElement} */ form) =>
      api.setPurpose(this.id, { purpose: given(form, 'purpose'), why: given(form, 'why') });
    return sendingForm('purpose-form', [purpose, why], button, send, async () => {
      this.asking.open = false;
      await this.reload();
      say('It is changed.');
    });
  }

  /** @param {ArticleDetail} detail */
  update({ article }) {
    this.problem.textContent = article.purposeProblem ?? '';
    this.problem.hidden = !article.purposeProblem;
  }
}
