// The articles: how far each has come, and uploading another.

import * as api from '../lib/api.js';
import { whenChanged } from '../lib/changes.js';
import { el, fill } from '../lib/dom.js';
import { counted, moment, wordsFor } from '../lib/words.js';
import { field } from '../parts/fields.js';
import { PagedList } from '../parts/pagedlist.js';
import { stageOf, troubleOf } from '../parts/stage.js';

/** @typedef {import('../lib/contract.js').ArticleSummary} ArticleSummary */
/** @typedef {import('../lib/visit.js').Visit} Visit */

const formats = '.txt,.text,.md,.markdown,.html,.htm,.docx,.pdf,.srt,.vtt';

/** @param {HTMLElement} main @param {Visit} visit */
export async function showArticles(main, { signal }) {
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
  const form = uploadForm(() => list.load());
  fill(main, el('h1', { tabindex: -1 }, 'Articles'), form, list.element, empty, list.more);
  whenChanged(() => void list.load().catch(() => undefined), signal);
}

/** @param {() => Promise<void>} reload */
function uploadForm(reload) {
  const file = el('input', { type: 'file', multiple: true, accept: formats });
  const results = el('div', { id: 'upload-results', role: 'status' });
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    await upload(file, results);
    await reload().catch(() => undefined);
  };
  return el(
    'form',
    { id: 'upload-form', class: 'panel', onsubmit: submit },
    field('file', 'Upload articles', file, {
      hint: 'Plain text, Markdown, HTML, Word or PDF. A file with the name of an earlier one becomes its next version.',
    }),
    el('button', { id: 'upload' }, 'Upload'),
    results,
  );
}

/** @param {HTMLInputElement} input @param {HTMLElement} results */
async function upload(input, results) {
  const files = [...(input.files ?? [])];
  if (files.length === 0) {
    fill(results, el('p', {}, 'Choose a file first.'));
    input.focus();
    return;
  }
  fill(results, el('p', {}, `Uploading ${counted(files.length, 'file')} …`));
  const lines = await Promise.all(files.map(resultOf));
  fill(
    results,
    lines.map((line) => el('p', {}, line)),
  );
  input.value = '';
}

/** @param {File} file */
const resultOf = (file) =>
  api.upload(file).then(
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
