// The articles: how far each has come, and uploading another.

import * as api from '../lib/api.js';
import { whenChanged } from '../lib/changes.js';
import { el, fill } from '../lib/dom.js';
import { counted, moment, wordsFor } from '../lib/words.js';
import { field, select } from '../parts/fields.js';
import { PagedList } from '../parts/pagedlist.js';
import { stageOf, troubleOf } from '../parts/stage.js';

/** @typedef {import('../lib/contract.js').ArticleSummary} ArticleSummary */
/** @typedef {import('../lib/visit.js').Visit} Visit */

const formats = '.txt,.text,.md,.markdown,.html,.htm,.docx,.pdf,.srt,.vtt';

/** @param {HTMLElement} main @param {Visit} visit */
export async function showArticles(main, { me, signal }) {
  const empty = el(
    'p',
    { id: 'articles-empty', class: 'empty', hidden: true },
    'There are no articles yet. Upload the first one above, ',
    'or drop files into the folder or storage container that this desk watches.',
  );
  /** @type {PagedList<ArticleSummary>} */
  const list = new PagedList(
    'articles',
    signal,
    async (cursor) => (await api.articles(cursor, signal)).data,
    articleItem,
    (items) => {
      empty.hidden = items.length > 0;
    },
  );
  await list.load();
  if (signal.aborted) return;
  const form = uploadForm(me.desks ?? [], () => list.load());
  fill(main, el('h1', { tabindex: -1 }, 'Articles'), form, list.element, empty, list.more);
  whenChanged(() => void list.load().catch(() => undefined), signal);
}

/** @param {string[]} desks the uploader's @param {() => Promise<void>} reload */
function uploadForm(desks, reload) {
  const file = el('input', { type: 'file', multiple: true, accept: formats });
  const results = el('div', { id: 'upload-results', role: 'status' });
  // Whoever is on one desk need not say which.
  const desk = desks.length > 1 ? select('desk', [['', 'everybody’s'], ...desks.map(itself)], '') : undefined;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    await upload(file, desk?.value, results);
    await reload().catch(() => undefined);
  };
  return el(
    'form',
    { id: 'upload-form', class: 'panel', onsubmit: submit },
    field('file', 'Upload articles', file, {
      hint: 'Plain text, Markdown, HTML, Word or PDF. A file with the name of an earlier one becomes its next version.',
    }),
    desk && field('upload-desk', 'For the desk', desk),
    el('button', { id: 'upload' }, 'Upload'),
    results,
  );
}

/** @param {string} desk @returns {[string, string]} */
const itself = (desk) => [desk, desk];

/** @param {HTMLInputElement} input @param {string|undefined} desk @param {HTMLElement} results */
async function upload(input, desk, results) {
  const files = [...(input.files ?? [])];
  if (files.length === 0) {
    fill(results, el('p', {}, 'Choose a file first.'));
    input.focus();
    return;
  }
  fill(results, el('p', {}, `Uploading ${counted(files.length, 'file')} …`));
  const lines = await Promise.all(files.map((file) => resultOf(file, desk)));
  fill(
    results,
    lines.map((line) => el('p', {}, line)),
  );
  input.value = '';
}

/** @param {File} file @param {string} [desk] */
const resultOf = (file, desk) =>
  api.upload(file, desk).then(
    () => `${file.name}: received. It shows below as soon as it is read.`,
    (error) => `${file.name}: ${error.message}`,
  );

/** @param {ArticleSummary} article */
function articleItem(article) {
  return el(
    'li',
    { class: 'card article', 'data-article': article.id },
    el(
      'p',
      { class: 'kicker' },
      el('span', { class: article.stage === 'Ready' && !article.littleRead ? 'tag strong' : 'tag' }, stageOf(article)),
      article.purpose === 'OwnCopy' && el('span', { class: 'tag' }, wordsFor('OwnCopy')),
      article.desk && el('span', { class: 'tag' }, article.desk),
    ),
    el('h2', {}, el('a', { href: `#/article/${encodeURIComponent(article.id)}` }, article.title)),
    el(
      'p',
      { class: 'meta' },
      article.outlet && el('span', {}, article.outlet),
      el('span', {}, article.name),
      el('span', {}, 'Changed ', moment(article.updatedAt)),
    ),
    article.statements > 0 &&
      el(
        'p',
        { class: 'meta' },
        el('span', {}, counted(article.statements, 'statement')),
        el('span', {}, article.openTasks ? `${counted(article.openTasks, 'task')} open` : 'no open tasks'),
      ),
    troubleOf(article),
  );
}
