// How an article was read, and a form to have it read otherwise.

import * as api from '../lib/api.js';
import { el, facts, refill, say } from '../lib/dom.js';
import { calendarDay, counted, may } from '../lib/words.js';
import { field, given, sendingForm } from './fields.js';

/** @typedef {import('../lib/dom.js').Child} Child */
/** @typedef {import('../lib/contract.js').ArticleDetail} ArticleDetail */
/** @typedef {import('../lib/contract.js').ReadingReceipt} ReadingReceipt */
/** @typedef {import('../lib/contract.js').ReadingOptions} ReadingOptions */
/** @typedef {import('../lib/contract.js').TextSize} TextSize */

/** @type {[import('../lib/contract.js').ArticleFact, string][]} */
const asked = [
  ['Title', 'Title'],
  ['Byline', 'By'],
  ['Published', 'Dated'],
  ['Outlet', 'Outlet'],
  ['Language', 'Language'],
];

export class ReceiptPanel {
  /**
   * @param {import('../lib/contract.js').Me} me
   * @param {string} id
   * @param {() => Promise<void>} reload
   */
  constructor(me, id, reload) {
    this.mayAsk = may(me, 'Reviewer');
    this.id = id;
    this.reload = reload;
    this.receipt = el('div', { id: 'receipt' });
    this.asking = el('div', {});
    this.element = el('details', { id: 'how-read' }, el('summary', {}, 'How it was read'), this.receipt, this.asking);
  }

  /** @param {ArticleDetail} detail */
  update({ receipt }) {
    refill(this.receipt, receipt ?? null, () => (receipt ? told(receipt) : [nothingKnown()]));
    if (this.mayAsk) refill(this.asking, receipt?.asked ?? null, () => [this.form(receipt?.asked)]);
  }

  /** @param {ReadingOptions|undefined} now */
  form(now) {
    const button = el('button', { id: 'read-otherwise' }, 'Read again');
    const send = (/** @type {HTMLFormElement} */ form) =>
      api.readOtherwise(this.id, {
        wholePage: given(form, 'wholePage') !== '',
        title: given(form, 'title'),
        published: given(form, 'published'),
        outlet: given(form, 'outlet'),
        language: given(form, 'language'),
      });
    return el(
      'details',
      { id: 'reading-otherwise' },
      el('summary', {}, 'Read it otherwise'),
      el(
        'p',
        { class: 'hint' },
        'What is left empty is read from the file. The article is checked again; later versions are read so, too.',
      ),
      sendingForm('reading-form', fieldsFor(now), button, send, async () => {
        await this.reload();
        say('It is being read again.');
      }),
    );
  }
}

/** @param {ReadingOptions|undefined} now */
function fieldsFor(now) {
  const text = (/** @type {string} */ name, /** @type {string|undefined} */ value, type = 'text') =>
    el('input', { name, type, value: value ?? '' });
  const whole = el('input', { name: 'wholePage', type: 'checkbox', checked: now?.wholePage ?? false });
  return [
    field('reading-title', 'Title', text('title', now?.title), { name: 'title' }),
    field('reading-published', 'Date of publication', text('published', now?.published, 'date'), { name: 'published' }),
    field('reading-outlet', 'Outlet', text('outlet', now?.outlet), { name: 'outlet' }),
    field('reading-language', 'Language', text('language', now?.language), {
      name: 'language',
      hint: 'Two letters, such as en.',
    }),
    field('reading-whole', 'Take the whole page', whole, {
      name: 'wholePage',
      hint: 'All that a browser shows, where the article was not found.',
    }),
  ];
}

/** @param {ReadingReceipt} receipt */
function told(receipt) {
  const { findings, leftOut } = receipt;
  return [
    findings.length > 0 &&
      el(
        'ul',
        { id: 'reading-findings', class: 'notice' },
        findings.map(({ message }) => el('li', {}, message)),
      ),
    facts(
      ...asked.map(([fact, name]) => /** @type {[string, Child[]]} */ ([name, sourceOf(receipt, fact)])),
      ['Read', sizeOf(receipt.taken)],
      [
        'Left out',
        leftOut.length
          ? el(
              'ul',
              { id: 'left-out' },
              leftOut.map(({ what, size }) => el('li', {}, `${what}: ${sizeOf(size)}`)),
            )
          : 'nothing',
      ],
    ),
  ];
}

/** @param {ReadingReceipt} receipt @param {import('../lib/contract.js').ArticleFact} fact */
function sourceOf({ facts: found }, fact) {
  const one = found.find((known) => known.fact === fact);
  if (!one) return ['not found'];
  return [fact === 'Published' ? calendarDay(one.value) : one.value, ` (${one.from})`];
}

/** @param {TextSize} size */
const sizeOf = ({ words, characters }) => `${counted(words, 'word')}, ${counted(characters, 'character')}`;

const nothingKnown = () => el('p', { class: 'quiet' }, 'Nothing is known of how it was read.');
